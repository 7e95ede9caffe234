//! The advice of network tests beside what calls sustain, as an HTML page.

use serde::Serialize;

use super::advice_charts::advice_charts;
use super::case_charts::ChartView;
use super::templates::render;
use crate::ReportError;
use crate::chart::Axes;
use crate::format::{self, or_none};
use precall_judge::advice::{AdviceTable, CallFigures, Criterion, JudgedAdvice, NetworkTruth, SizeTruth, limits};

/// The data of the template.
#[derive(Debug, Serialize)]
pub(super) struct AdviceView {
    meta: Vec<String>,
    modules: Vec<String>,
    steps: Vec<String>,
    networks: Vec<NetworkView>,
    scores: Vec<Vec<String>>,
    confusions: Vec<ConfusionView>,
    calls: Vec<TriedCallView>,
    limits: Vec<String>,
    /// The class of each module's line, and its name.
    legend: Vec<(&'static str, String)>,
    charts: Vec<ChartView>,
    axes: String,
}

#[derive(Debug, Serialize)]
struct NetworkView {
    name: String,
    truth: String,
    is_borderline: bool,
    advice: Vec<AdvisedView>,
}

/// The advice of one module on one network.
#[derive(Debug, Serialize)]
struct AdvisedView {
    text: String,
    /// `right`, `high`, `low`, `mixed` or `none`.
    class: &'static str,
    /// The MOS of video that the module reported; empty where it reported none.
    mos: String,
}

#[derive(Debug, Serialize)]
struct ConfusionView {
    module: String,
    rows: Vec<(String, Vec<CountView>)>,
}

#[derive(Debug, Serialize)]
struct CountView {
    count: u64,
    class: &'static str,
}

#[derive(Debug, Serialize)]
struct TriedCallView {
    network: String,
    size: String,
    is_sustained: bool,
    cells: Vec<String>,
    missed: String,
}

/// Returns the advice of modules as one HTML file.
///
/// # Errors
///
/// If the template is broken.
pub fn advice_html(table: &AdviceTable) -> Result<String, ReportError> {
    render("advice.html", &view(table))
}

fn view(table: &AdviceTable) -> AdviceView {
    let mut axes = Axes::default();
    let (legend, charts) = advice_charts(table, &mut axes);
    let truth = &table.truth;
    let meta = [
        Some(format::count(table.networks.len(), "network", "networks")),
        truth.at.clone(),
        truth.environment.as_ref().map(|environment| environment.browser.clone()),
        truth.environment.as_ref().map(|environment| format::count(environment.cpus, "CPU", "CPUs")),
        truth.sdk.as_ref().map(|sdk| format!("OpenTok.js {sdk}")),
    ];
    let networks = table.networks.iter().map(|network| NetworkView {
        name: network.network.clone(),
        truth: table.right_sizes(network),
        is_borderline: network.is_borderline,
        advice: table
            .modules
            .iter()
            .map(|module| advised(table, network.advice.get(&module.module).map(Vec::as_slice).unwrap_or_default()))
            .collect(),
    });
    let scores = table.modules.iter().map(|module| {
        let seconds = |value: Option<f64>| or_none(value, |seconds| format!("{seconds:.1} s"));
        vec![
            module.module.clone(),
            module.tests.to_string(),
            format::ratio(module.right),
            format::ratio(module.within_one),
            format::ratio(module.too_high),
            format::ratio(module.right_where_clear),
            or_none(module.repeated, format::ratio),
            seconds(module.median_seconds),
            seconds(module.p95_seconds),
        ]
    });
    let confusions = table.modules.iter().map(|module| ConfusionView {
        module: module.module.clone(),
        rows: module
            .confusion
            .counts
            .iter()
            .enumerate()
            .map(|(right, counts)| {
                let cells = counts.iter().enumerate().map(|(step, count)| CountView {
                    count: *count,
                    class: if *count == 0 { "none" } else { class_of(step as i64 - right as i64) },
                });
                (table.steps[right].clone(), cells.collect())
            })
            .collect(),
    });
    AdviceView {
        legend,
        charts,
        axes: axes.definitions(),
        meta: meta.into_iter().flatten().collect(),
        modules: table.modules.iter().map(|module| module.module.clone()).collect(),
        steps: table.steps.clone(),
        networks: networks.collect(),
        scores: scores.collect(),
        confusions: confusions.collect(),
        calls: truth.networks.iter().flat_map(calls).collect(),
        limits: vec![
            format!("at least {} of the published pixels for most of the time", format::ratio(limits::PIXELS)),
            format!("at least {} frames/s", limits::FRAME_RATE),
            format!("frozen for less than {}", format::ratio(limits::FROZEN)),
            format!("95 % of the frames within {:.0} ms", limits::DELAY * 1e3),
            format!("less than {} of the audio concealed", format::ratio(limits::CONCEALED)),
            "a picture that is not less like the film than at the next smaller size".to_owned(),
        ],
    }
}

fn calls(network: &NetworkTruth) -> Vec<TriedCallView> {
    let of_size = |size: &SizeTruth| {
        let view = |call: &CallFigures| TriedCallView {
            network: network.network.clone(),
            size: size.size.to_string(),
            is_sustained: call.missed.is_empty(),
            cells: vec![
                call.received.map_or_else(|| "–".to_owned(), |size| size.to_string()),
                or_none(call.frame_rate, |rate| format!("{rate:.1}")),
                or_none(call.frozen, format::ratio),
                or_none(call.delay_p95, |seconds| format!("{:.0} ms", seconds * 1e3)),
                or_none(call.concealed, format::ratio),
                or_none(call.similarity, |similarity| format!("{similarity:.3}")),
            ],
            missed: call.missed.iter().map(|one| Criterion::as_str(*one)).collect::<Vec<_>>().join(", "),
        };
        size.calls.iter().map(view).collect::<Vec<_>>()
    };
    network.sizes.iter().flat_map(of_size).collect()
}

fn advised(table: &AdviceTable, advice: &[JudgedAdvice]) -> AdvisedView {
    let mut steps: Vec<usize> = advice.iter().map(|one| one.step).collect();
    steps.sort_unstable();
    steps.dedup();
    let mos: Vec<f64> = advice.iter().filter_map(|one| one.video_mos).collect();
    let mean = (!mos.is_empty()).then(|| mos.iter().sum::<f64>() / mos.len() as f64);
    AdvisedView {
        text: match steps.as_slice() {
            [] => "–".to_owned(),
            steps => steps.iter().map(|step| table.steps[*step].clone()).collect::<Vec<_>>().join(" or "),
        },
        class: match (steps.len(), advice.first()) {
            (1, Some(one)) => class_of(one.off),
            (0, _) | (_, None) => "none",
            _ => "mixed",
        },
        mos: mean.map(format::mos).unwrap_or_default(),
    }
}

fn class_of(off: i64) -> &'static str {
    match off {
        0 => "right",
        1.. => "high",
        _ => "low",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advice_fixture::advice_table;

    #[test]
    fn the_page_has_every_network_and_module() {
        let table = advice_table();
        let html = advice_html(&table).expect("a page");
        for network in &table.networks {
            assert!(html.contains(&network.network), "{}", network.network);
        }
        for module in &table.modules {
            assert!(html.contains(&module.module), "{}", module.module);
        }
    }

    #[test]
    fn advice_is_marked_by_its_step() {
        let view = view(&advice_table());
        let classes: Vec<_> = view
            .networks
            .iter()
            .map(|network| network.advice.iter().map(|one| one.class).collect::<Vec<_>>())
            .collect();
        assert_eq!(classes, [["high", "right"], ["right", "mixed"], ["low", "low"]]);
    }
}
