//! Truth against claim: what the links counted beside what the SDK and the module said of it.

use comfy_table::{Cell, CellAlignment, Table};

use super::table::table;
use crate::event::RunResult;
use crate::report::format::{self, NONE};
use crate::verdict::Claim;

/// A figure's name, the SDK's and the module's claim, and how it is written.
type Row = (&'static str, Option<Claim>, Option<Claim>, fn(f64) -> String);

/// The table, if anything was claimed. The module's figures are of its last seconds, so the links' are shown for those as well.
pub(super) fn claims(run: &RunResult) -> Option<Table> {
    let mut table = table(&["case", "figure", "links", "SDK", "links, last 5 s", "module"]);
    for case in run.cases.iter().filter(|case| !case.claims.is_empty()) {
        let claims = &case.claims;
        let rows: [Row; 3] = [
            ("packet loss", claims.sdk_loss_ratio, claims.module_loss_ratio, format::ratio),
            ("bitrate", claims.sdk_bitrate, claims.module_bitrate, format::bits_per_second),
            ("RTT", claims.sdk_round_trip_time, None, format::seconds_as_ms),
        ];
        for (index, (figure, sdk, module, text)) in rows.into_iter().enumerate() {
            let pair = |claim: Option<Claim>| {
                claim.map_or([NONE.to_owned(), NONE.to_owned()], |claim| [text(claim.truth), text(claim.claimed)])
            };
            let name = if index == 0 { case.case.as_str() } else { "" };
            let figures = pair(sdk).into_iter().chain(pair(module));
            let figures = figures.map(|figure| Cell::new(figure).set_alignment(CellAlignment::Right));
            table.add_row([Cell::new(name), Cell::new(figure)].into_iter().chain(figures));
        }
    }
    (table.row_count() > 0).then_some(table)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::Claims;

    #[test]
    fn what_was_claimed_stands_beside_what_was_counted() {
        let text = include_str!("../../../tests/fixtures/results.json");
        let mut run: RunResult = serde_json::from_str(text).expect("a recorded result");
        assert!(claims(&run).is_none());
        run.cases[1].claims = Claims {
            sdk_loss_ratio: Some(Claim { claimed: 0.015, truth: 0.018 }),
            module_loss_ratio: Some(Claim { claimed: 0.03, truth: 0.02 }),
            sdk_bitrate: Some(Claim { claimed: 273e3, truth: 292e3 }),
            module_bitrate: None,
            sdk_round_trip_time: Some(Claim { claimed: 0.169, truth: 0.1778 }),
        };
        insta::assert_snapshot!(claims(&run).expect("a table"));
    }
}
