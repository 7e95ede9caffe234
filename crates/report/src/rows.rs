//! The row of a table for a case with all of its repeats, as text.

use serde::Serialize;

use super::case_repeats::{CaseRepeats, Spread};
use super::format::{self, NONE};
use super::names::Names;
use precall_results::Outcome;
use precall_support::text::listed;

/// A figure over the repeats of a case, as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct FigureText {
    /// The median, or the value of a single repeat.
    pub middle: String,
    /// The range as `1.48 to 3.37`, or `all equal`. If some repeats have no value, the number of those that have one
    /// follows. `None` for a single repeat.
    pub range: Option<String>,
}

/// The figures and verdicts of a case over its repeats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct RepeatsRow {
    /// The short name of the case.
    pub name: String,
    /// The id without the repeat.
    pub id: String,
    #[serde(skip)]
    pub outcome: Outcome,
    /// `passed`, or for several repeats `5 of 6 passed`.
    pub verdict: String,
    /// The repeats that did not pass, and those that were measured again with the reason.
    pub notes: Vec<String>,
    /// The number of repeats behind the figures. `None` for a case without repeats.
    pub counted: Option<usize>,
    /// The kind of the figures, as in `median of 6`. With fewer repeats than `minimum`, it adds that they are too few
    /// to compare.
    pub basis: Option<String>,
    pub connectivity: String,
    pub audio_mos: FigureText,
    pub video_mos: FigureText,
    pub video_bitrate: FigureText,
    pub bitrate: FigureText,
    pub audio_loss: FigureText,
    pub video_loss: FigureText,
    pub round_trip_time: FigureText,
    pub advice: String,
    pub seconds: FigureText,
}

impl RepeatsRow {
    /// Returns the row of a case. Fewer repeats than `minimum` are too few to compare. `minimum` is `None` if no number
    /// is enough.
    pub(crate) fn of(cell: &CaseRepeats<'_>, names: &Names, minimum: Option<usize>) -> Self {
        let spreads = cell.spreads();
        let counted = (cell.cases.len() > 1).then(|| cell.counted().len());
        let text = |spread: Option<Spread>, write: &dyn Fn(f64) -> String| FigureText::of(spread, counted, write);
        let again = cell.measured_again().into_iter().map(|(why, cases)| match counted {
            None => why.as_str().to_owned(),
            Some(_) => {
                let repeats = cases.iter().filter_map(|case| Some(format!("#{}", case.repeat?)));
                format!("{} {}", listed(&repeats.collect::<Vec<_>>()), why.as_str())
            }
        });
        let id = cell.first().case.as_str();
        let name = if counted.is_some() { names.cell(id) } else { names.case(id) };
        let repeat = match cell.first().repeat {
            Some(repeat) if counted.is_some() => format!(",repeat={repeat}"),
            _ => String::new(),
        };
        Self {
            name: name.to_owned(),
            id: id.strip_suffix(&repeat).unwrap_or(id).to_owned(),
            outcome: cell.outcome(),
            verdict: cell.verdict(),
            notes: cell.not_passed_by_outcome().into_iter().chain(again).collect(),
            counted,
            basis: counted.map(|counted| basis(counted, minimum)),
            connectivity: cell.connectivity().join(", "),
            audio_mos: text(spreads.audio_mos, &format::mos),
            video_mos: text(spreads.video_mos, &format::mos),
            video_bitrate: text(spreads.video_bitrate, &format::bits_per_second),
            bitrate: text(spreads.bitrate, &format::bits_per_second),
            audio_loss: text(spreads.audio_loss, &format::ratio),
            video_loss: text(spreads.video_loss, &format::ratio),
            round_trip_time: text(spreads.round_trip_time, &format::seconds_as_ms),
            advice: cell.advice().join(", "),
            seconds: text(spreads.seconds, &|seconds| format!("{seconds:.1}")),
        }
    }
}

/// Returns the kind of the figures for this number of repeats.
fn basis(counted: usize, minimum: Option<usize>) -> String {
    match minimum {
        Some(minimum) if counted >= minimum => format!("median of {counted}"),
        _ => format!("median of {counted}, too few to compare"),
    }
}

impl FigureText {
    /// Formats a spread. `counted` is the number of repeats in the row.
    fn of(spread: Option<Spread>, counted: Option<usize>, write: &dyn Fn(f64) -> String) -> Self {
        let Some(spread) = spread else { return Self { middle: NONE.to_owned(), range: None } };
        let of = format!("of {}", spread.count);
        let is_of_fewer = counted.is_some_and(|counted| counted != spread.count);
        let range = match (spread.range(write), is_of_fewer) {
            (Some(range), true) => Some(format!("{range}, {of}")),
            (None, true) => Some(of),
            (range, false) => range,
        };
        Self { middle: spread.middle(write), range }
    }
}

#[cfg(test)]
mod tests {
    use super::super::case_repeats::group_repeats;
    use super::*;
    use crate::fixture::repeated;
    use precall_results::Attempt;

    /// Returns six repeats: one failed, one hung without figures, one does not count, and one was measured twice.
    fn rows(minimum: usize) -> Vec<RepeatsRow> {
        let mut run = repeated(&[400e3, 52e3, 359e3, 410e3, 390e3, 1e6]);
        for case in &mut run.cases {
            case.case = format!("slow-lossy,repeat={}", case.repeat.unwrap_or(1));
        }
        run.cases[1].outcome = Outcome::Failed;
        run.cases[2].outcome = Outcome::Hung;
        run.cases[2].measured.quality = None;
        run.cases[5].outcome = Outcome::Inconclusive;
        let busy = "the host could not keep up: the camera gave 28.2 frames/s (at least 28.5)".to_owned();
        run.cases[3].attempts.insert(
            0,
            Attempt {
                outcome: Outcome::Inconclusive,
                reasons: vec![busy],
                duration: std::time::Duration::from_secs(9),
            },
        );
        let names = Names::of_run(&run);
        group_repeats(&run.cases).iter().map(|cell| RepeatsRow::of(cell, &names, Some(minimum))).collect()
    }

    #[test]
    fn a_row_has_median_range_and_number_of_repeats() {
        let rows = rows(6);
        let [row] = &rows[..] else { panic!("one row of {}", rows.len()) };
        assert_eq!(
            (row.id.as_str(), row.verdict.as_str(), row.outcome),
            ("slow-lossy", "3 of 6 passed", Outcome::Failed)
        );
        assert_eq!(row.basis.as_deref(), Some("median of 5, too few to compare"));
        assert_eq!(
            row.notes,
            ["#2 failed", "#3 hung", "#6 inconclusive", "#4 measured again because the host was busy"]
        );
        // One of the five has no figure.
        assert_eq!(row.video_bitrate.middle, "395 kbit/s");
        assert_eq!(row.video_bitrate.range.as_deref(), Some("52 to 410 kbit/s, of 4"));
        assert_eq!(self::rows(5)[0].basis.as_deref(), Some("median of 5"));
    }

    #[test]
    fn a_case_without_repeats_has_plain_values() {
        let mut run = repeated(&[400e3]);
        run.cases[0].repeat = None;
        let names = Names::of_run(&run);
        let row = RepeatsRow::of(&group_repeats(&run.cases)[0], &names, Some(6));
        assert_eq!((row.counted, row.basis, row.verdict.as_str()), (None, None, "passed"));
        assert_eq!(row.video_bitrate, FigureText { middle: "400 kbit/s".to_owned(), range: None });
    }
}
