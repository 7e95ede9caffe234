//! Cases that differ only in their module, as columns of one table.

use super::table::{Column, Grid};
use super::view::View;
use crate::case_repeats::{CaseRepeats, Spread, or_none};
use crate::format::{self, NONE};
use precall_results::{AudioQuality, QualityResult, VideoQuality};

/// The axis of modules.
const MODULE: &str = "module";

/// A figure's name, and its value over the repeats of a case.
type FigureRow = (&'static str, fn(&CaseRepeats<'_>) -> String);

const FIGURES: [FigureRow; 17] = [
    ("verdict", |cell| cell.verdict()),
    ("connectivity", |cell| cell.connectivity().join("\n")),
    ("quality test", |cell| {
        cell.distinct_texts(|case| match (&case.measured.quality_error, &case.measured.quality) {
            (Some(error), _) => error.name.clone(),
            (None, Some(_)) => "ok".to_owned(),
            (None, None) => NONE.to_owned(),
        })
        .join("\n")
    }),
    ("audio MOS", |cell| audio(cell, |audio| audio.mos, format::mos)),
    ("audio supported", |cell| supported(cell, |quality| (quality.audio.supported, quality.audio.reason.as_deref()))),
    ("received audio", |cell| audio(cell, |audio| audio.bitrate, format::bits_per_second)),
    ("audio packet loss", |cell| audio(cell, |audio| audio.packet_loss_ratio, format::ratio)),
    ("video MOS", |cell| video(cell, |video| video.mos, format::mos)),
    ("video supported", |cell| supported(cell, |quality| (quality.video.supported, quality.video.reason.as_deref()))),
    ("received video", |cell| video(cell, |video| video.bitrate, format::bits_per_second)),
    ("video packet loss", |cell| video(cell, |video| video.packet_loss_ratio, format::ratio)),
    ("frame rate", |cell| video(cell, |video| video.frame_rate, |rate| format!("{rate:.1}"))),
    ("recommended", |cell| {
        let size = |quality: &QualityResult| quality.video.recommended_resolution.clone();
        cell.distinct_texts(|case| case.measured.quality.as_ref().and_then(size).unwrap_or_else(|| NONE.to_owned()))
            .join("\n")
    }),
    ("on the wire, up", |cell| {
        let rate = |cell: &CaseRepeats<'_>| {
            cell.spread(|case| case.network.measured.up.mean_rate.map(|rate| rate.bits_per_second() as f64))
        };
        in_lines(rate(cell), format::bits_per_second)
    }),
    ("link loss, up", |cell| {
        in_lines(cell.spread(|case| case.network.measured.up.loss_ratio.map(|loss| loss.get())), format::ratio)
    }),
    ("link loss, down", |cell| {
        in_lines(cell.spread(|case| case.network.measured.down.loss_ratio.map(|loss| loss.get())), format::ratio)
    }),
    ("seconds", |cell| {
        in_lines(cell.spread(|case| Some(case.duration_of_last_attempt().as_secs_f64())), |value| format!("{value:.1}"))
    }),
];

/// Returns a table for each group of cases that differ only in their module.
pub(super) fn side_by_side(cells: &[CaseRepeats<'_>], view: View) -> Vec<String> {
    let mut groups: Vec<(Vec<String>, Vec<&CaseRepeats<'_>>)> = Vec::new();
    for cell in cells {
        let rest = all_but_module(cell);
        match groups.iter_mut().find(|(known, _)| *known == rest) {
            Some((_, group)) => group.push(cell),
            None => groups.push((rest, vec![cell])),
        }
    }
    let several = groups.into_iter().filter(|(_, group)| group.len() > 1);
    several.map(|(rest, group)| compare(&rest.join(" "), &group).render(view.width)).collect()
}

/// Returns the identity of a case without its module.
fn all_but_module(cell: &CaseRepeats<'_>) -> Vec<String> {
    let case = cell.first();
    let axes = case.axes.iter().filter(|(name, _)| *name != MODULE).map(|(name, value)| format!("{name}={value}"));
    Some(case.name.clone()).into_iter().filter(|name| !name.is_empty()).chain(axes).collect()
}

fn compare(name: &str, cells: &[&CaseRepeats<'_>]) -> Grid {
    let of = if name.is_empty() { String::new() } else { format!(" for {name}") };
    let caption = format!("The network-test modules side by side: the results that each gives its user{of}.");
    let module = |cell: &CaseRepeats<'_>| cell.first().axes.get(MODULE).unwrap_or(&cell.first().case).clone();
    let columns = cells.iter().map(|cell| Column::figures(module(cell)));
    let mut grid = Grid::new(caption, [Column::words("figure")].into_iter().chain(columns).collect());
    for (label, figure) in FIGURES {
        let figures: Vec<_> = cells.iter().map(|cell| figure(cell)).collect();
        // A figure that no module has needs no row.
        if figures.iter().all(|figure| figure == NONE) {
            continue;
        }
        grid.push([label.to_owned()].into_iter().chain(figures).map(Into::into).collect());
    }
    grid
}

fn audio(cell: &CaseRepeats<'_>, figure: fn(&AudioQuality) -> Option<f64>, text: fn(f64) -> String) -> String {
    in_lines(cell.spread(|case| case.measured.quality.as_ref().and_then(|quality| figure(&quality.audio))), text)
}

fn video(cell: &CaseRepeats<'_>, figure: fn(&VideoQuality) -> Option<f64>, text: fn(f64) -> String) -> String {
    in_lines(cell.spread(|case| case.measured.quality.as_ref().and_then(|quality| figure(&quality.video))), text)
}

/// Returns the median, and the range of several different values below it.
fn in_lines(spread: Option<Spread>, text: fn(f64) -> String) -> String {
    or_none(spread, |spread| match spread.range(text) {
        Some(range) if text(spread.low) != text(spread.high) => format!("{}\n{range}", spread.middle(text)),
        _ => spread.middle(text),
    })
}

/// Returns `yes`, or the reason why not.
fn supported(cell: &CaseRepeats<'_>, of: fn(&QualityResult) -> (bool, Option<&str>)) -> String {
    let said = |quality: &QualityResult| match of(quality) {
        (true, _) => "yes".to_owned(),
        (false, reason) => reason.unwrap_or("no").to_owned(),
    };
    cell.distinct_texts(|case| case.measured.quality.as_ref().map_or_else(|| NONE.to_owned(), said)).join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case_repeats::group_repeats;
    use precall_results::RunResult;

    #[test]
    fn modules_of_the_same_case_are_columns() {
        let mut run: RunResult =
            serde_json::from_str(include_str!("../../../../tests/fixtures/results.json")).expect("a recorded result");
        let tables = |run: &RunResult| side_by_side(&group_repeats(&run.cases), View::plain(80));
        assert_eq!(tables(&run).len(), 0);
        for (case, module) in run.cases.iter_mut().zip(["built-in", "2.4.4"]) {
            case.name = "clean".to_owned();
            case.case = format!("clean,module={module}");
            case.axes.insert("module".to_owned(), module.to_owned());
        }
        let tables = tables(&run);
        assert_eq!(tables.len(), 1);
        insta::assert_snapshot!(tables[0]);
    }
}
