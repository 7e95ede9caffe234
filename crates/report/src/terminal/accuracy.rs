//! The values that the SDK and the module reported, beside the counters of the links.

use super::table::{Column, Grid};
use crate::format::{self, NONE};
use crate::names::Names;
use precall_results::CaseResult;
use precall_results::Estimate;

/// A figure's name, the values of the SDK and of the module, and their format.
type ReportedRow = (&'static str, Option<Estimate>, Option<Estimate>, fn(f64) -> String);

/// Returns the table of these cases. The module's figures cover its last seconds, so the links are shown for the same
/// time as well.
pub(super) fn accuracy(cases: &[&CaseResult], names: &Names) -> Grid {
    let caption = "The same figures from four sources: the emulated links and the SDK over the whole quality test, and the links and the \
                   network-test module over its last 5 s. The links also count headers and retransmissions.";
    let columns = vec![
        Column::words("case"),
        Column::words("figure"),
        Column::figures("links"),
        Column::figures("SDK"),
        Column::figures("links, last 5 s"),
        Column::figures("module"),
    ];
    let mut grid = Grid::new(caption, columns);
    for case in cases.iter().filter(|case| !case.network.accuracy.is_empty()) {
        let claims = &case.network.accuracy;
        let rows: [ReportedRow; 3] = [
            ("packet loss", claims.sdk_loss_ratio, claims.module_loss_ratio, format::ratio),
            ("audio and video", claims.sdk_bitrate, claims.module_bitrate, format::bits_per_second),
            ("RTT", claims.sdk_round_trip_time, None, format::seconds_as_ms),
        ];
        let claimed = rows.into_iter().filter(|(_, sdk, module, _)| sdk.is_some() || module.is_some());
        for (index, (figure, sdk, module, text)) in claimed.enumerate() {
            let pair = |claim: Option<Estimate>| {
                claim.map_or([NONE.to_owned(), NONE.to_owned()], |claim| [text(claim.actual), text(claim.reported)])
            };
            let name = if index == 0 { names.case(&case.case) } else { "" };
            let figures = pair(sdk).into_iter().chain(pair(module)).map(Into::into);
            grid.push([name.into(), figure.into()].into_iter().chain(figures).collect());
        }
    }
    grid
}

#[cfg(test)]
mod tests {
    use super::*;
    use precall_results::Accuracy;
    use precall_results::RunResult;

    #[test]
    fn reported_values_are_beside_the_links_counters() {
        let text = include_str!("../../../../tests/fixtures/results.json");
        let mut run: RunResult = serde_json::from_str(text).expect("a recorded result");
        let table = |run: &RunResult| accuracy(&run.cases.iter().collect::<Vec<_>>(), &Names::of_run(run));
        assert!(table(&run).is_empty());
        run.cases[1].network.accuracy = Accuracy {
            sdk_loss_ratio: Some(Estimate { reported: 0.015, actual: 0.018 }),
            module_loss_ratio: Some(Estimate { reported: 0.03, actual: 0.02 }),
            sdk_bitrate: Some(Estimate { reported: 273e3, actual: 292e3 }),
            module_bitrate: None,
            sdk_round_trip_time: Some(Estimate { reported: 0.169, actual: 0.1778 }),
        };
        insta::assert_snapshot!(table(&run).render(80));
    }
}
