//! The charts of advice: what each module advises beside what calls sustain, and its MOS beside what people saw and
//! heard.

use super::case_charts::ChartView;
use crate::chart::{Axes, ChartAxis, ChartLayer, Plot, Point, Scale};
use precall_judge::advice::{AdviceTable, CallFigures, JudgedAdvice, NetworkAdvice, NetworkTruth};

/// The classes of the modules' lines. More lines in one chart could not be told apart.
const LINES: [&str; 5] = ["s0", "s1", "s2", "s3", "s4"];

/// Returns the class of each module's line with the module's name, and the charts over networks, which are numbered as
/// in the table.
pub(super) fn advice_charts(table: &AdviceTable, axes: &mut Axes) -> (Vec<(&'static str, String)>, Vec<ChartView>) {
    let modules: Vec<_> = LINES.into_iter().zip(table.modules.iter().map(|module| module.module.clone())).collect();
    let truth = over(table, |network| Some(network.truth as f64));
    let seen = over(table, |network| measured(table, network, |call| call.similarity).map(|one| one * 5.0));
    let heard = over(table, |network| measured(table, network, |call| call.mos_lqo));
    let lines = |read: fn(&JudgedAdvice) -> Option<f64>| -> Vec<ChartLayer> {
        let line = |(class, module): &(&'static str, String)| {
            ChartLayer::Line(class, over(table, |network| mean(network, module, read)))
        };
        modules.iter().map(line).collect()
    };
    let mut chart = |title: &str, unit, y, behind: Vec<Point>, front: Vec<ChartLayer>, legend| {
        let layers: Vec<_> = std::iter::once(ChartLayer::Area("up", behind)).chain(front).collect();
        let names = (1..=table.networks.len()).map(|number| number.to_string()).collect();
        let svg = Plot { x: ChartAxis::Names(names), y }.svg(title, &layers, axes);
        ChartView { title: title.to_owned(), unit, legend: vec![("up", legend)], svg }
    };
    let steps = table.steps.iter().map(|step| short(step)).collect();
    let advice =
        chart("Advice", "", ChartAxis::Names(steps), truth, lines(|one| Some(one.step as f64)), "calls sustain");
    let scale = || ChartAxis::Numbers(Scale { max: 5.0, step: 1.0 }, "");
    let has_speech = heard.iter().any(|(_, quality)| quality.is_some());
    let mos = chart(
        "Video MOS, reported",
        "1 to 4.5",
        scale(),
        seen,
        lines(|one| one.video_mos),
        "similarity of a call's picture, 5 for equal",
    );
    let mut charts = vec![advice, mos];
    if has_speech {
        charts.push(chart(
            "Audio MOS, reported",
            "1 to 4.65",
            scale(),
            heard,
            lines(|one| one.audio_mos),
            "MOS-LQO of a call's speech (ITU-T P.862.2)",
        ));
    }
    (modules, charts)
}

fn over(table: &AdviceTable, read: impl Fn(&NetworkAdvice) -> Option<f64>) -> Vec<Point> {
    table.networks.iter().enumerate().map(|(place, network)| (place as f64, read(network))).collect()
}

/// Returns the mean over the repeats of a module on a network.
fn mean(network: &NetworkAdvice, module: &str, read: fn(&JudgedAdvice) -> Option<f64>) -> Option<f64> {
    let values: Vec<f64> = network.advice.get(module)?.iter().filter_map(read).collect();
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// Returns the mean of a figure over the calls at the size that they sustain, or at the smallest where they sustain
/// none.
fn measured(table: &AdviceTable, network: &NetworkAdvice, read: fn(&CallFigures) -> Option<f64>) -> Option<f64> {
    let truth: &NetworkTruth = table.truth.networks.iter().find(|truth| truth.network == network.network)?;
    let size = truth.sizes.iter().find(|size| truth.best.is_none_or(|best| best == size.size))?;
    let values: Vec<f64> = size.calls.iter().filter_map(read).collect();
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// Shortens a size to its height.
fn short(step: &str) -> String {
    step.split_once('x').map_or_else(|| step.to_owned(), |(_, height)| format!("{height}p"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advice_fixture::advice_table;

    #[test]
    fn each_module_has_a_line_in_all_charts() {
        let table = advice_table();
        let (modules, charts) = advice_charts(&table, &mut Axes::default());
        assert_eq!(modules.len(), table.modules.len());
        assert_eq!(charts.len(), 3);
        for chart in &charts {
            for (class, _) in &modules {
                assert!(chart.svg.contains(class), "{class} in {}", chart.svg);
            }
        }
    }

    #[test]
    fn figures_are_those_of_the_size_that_calls_sustain() {
        let table = advice_table();
        let seen: Vec<_> =
            table.networks.iter().map(|network| measured(&table, network, |call| call.similarity)).collect();
        let seen: Vec<_> = seen.into_iter().map(|one: Option<f64>| one.map(|one| (one * 10.0).round())).collect();
        assert_eq!(seen, [Some(7.0), Some(8.0), Some(9.0)]);
    }
}
