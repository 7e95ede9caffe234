//! A row of a table for each cell: a case with all of its repeats, in words.

use serde::Serialize;

use super::cells::{Cell, Spread};
use super::format::{self, NONE};
use super::names::Names;
use precall_results::Outcome;
use precall_support::text::listed;

/// A figure of a cell in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct FigureText {
    /// The value; of several repeats their median.
    pub middle: String,
    /// Of several repeats the lowest and the highest value, `1.48 to 3.37`, or `in each` where they are the same; with how many have one, where that is not each that counts.
    pub range: Option<String>,
}

/// The figures of a cell, with what became of its repeats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Row {
    /// The short name.
    pub name: String,
    /// The id without the repeat.
    pub id: String,
    #[serde(skip)]
    pub outcome: Outcome,
    /// `passed`; of several repeats `5 of 6 passed`.
    pub verdict: String,
    /// What became of the others, and which repeats were measured again and why.
    pub notes: Vec<String>,
    /// How many repeats the figures are of; `None` of a case that is not repeated.
    pub counted: Option<usize>,
    /// What kind of number the figures are, `median of 6`; below `minimum` repeats also that they are too few to compare.
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

impl Row {
    /// That of a cell. With fewer repeats than `minimum` nothing can be compared; `None` where no number of them would do.
    pub fn of(cell: &Cell<'_>, names: &Names, minimum: Option<usize>) -> Self {
        let spreads = cell.spreads();
        let counted = (cell.cases.len() > 1).then(|| cell.counting().len());
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
            notes: cell.troubles().into_iter().chain(again).collect(),
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

/// What kind of number the figures of so many repeats are.
fn basis(counted: usize, minimum: Option<usize>) -> String {
    match minimum {
        Some(minimum) if counted >= minimum => format!("median of {counted}"),
        _ => format!("median of {counted}, too few to compare"),
    }
}

impl FigureText {
    /// Of a spread; `counted` is how many repeats the row is of.
    fn of(spread: Option<Spread>, counted: Option<usize>, write: &dyn Fn(f64) -> String) -> Self {
        let Some(spread) = spread else { return Self { middle: NONE.to_owned(), range: None } };
        let of = format!("of {}", spread.count);
        let is_of_fewer = counted.is_some_and(|counted| counted != spread.count);
        let is_same = write(spread.low) == write(spread.high);
        let range = spread.range(write).map(|range| if is_same { "in each".to_owned() } else { range });
        let range = match (range, is_of_fewer) {
            (Some(range), true) => Some(format!("{range}, {of}")),
            (None, true) => Some(of),
            (range, false) => range,
        };
        Self { middle: spread.middle(write), range }
    }
}

#[cfg(test)]
mod tests {
    use super::super::cells::cells;
    use super::*;
    use crate::fixture::repeated;
    use precall_results::Attempt;

    /// Six repeats of which one failed, one hung without figures, and one does not count; and one was measured twice.
    fn rows(minimum: usize) -> Vec<Row> {
        let mut run = repeated(&[400e3, 52e3, 359e3, 410e3, 390e3, 1e6]);
        for case in &mut run.cases {
            case.case = format!("slow-lossy,repeat={}", case.repeat.unwrap_or(1));
        }
        run.cases[1].outcome = Outcome::Failed;
        run.cases[2].outcome = Outcome::Hung;
        run.cases[2].measured.quality = None;
        run.cases[5].outcome = Outcome::Inconclusive;
        let busy = "the host could not keep up: the camera gave 28.2 frames/s (at least 28.5)".to_owned();
        run.cases[3].attempts.insert(0, Attempt { outcome: Outcome::Inconclusive, reasons: vec![busy], seconds: 9.0 });
        let names = Names::of_run(&run);
        cells(&run.cases).iter().map(|cell| Row::of(cell, &names, Some(minimum))).collect()
    }

    #[test]
    fn a_cell_says_median_range_and_number() {
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
    fn a_case_that_is_not_repeated_has_values_alone() {
        let mut run = repeated(&[400e3]);
        run.cases[0].repeat = None;
        let names = Names::of_run(&run);
        let row = Row::of(&cells(&run.cases)[0], &names, Some(6));
        assert_eq!((row.counted, row.basis, row.verdict.as_str()), (None, None, "passed"));
        assert_eq!(row.video_bitrate, FigureText { middle: "400 kbit/s".to_owned(), range: None });
    }
}
