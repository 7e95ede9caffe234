//! Sweeps in tables: the advice and scores of each network test beside the links' counters.

use super::table::{Column, Grid};
use super::view::View;
use super::wrap::indented;
use crate::calibration::{Sweep, SweepAxis, median};
use crate::format::{self, or_none};

/// Returns a table for each sweep, followed by a line for each change of its advice. Figures are medians over repeats.
pub fn calibration(sweeps: &[Sweep], view: View) -> String {
    let mut text = String::new();
    for sweep in sweeps {
        let value = |value: f64| match sweep.axis {
            SweepAxis::Rate => format::bits_per_second(value),
            SweepAxis::Loss => format::ratio(value),
        };
        let (requested, link, reported) = match sweep.axis {
            SweepAxis::Rate => ("requested rate", "on the wire, up", "received audio and video"),
            SweepAxis::Loss => ("requested loss per direction", "dropped by the links", "reported video loss"),
        };
        let columns = vec![
            Column::figures(requested),
            Column::figures(link).unless_narrow(1),
            Column::figures(reported),
            Column::words("advice"),
            Column::figures("audio MOS").unless_narrow(2),
            Column::figures("video MOS"),
        ];
        let name = if sweep.name.is_empty() { String::new() } else { format!("{}: ", sweep.name) };
        let caption = format!("{name}{}, OpenTok.js {}: medians over repeats", sweep.module, sweep.sdk);
        let mut grid = Grid::new(caption, columns);
        for point in &sweep.points {
            let mut advice = point.advice.clone();
            advice.sort();
            advice.dedup();
            grid.push(vec![
                value(point.requested).into(),
                or_none(median(&point.link), value).into(),
                or_none(median(&point.reported), value).into(),
                advice.join(" or ").into(),
                or_none(median(&point.audio_mos), format::mos).into(),
                or_none(median(&point.video_mos), format::mos).into(),
            ]);
        }
        text.push_str(&grid.render(view.width));
        for switch in sweep.change_points() {
            let ((from, below), (to, above)) = (&switch.from, &switch.to);
            let line = format!("between {} and {}: {from} → {to}", value(*below), value(*above));
            text.push_str(&indented(&line, view.width, 2));
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::swept;
    use crate::sweeps;

    #[test]
    fn sweeps_in_tables() {
        insta::assert_snapshot!(calibration(&sweeps(&swept().result), View::plain(100)));
    }

    #[test]
    fn sweeps_fit_a_narrow_terminal() {
        let text = calibration(&sweeps(&swept().result), View::plain(80));
        let widest = text.lines().map(|line| line.chars().count()).max();
        assert!(widest.is_some_and(|widest| widest <= 80), "{text}");
    }
}
