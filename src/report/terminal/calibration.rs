//! Sweeps in tables: what each network test advised and scored, against what the links did.

use std::fmt::Write;

use comfy_table::{Cell, CellAlignment};

use super::table::table;
use crate::report::calibration::{Sweep, SweptBy, median};
use crate::report::format::{self, or_none};

/// A table for each sweep, with a line for each switch of its advice below it. Figures are medians over repeats.
///
/// `width` is that of the terminal in characters, `None` for as wide as it needs.
pub fn calibration(sweeps: &[Sweep], width: Option<u16>) -> String {
    let mut text = String::new();
    for sweep in sweeps {
        let value = |value: f64| match sweep.by {
            SweptBy::Rate => format::bits_per_second(value),
            SweptBy::Loss => format::ratio(value),
        };
        let (asked, link, reported) = match sweep.by {
            SweptBy::Rate => ("rate asked", "link: up, mean", "bitrate reported"),
            SweptBy::Loss => ("loss asked, each way", "links dropped", "video loss reported"),
        };
        let mut table = table(&[asked, link, reported, "advice", "audio MOS", "video MOS"]);
        if let Some(width) = width {
            table.set_width(width);
        }
        for point in &sweep.points {
            let right = |text: String| Cell::new(text).set_alignment(CellAlignment::Right);
            let mut advice = point.advice.clone();
            advice.sort();
            advice.dedup();
            table.add_row([
                right(value(point.asked)),
                right(or_none(median(&point.link), value)),
                right(or_none(median(&point.reported), value)),
                Cell::new(advice.join(" or ")),
                right(or_none(median(&point.audio_mos), format::mos)),
                right(or_none(median(&point.video_mos), format::mos)),
            ]);
        }
        let name = if sweep.name.is_empty() { String::new() } else { format!("{}: ", sweep.name) };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{name}{}, OpenTok.js {}\n{table}", sweep.module, sweep.sdk);
        for switch in sweep.switches() {
            let ((from, below), (to, above)) = (&switch.from, &switch.to);
            let _ = writeln!(text, "  between {} and {}: {from} → {to}", value(*below), value(*above));
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::swept;
    use crate::report::sweeps;

    #[test]
    fn sweeps_in_tables() {
        insta::assert_snapshot!(calibration(&sweeps(&swept().result), None));
    }

    #[test]
    fn they_fit_a_narrow_terminal() {
        let text = calibration(&sweeps(&swept().result), Some(80));
        let widest = text.lines().map(|line| line.chars().count()).max();
        assert!(widest.is_some_and(|widest| widest <= 80), "{text}");
    }
}
