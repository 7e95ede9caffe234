//! Cases that differ in their module alone, a column each: what would each module tell its user?

use comfy_table::{Cell, CellAlignment, Table};

use super::table::table;
use crate::event::CaseResult;
use crate::report::format::{self, NONE, or_none};
use crate::score::{AudioQuality, QualityResult, VideoQuality};
use crate::units::Ratio;

/// A figure of a case, in words.
type Figure = (&'static str, fn(&CaseResult) -> String);

const FIGURES: [Figure; 17] = [
    ("verdict", |case| case.outcome.as_str().to_owned()),
    ("connectivity", connectivity),
    ("quality", quality_end),
    ("audio MOS", |case| audio(case, |audio| audio.mos.map(format::mos))),
    ("audio supported", |case| audio(case, |audio| Some(yes_or(audio.supported, audio.reason.as_deref())))),
    ("audio bitrate", |case| audio(case, |audio| audio.bitrate.map(format::bits_per_second))),
    ("audio packet loss", |case| audio(case, |audio| audio.packet_loss_ratio.map(format::ratio))),
    ("video MOS", |case| video(case, |video| video.mos.map(format::mos))),
    ("video supported", |case| video(case, |video| Some(yes_or(video.supported, video.reason.as_deref())))),
    ("video bitrate", |case| video(case, |video| video.bitrate.map(format::bits_per_second))),
    ("video packet loss", |case| video(case, |video| video.packet_loss_ratio.map(format::ratio))),
    ("frame rate", |case| video(case, |video| video.frame_rate.map(|rate| format!("{rate:.1}")))),
    ("recommended", recommended),
    ("link: up, mean", |case| or_none(case.measured_network.up.mean_rate, format::bitrate)),
    ("link: loss up", |case| lost(case.measured_network.up.loss_ratio)),
    ("link: loss down", |case| lost(case.measured_network.down.loss_ratio)),
    ("seconds", |case| format!("{:.1}", case.seconds)),
];

/// A table for each group of cases that differ in their module alone.
pub(super) fn side_by_side(cases: &[CaseResult]) -> Vec<Table> {
    let mut groups: Vec<(Vec<String>, Vec<&CaseResult>)> = Vec::new();
    for case in cases {
        let rest = all_but_module(case);
        match groups.iter_mut().find(|(known, _)| *known == rest) {
            Some((_, group)) => group.push(case),
            None => groups.push((rest, vec![case])),
        }
    }
    let several = groups.into_iter().filter(|(_, group)| group.len() > 1);
    several.map(|(rest, group)| compare(&rest.join(","), &group)).collect()
}

/// What tells a case from others, but for its module.
fn all_but_module(case: &CaseResult) -> Vec<String> {
    let axes = case.axes.iter().filter(|(name, _)| *name != "module").map(|(name, value)| format!("{name}={value}"));
    let repeat = case.repeat.map(|repeat| format!("repeat={repeat}"));
    Some(case.name.clone()).into_iter().filter(|name| !name.is_empty()).chain(axes).chain(repeat).collect()
}

fn compare(name: &str, cases: &[&CaseResult]) -> Table {
    let column = |case: &CaseResult| case.axes.get("module").unwrap_or(&case.case).clone();
    let header: Vec<_> = std::iter::once(name.to_owned()).chain(cases.iter().map(|case| column(case))).collect();
    let mut table = table(&header);
    for (label, figure) in FIGURES {
        let figures: Vec<_> = cases.iter().map(|case| figure(case)).collect();
        // What none of them measured needs no row.
        if figures.iter().all(|figure| figure == NONE) {
            continue;
        }
        let mut row = vec![Cell::new(label)];
        row.extend(figures.into_iter().map(|figure| Cell::new(figure).set_alignment(CellAlignment::Right)));
        table.add_row(row);
    }
    table
}

fn quality(case: &CaseResult) -> Option<&QualityResult> {
    case.measured.quality.as_ref()
}

fn audio(case: &CaseResult, figure: impl Fn(&AudioQuality) -> Option<String>) -> String {
    quality(case).and_then(|quality| figure(&quality.audio)).unwrap_or_else(|| NONE.to_owned())
}

fn video(case: &CaseResult, figure: impl Fn(&VideoQuality) -> Option<String>) -> String {
    quality(case).and_then(|quality| figure(&quality.video)).unwrap_or_else(|| NONE.to_owned())
}

/// `yes`, or why not.
fn yes_or(supported: bool, reason: Option<&str>) -> String {
    if supported { "yes".to_owned() } else { reason.unwrap_or("no").to_owned() }
}

fn connectivity(case: &CaseResult) -> String {
    match &case.measured.connectivity {
        None => NONE.to_owned(),
        Some(result) if result.success => "ok".to_owned(),
        Some(result) => result.failed_tests.iter().map(|test| test.error.name.as_str()).collect::<Vec<_>>().join("\n"),
    }
}

fn quality_end(case: &CaseResult) -> String {
    match (&case.measured.quality_error, quality(case)) {
        (Some(error), _) => error.name.clone(),
        (None, Some(_)) => "ok".to_owned(),
        (None, None) => NONE.to_owned(),
    }
}

fn recommended(case: &CaseResult) -> String {
    video(case, |video| video.recommended_resolution.clone().filter(|resolution| !resolution.is_empty()))
}

fn lost(loss: Option<Ratio>) -> String {
    or_none(loss, |loss| format::ratio(loss.get()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::RunResult;

    #[test]
    fn cases_that_differ_in_their_module_are_columns() {
        let mut run: RunResult =
            serde_json::from_str(include_str!("../../../tests/fixtures/results.json")).expect("a recorded result");
        assert_eq!(side_by_side(&run.cases).len(), 0);
        for (case, module) in run.cases.iter_mut().zip(["built-in", "2.4.4"]) {
            case.name = "clean".to_owned();
            case.case = format!("clean,module={module}");
            case.axes.insert("module".to_owned(), module.to_owned());
        }
        let tables = side_by_side(&run.cases);
        assert_eq!(tables.len(), 1);
        insta::assert_snapshot!(tables[0]);
    }
}
