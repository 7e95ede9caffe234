//! The answer that a comparison gives.

use super::breakdowns::worse_breakdowns;
use super::margin::{DECISIVE, detectable_change};
use super::obstacles::worst_obstacle;
use super::sentence;
use super::words::{figure_change, label};
use crate::comparison::change::Change;
use crate::comparison::model::{CellComparison, Comparison, MetricComparison};
use precall_results::Metric;
use precall_results::{Answer, Sides, Upgrade, UpgradeCell, Worsening};

/// Reads a comparison as a verdict on its second side. `level` is the chance of a false alarm in all cells together;
/// the comparison's own level is that of each cell.
pub(super) fn answer(comparison: &Comparison, level: f64, sides: Sides) -> Upgrade {
    let worse = all_worse(comparison, level);
    let (answer, sentence) = match (worse.is_empty(), worst_obstacle(comparison, &sides)) {
        (false, _) => (Answer::Worse, sentence::worse(&worse, &sides)),
        (true, Some(obstacle)) => (Answer::CannotTell, sentence::cannot_tell(&obstacle, &sides)),
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

/// Returns everything that became worse: breakdowns first, then the decisive figures, then the others, the most
/// certain first.
fn all_worse(comparison: &Comparison, level: f64) -> Vec<Worsening> {
    let mut worse = worse_breakdowns(comparison, level);
    let mut figures: Vec<_> = comparison
        .cells
        .iter()
        .flat_map(|cell| cell.figures.iter().map(move |compared| (cell, compared)))
        .filter(|(_, compared)| compared.change == Change::Regressed)
        .filter(|(_, compared)| !worse.iter().any(|known| known.figure == compared.figure))
        .map(|(cell, compared)| Worsening {
            cell: Some(cell.id.clone()),
            figure: compared.figure,
            text: figure_change(cell, compared),
            p: compared.adjusted_p.unwrap_or(compared.p),
        })
        .collect();
    let place = |figure| DECISIVE.iter().position(|decisive| *decisive == figure).unwrap_or(DECISIVE.len());
    figures.sort_by(|one, other| place(one.figure).cmp(&place(other.figure)).then(one.p.total_cmp(&other.p)));
    worse.extend(figures);
    worse
}

fn cell(cell: &CellComparison) -> UpgradeCell {
    let of = |figure| cell.figures.iter().find(|compared| compared.figure == figure);
    let share = |compared: &MetricComparison| {
        Some(detectable_change(compared)? / compared.center_a.filter(|center| *center > 0.0)?)
    };
    let mos = [Metric::VideoMos, Metric::AudioMos].into_iter().filter_map(|figure| detectable_change(of(figure)?));
    UpgradeCell {
        id: cell.id.clone(),
        label: label(cell),
        from_cases: cell.cases_a,
        to_cases: cell.cases_b,
        left_out: cell.excluded.counts().into_iter().sum(),
        detectable_bitrate: of(Metric::VideoBitrate).and_then(share),
        detectable_mos: mos.max_by(f64::total_cmp),
    }
}
