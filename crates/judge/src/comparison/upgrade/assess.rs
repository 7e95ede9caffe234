//! From a comparison to an answer.

use super::breakdowns::worsened;
use super::doubts::doubt;
use super::margin::visible;
use super::sentence::{self, label};
use crate::comparison::change::Change;
use crate::comparison::model::{Cell, Comparison};
use precall_results::Metric;
use precall_results::{Answer, Sides, Upgrade, UpgradeCell, Worsening};

/// Fewer repeats cannot show a change.
pub const MANY_ENOUGH: usize = 6;

/// Reads a comparison as a verdict on its second side. `level` is the chance of a false alarm in all its cells together; the
/// comparison's own is that of each cell.
pub fn assess(comparison: &Comparison, level: f64, sides: Sides) -> Upgrade {
    let worse = all_worse(comparison, level);
    let (answer, sentence) = match (worse.is_empty(), doubt(comparison, &sides)) {
        (false, _) => (Answer::Worse, sentence::worse(&worse, &sides)),
        (true, Some(doubt)) => (Answer::CannotTell, sentence::cannot_tell(&doubt, &sides)),
        (true, None) => (Answer::NoWorse, sentence::no_worse(comparison, &sides)),
    };
    Upgrade {
        answer,
        sentence,
        sides,
        worse,
        cells: comparison.cells.iter().map(cell).collect(),
        missed_by_old: Vec::new(),
        missed_by_new: Vec::new(),
    }
}

/// All that became worse: breakdowns first, then figures by how sure it is.
fn all_worse(comparison: &Comparison, level: f64) -> Vec<Worsening> {
    let mut worse = worsened(comparison, level, label);
    let mut figures: Vec<_> = comparison
        .cells
        .iter()
        .flat_map(|cell| cell.figures.iter().map(move |figures| (cell, figures)))
        .filter(|(_, figures)| figures.change == Change::Regressed)
        .filter(|(_, figures)| !worse.iter().any(|known| known.figure == figures.figure))
        .map(|(cell, figures)| Worsening {
            cell: Some(cell.id.clone()),
            figure: figures.figure,
            text: sentence::change(cell, figures),
            p: figures.adjusted_p.unwrap_or(figures.p),
        })
        .collect();
    let place = |figure| FIRST.iter().position(|first| *first == figure).unwrap_or(FIRST.len());
    figures.sort_by(|one, other| place(one.figure).cmp(&place(other.figure)).then(one.p.total_cmp(&other.p)));
    worse.extend(figures);
    worse
}

/// What people look at first.
const FIRST: [Metric; 4] = [Metric::VideoBitrate, Metric::VideoMos, Metric::AudioMos, Metric::AudioBitrate];

fn cell(cell: &Cell) -> UpgradeCell {
    let of = |figure| cell.figures.iter().find(|figures| figures.figure == figure);
    let share = |figures: &crate::comparison::Figures| {
        Some(visible(figures)? / figures.center_a.filter(|center| *center > 0.0)?)
    };
    let mos = [Metric::VideoMos, Metric::AudioMos].into_iter().filter_map(|figure| visible(of(figure)?));
    UpgradeCell {
        id: cell.id.clone(),
        label: label(cell),
        from_cases: cell.cases_a,
        to_cases: cell.cases_b,
        left_out: [&cell.left_out.a, &cell.left_out.b].into_iter().flat_map(|side| side.values()).sum(),
        detectable_bitrate: of(Metric::VideoBitrate).and_then(share),
        detectable_mos: mos.max_by(f64::total_cmp),
    }
}
