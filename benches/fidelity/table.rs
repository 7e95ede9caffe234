//! What is printed.

use std::collections::BTreeMap;

use precall::fidelity::{
    Agreement, AgreementVerdict, Bar, BySeed, FidelityMetric, MEDIAN_BAR, Measurement, Network, Route, RunFigures,
    TOLERANCE, ValueSpread, agreements, median_deviation,
};

use super::arguments::Arguments;

/// Prints a table for each network, and the medians over all of them.
pub fn print(networks: &[Network], arguments: &Arguments, runs: &[Measurement]) {
    let mut all = Vec::new();
    for network in networks {
        let of = |route| figures(network, route, arguments, runs);
        let (reference, router) = (of(Route::Reference), of(Route::Router));
        if reference.is_empty() && router.is_empty() {
            continue;
        }
        println!("\n{}: {}", network.name, described(network));
        let (from, to) = network.window;
        println!("  seconds {from} to {to}; {} runs without a router, {} with", reference.len(), router.len());
        let found = agreements(&reference, &router);
        println!("  {:<24} {:>26} {:>26} {:>20}", "", "reference", "router", "router/reference");
        found.iter().for_each(|agreement| println!("{}", row(agreement)));
        starved(network, arguments, runs);
        all.push((network.name.clone(), found));
    }
    summary(&all);
}

/// The runs of a route on a network.
fn figures(network: &Network, route: Route, arguments: &Arguments, runs: &[Measurement]) -> BySeed {
    let of_route = asked(network, arguments, runs).into_iter().filter(|run| run.route == route);
    of_route.map(|run| (run.seed, RunFigures::of(network, run))).collect()
}

/// The runs on a network that were asked for, one of each route and seed: of several the last in which the host kept
/// up, or else the last.
fn asked<'a>(network: &Network, arguments: &Arguments, runs: &'a [Measurement]) -> Vec<&'a Measurement> {
    let is_asked = |run: &&Measurement| {
        run.network == network.name
            && run.options == arguments.options(run.route)
            && run.seed <= u64::from(arguments.runs)
    };
    let mut best: BTreeMap<(Route, u64), &Measurement> = BTreeMap::new();
    for run in runs.iter().filter(is_asked) {
        let known = best.entry((run.route, run.seed)).or_insert(run);
        if run.starved.is_empty() || !known.starved.is_empty() {
            *known = run;
        }
    }
    best.into_values().collect()
}

/// Names the runs in which the host could not keep up.
fn starved(network: &Network, arguments: &Arguments, runs: &[Measurement]) {
    for run in asked(network, arguments, runs).into_iter().filter(|run| !run.starved.is_empty()) {
        println!("  the host was busy: {:?}, run {}: {}", run.route, run.seed, run.starved.join("; "));
    }
}

fn row(agreement: &Agreement) -> String {
    let (unit, factor) = agreement.metric.unit();
    let shown = |spread: Option<ValueSpread>| match spread {
        Some(ValueSpread { mean, min, max }) => {
            let number = |value: f64| number(value * factor);
            format!("{} ({}-{})", number(mean), number(min), number(max))
        }
        None => "–".to_owned(),
    };
    let ratio = match (agreement.ratio, agreement.pair_ratios) {
        (Some(ratio), Some(ValueSpread { min, max, .. })) => format!("{ratio:.2} ({min:.2}-{max:.2})"),
        (Some(ratio), None) => format!("{ratio:.2}"),
        (None, _) => "–".to_owned(),
    };
    let name = format!("{}, {unit}", agreement.metric.name());
    let (reference, router) = (shown(agreement.reference), shown(agreement.router));
    format!("  {name:<24} {reference:>26} {router:>26} {ratio:>20}  {}", verdict(agreement.verdict))
}

/// Three digits that count.
fn number(value: f64) -> String {
    match value.abs() {
        100.0.. => format!("{value:.0}"),
        10.0..100.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

fn verdict(verdict: AgreementVerdict) -> String {
    match verdict {
        AgreementVerdict::Within(Bar::Tolerance) => format!("within {:.0} %", TOLERANCE * 100.0),
        AgreementVerdict::Within(Bar::ValueSpread) => "within the reference's spread".to_owned(),
        AgreementVerdict::Within(Bar::Grain) => "within the grain".to_owned(),
        AgreementVerdict::Outside => "OUTSIDE".to_owned(),
        AgreementVerdict::OneSided => "on one side only".to_owned(),
        AgreementVerdict::Absent => String::new(),
    }
}

/// Over all networks: how far the metrics are off in the median, and what is outside of its bar.
fn summary(all: &[(String, Vec<Agreement>)]) {
    println!("\nover {} networks, how far the router is from the reference", all.len());
    let every: Vec<_> = all.iter().flat_map(|(_, found)| found).collect();
    for metric in FidelityMetric::ALL {
        let of_metric = || every.iter().filter(|agreement| agreement.metric == metric);
        if of_metric().count() == 0 {
            continue;
        }
        let outside = of_metric().filter(|agreement| agreement.verdict == AgreementVerdict::Outside).count();
        let (name, count) = (metric.name(), of_metric().count());
        let median = match median_deviation(metric, every.iter().copied()) {
            Some(deviation) if metric.has_median() => {
                let met = if deviation <= MEDIAN_BAR { "met" } else { "MISSED" };
                format!("{:>5.1} % in the median (bar {:.0} %: {met})", deviation * 100.0, MEDIAN_BAR * 100.0)
            }
            _ => String::new(),
        };
        println!("  {name:<24} {outside} of {count} outside  {median}");
    }
    for (name, found) in all {
        for agreement in found.iter().filter(|agreement| agreement.verdict == AgreementVerdict::Outside) {
            println!("  outside: {name:<16}{}", row(agreement));
        }
    }
}

/// A network in words.
pub fn described(network: &Network) -> String {
    let link = network.link();
    let mut parts: Vec<String> = link.rate.iter().map(|rate| format!("{rate}, queue 300 ms")).collect();
    parts.push(format!("{} ms each way", link.delay.as_millis()));
    parts.extend(link.loss.map(|loss| format!("loss {:.0} %", loss.get() * 100.0)));
    parts.extend(link.burst.map(|burst| format!("loss {:.0} % in bursts", burst.mean_loss().get() * 100.0)));
    if !link.jitter.is_zero() {
        parts.push(format!("jitter {} ms", link.jitter.as_millis()));
    }
    for (at, up, down) in network.config.parts().skip(1) {
        let rate = up.rate.or(down.rate).map(|rate| rate.to_string()).unwrap_or_default();
        parts.push(format!("{rate} from {} s", at.as_secs()));
    }
    parts.join(", ")
}
