//! The advice of network tests beside what calls sustain, in tables.

use super::table::{Column, Grid};
use super::view::View;
use super::wrap::indented;
use crate::format::{self, or_none};
use precall_judge::advice::{AdviceTable, Criterion, JudgedAdvice, ModuleScore, NetworkTruth};

/// The mark of a borderline network.
const BORDERLINE: &str = "*";

/// Returns the truth of each network beside the advice of each module, the score of each module, and which step each
/// module takes for which.
pub fn advice(table: &AdviceTable, view: View) -> String {
    let mut text = networks(table).render(view.width);
    if table.networks.iter().any(|network| network.is_borderline) {
        let note = "* borderline: calls disagree, a figure that decides is near its limit, or the next smaller size looks the same";
        text.push_str(&indented(note, view.width, 2));
    }
    text.push('\n');
    text.push_str(&scores(table).render(view.width));
    for module in &table.modules {
        text.push('\n');
        text.push_str(&confusion(table, module).render(view.width));
    }
    text
}

fn networks(table: &AdviceTable) -> Grid {
    let mut columns = vec![Column::words("network"), Column::words("calls sustain")];
    columns.extend(table.modules.iter().map(|module| Column::words(module.module.clone())));
    columns.push(Column::words("the next size misses").unless_narrow(1));
    let mut grid = Grid::new("The advice of network tests, and the largest size that calls sustain", columns);
    for network in &table.networks {
        let mark = if network.is_borderline { BORDERLINE } else { "" };
        let mut row = vec![network.network.clone().into(), format!("{}{mark}", table.right_sizes(network)).into()];
        for module in &table.modules {
            let advice = network.advice.get(&module.module).map(Vec::as_slice).unwrap_or_default();
            row.push(advised(table, advice).into());
        }
        let truth = table.truth.networks.iter().find(|truth| truth.network == network.network);
        row.push(truth.map(missed).unwrap_or_default().into());
        grid.push(row);
    }
    grid
}

/// Returns the advice of a module's repeats: `640x360`, `+1 1280x720`, or each with its number.
fn advised(table: &AdviceTable, advice: &[JudgedAdvice]) -> String {
    let mut counts: Vec<(usize, i64, usize)> = Vec::new();
    for one in advice {
        match counts.iter_mut().find(|(step, ..)| *step == one.step) {
            Some((.., count)) => *count += 1,
            None => counts.push((one.step, one.off, 1)),
        }
    }
    counts.sort_by_key(|(.., count)| std::cmp::Reverse(*count));
    let is_one = counts.len() == 1;
    let words = counts.iter().map(|(step, off, count)| {
        let off = if *off == 0 { String::new() } else { format!(" ({off:+})") };
        let times = if is_one { String::new() } else { format!("{count}x ") };
        format!("{times}{}{off}", table.steps[*step])
    });
    if counts.is_empty() { "–".to_owned() } else { words.collect::<Vec<_>>().join(", ") }
}

/// Returns what keeps calls from the next size above the best one.
fn missed(truth: &NetworkTruth) -> String {
    let next = truth.sizes.iter().find(|size| truth.best.is_none_or(|best| size.size.pixels() > best.pixels()));
    let mut missed: Vec<Criterion> =
        next.into_iter().flat_map(|size| &size.calls).flat_map(|call| call.missed.clone()).collect();
    missed.sort();
    missed.dedup();
    missed.into_iter().map(Criterion::as_str).collect::<Vec<_>>().join(", ")
}

fn scores(table: &AdviceTable) -> Grid {
    let columns = vec![
        Column::words("module"),
        Column::figures("tests"),
        Column::figures("right"),
        Column::figures("at most one step off"),
        Column::figures("too high"),
        Column::figures("right, borderline networks left out").unless_narrow(2),
        Column::figures("repeats that agree").unless_narrow(1),
        Column::figures("seconds, median"),
        Column::figures("seconds, p95").unless_narrow(1),
    ];
    let mut grid = Grid::new("How good the advice is", columns);
    for module in &table.modules {
        let seconds = |value: Option<f64>| or_none(value, |seconds| format!("{seconds:.1} s"));
        grid.push(vec![
            module.module.clone().into(),
            module.tests.to_string().into(),
            format::ratio(module.right).into(),
            format::ratio(module.within_one).into(),
            format::ratio(module.too_high).into(),
            format::ratio(module.right_where_clear).into(),
            or_none(module.repeated, format::ratio).into(),
            seconds(module.median_seconds).into(),
            seconds(module.p95_seconds).into(),
        ]);
    }
    grid
}

fn confusion(table: &AdviceTable, module: &ModuleScore) -> Grid {
    let mut columns = vec![Column::words("calls sustain")];
    columns.extend(table.steps.iter().map(|step| Column::figures(format!("advised {step}"))));
    let mut grid = Grid::new(format!("{}: the number of tests", module.module), columns);
    for (step, counts) in table.steps.iter().zip(&module.confusion.counts) {
        let counts = counts.iter().map(|count| if *count == 0 { "·".to_owned() } else { count.to_string() });
        grid.push(std::iter::once(step.clone()).chain(counts).map(Into::into).collect());
    }
    grid
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advice_fixture::advice_table;

    #[test]
    fn advice_in_tables() {
        insta::assert_snapshot!(advice(&advice_table(), View::plain(120)));
    }

    #[test]
    fn advice_fits_a_narrow_terminal() {
        let text = advice(&advice_table(), View::plain(80));
        let widest = text.lines().map(|line| line.chars().count()).max();
        assert!(widest.is_some_and(|widest| widest <= 80), "{text}");
    }
}
