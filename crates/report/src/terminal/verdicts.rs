//! The main table of a run, with a row for each case over its repeats.

use super::paint::Paint;
use super::table::{CellText, Column, Grid};
use super::view::View;
use crate::case_repeats::{CaseRepeats, Spread, Spreads, or_none};
use crate::format::{self, NONE};
use crate::names::Names;

/// The connectivity result of a test without errors.
const OK: &str = "ok";

/// Returns the table of these cases.
pub(super) fn verdicts(cells: &[CaseRepeats<'_>], names: &Names, view: View) -> Grid {
    let has_repeats = cells.iter().any(|cell| cell.cases.len() > 1);
    let caption = match has_repeats {
        false => "The figures and the advice of the network test, and whether the expectations were met.",
        true => {
            "The figures and the advice of the network test, and whether the expectations were met. For several repeats, each \
             figure is the median, with the range below it."
        }
    };
    let is_connected = |cell: &CaseRepeats<'_>| cell.connectivity().iter().all(|text| text == OK || text == NONE);
    let shows_connectivity = !cells.iter().all(is_connected);
    let mut columns = vec![Column::words("case"), Column::words("verdict")];
    if shows_connectivity {
        columns.push(Column::words("connectivity"));
    }
    columns.extend([
        Column::figures("audio MOS").unless_narrow(3),
        Column::figures("video MOS"),
        Column::figures("received audio and video"),
        Column::words("packet loss").unless_narrow(2),
        Column::figures("RTT").unless_narrow(4),
        Column::words("recommended").unless_narrow(1),
        Column::figures("seconds").unless_narrow(5),
    ]);
    let mut grid = Grid::new(caption, columns);
    for cell in cells {
        let mut row = vec![names.cell(&cell.first().case).into(), verdict(cell, view)];
        if shows_connectivity {
            row.push(cell.connectivity().join("\n").into());
        }
        row.extend(figures(cell));
        grid.push(row);
    }
    grid
}

fn verdict(cell: &CaseRepeats<'_>, view: View) -> CellText {
    let paint = Paint::of(cell.outcome());
    let troubles = cell.not_passed_by_outcome();
    // A case without repeats has its outcome as the only line.
    let lines: Vec<_> = [cell.verdict()].into_iter().chain(troubles).collect();
    CellText::painted(lines.join("\n"), view.paint(paint))
}

fn figures(cell: &CaseRepeats<'_>) -> [CellText; 7] {
    let Spreads { audio_mos, video_mos, bitrate, audio_loss, video_loss, round_trip_time, seconds, .. } =
        cell.spreads();
    let loss = |what: &str, spread: Option<Spread>| {
        let text = or_none(spread, |spread| on_one_line(spread, format::ratio));
        format!("{what} {text}")
    };
    let all = cell.counted().len();
    let lines =
        |spread: Option<Spread>, text: fn(f64) -> String| or_none(spread, |spread| on_two_lines(spread, all, text));
    [
        lines(audio_mos, format::mos).into(),
        lines(video_mos, format::mos).into(),
        lines(bitrate, format::bits_per_second).into(),
        match (audio_loss, video_loss) {
            (None, None) => NONE.into(),
            (audio, video) => format!("{}\n{}", loss("audio", audio), loss("video", video)).into(),
        },
        lines(round_trip_time, format::seconds_as_ms).into(),
        cell.advice().join("\n").into(),
        lines(seconds, |seconds| format!("{seconds:.1}")).into(),
    ]
}

/// Returns the median, and the range of several values below it. `all` is the number of repeats that should have one.
fn on_two_lines(spread: &Spread, all: usize, text: fn(f64) -> String) -> String {
    let middle = spread.middle(text);
    let range = spread.range(text).map(|range| format!("\n{range}")).unwrap_or_default();
    let count = if spread.count < all { format!("\n{} of {all}", spread.count) } else { String::new() };
    format!("{middle}{range}{count}")
}

fn on_one_line(spread: &Spread, text: fn(f64) -> String) -> String {
    match spread.range(text) {
        Some(range) => format!("{}, {range}", spread.middle(text)),
        None => spread.middle(text),
    }
}
