//! Whether the media router is true on this machine: Chrome through it, held against Chrome without it, on a few
//! networks.

use super::checks::{Check, Status};
use crate::fidelity::{
    Agreement, BySeed, FidelityError, FidelityMetric, MeasureOptions, Measurement, MeasurementBed, Network, Route,
    RunFigures, catalogue,
};
use precall_browser::{BrowserKind, InstalledBrowser};

/// The networks: a narrow one that loses packets, one without loss, and one on the receiver's side.
const NETWORKS: [&str; 3] = ["up-400k-loss2", "up-1m", "down-500k"];

/// The seconds that figures are averaged over. Six runs of this length take less than two minutes.
const WINDOW: (f64, f64) = (7.0, 16.0);

/// The metrics that are compared with the reference.
const METRICS: [FidelityMetric; 2] = [FidelityMetric::Estimate, FidelityMetric::ReceivedRate];

/// How far single runs of nine seconds may be from each other without saying anything: a share of the reference's. The
/// bench `fidelity`, which takes longer, has a narrower bar.
const BAR: f64 = 0.20;

/// Measures. `progress` gets a line for each run before it begins: its number, the number of all runs, and its network.
///
/// # Errors
///
/// When a run cannot be made.
pub async fn measure_fidelity(
    chrome: InstalledBrowser,
    mut progress: impl FnMut(&str),
) -> Result<Vec<Check>, FidelityError> {
    let networks: Vec<_> = catalogue()
        .into_iter()
        .filter(|network| NETWORKS.contains(&network.name.as_str()))
        .map(|network| Network { window: WINDOW, ..network })
        .collect();
    let bed = MeasurementBed::open(BrowserKind::Chrome, chrome, None).await?;
    let mut runs = Vec::new();
    let all = networks.len() * 2;
    for network in &networks {
        let mut pair = Vec::new();
        for (route, how) in [(Route::Reference, "without the router"), (Route::Router, "through the router")] {
            let number = runs.len() * 2 + pair.len() + 1;
            progress(&format!("{number} of {all}: {} {how}, {:.0} s", network.name, network.seconds()));
            pair.push(bed.measure(network, route, 1, MeasureOptions::default()).await);
        }
        runs.push(pair.into_iter().collect::<Result<Vec<_>, _>>());
    }
    bed.close().await;
    let runs: Vec<_> = runs.into_iter().collect::<Result<_, _>>()?;
    Ok(checks(networks.iter().zip(&runs).map(|(network, pair)| Compared::of(network, pair)).collect()))
}

/// A pair of runs on a network.
#[derive(Debug, Clone)]
struct Compared {
    network: String,
    agreements: Vec<Agreement>,
    /// Why the host could not keep up, if it could not.
    starved: Vec<String>,
}

impl Compared {
    fn of(network: &Network, runs: &[Measurement]) -> Self {
        let figures = |route| -> BySeed {
            let of_route = runs.iter().filter(|run| run.route == route);
            of_route.map(|run| (run.seed, RunFigures::of(network, run))).collect()
        };
        let (reference, router) = (figures(Route::Reference), figures(Route::Router));
        let agreements = METRICS.map(|metric| Agreement::of(metric, &reference, &router)).into();
        let starved = runs.iter().flat_map(|run| run.starved.clone()).collect();
        Self { network: network.name.clone(), agreements, starved }
    }

    /// How far the router is from the reference, by the worse metric; `None` when either run has no figures.
    fn deviation(&self) -> Option<f64> {
        let all: Option<Vec<f64>> = self.agreements.iter().map(Agreement::deviation).collect();
        all?.into_iter().reduce(f64::max)
    }

    fn check(&self) -> Check {
        let shown: Vec<_> = self.agreements.iter().map(shown).collect();
        let detail = format!("{}: {}", self.network, shown.join("; "));
        match self.deviation() {
            _ if !self.starved.is_empty() => {
                let detail = format!("{detail}. Inconclusive, the host was busy: {}", self.starved.join("; "));
                Check::bad(NAME, Status::Warning, detail, "end what else runs, and try again")
            }
            None => Check::bad(
                NAME,
                Status::Warning,
                detail,
                "try again with PRECALL_LOG=debug, which says what the page had to say",
            ),
            Some(deviation) if deviation > BAR => Check::bad(NAME, Status::Warning, detail, FIX),
            Some(_) => Check::good(NAME, detail),
        }
    }
}

const NAME: &str = "fidelity";

const FIX: &str = "try again; if it stays so, report it with what `cargo bench --bench fidelity` prints";

/// `estimate 345 kbit/s through the router, 365 without`.
fn shown(agreement: &Agreement) -> String {
    let (unit, factor) = agreement.metric.unit();
    let value = |spread: Option<crate::fidelity::ValueSpread>| match spread {
        Some(spread) => format!("{:.0} {unit}", spread.mean * factor),
        None => "none".to_owned(),
    };
    let (router, reference) = (value(agreement.router), value(agreement.reference));
    format!("{} {router} through the router, {reference} without", agreement.metric.name())
}

/// A check for each network, and the verdict.
fn checks(all: Vec<Compared>) -> Vec<Check> {
    let mut checks: Vec<_> = all.iter().map(Compared::check).collect();
    let deviations: Option<Vec<f64>> = all.iter().map(Compared::deviation).collect();
    let worst = deviations.and_then(|all| all.into_iter().reduce(f64::max));
    let is_busy = all.iter().any(|compared| !compared.starved.is_empty());
    let verdict = match worst {
        _ if is_busy => Check::bad(
            NAME,
            Status::Warning,
            "inconclusive: the host was busy",
            "end what else runs, and try again; two idle CPUs are enough",
        ),
        None => Check::bad(NAME, Status::Warning, "inconclusive: not every run had media", FIX),
        Some(worst) => {
            let percent = worst * 100.0;
            if worst > BAR {
                let detail = format!(
                    "Chrome through the router differs from Chrome without it by up to {percent:.0} %, and single runs by no more \
                     than {:.0} %",
                    BAR * 100.0
                );
                Check::bad(NAME, Status::Warning, detail, FIX)
            } else {
                Check::good(NAME, format!("Chrome through the router is within {percent:.0} % of Chrome without it"))
            }
        }
    };
    checks.push(verdict);
    checks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(network: &str, reference: f64, router: f64, starved: &[&str]) -> Compared {
        let figures = |bps: f64| {
            let received_rate = (bps > 0.0).then_some(bps);
            BySeed::from([(1, RunFigures { estimate: Some(bps * 1.2), received_rate, ..RunFigures::default() })])
        };
        Compared {
            network: network.to_owned(),
            agreements: METRICS.map(|metric| Agreement::of(metric, &figures(reference), &figures(router))).into(),
            starved: starved.iter().map(|reason| (*reason).to_owned()).collect(),
        }
    }

    fn said(all: Vec<Compared>) -> String {
        let line = |check: Check| {
            let fix = check.fix.map(|fix| format!("\n    fix: {fix}")).unwrap_or_default();
            format!("{:?}: {}{fix}", check.status, check.detail)
        };
        checks(all).into_iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_verdict_is_in_plain_words() {
        let near = compared("up-400k-loss2", 280e3, 266e3, &[]);
        let far = compared("down-500k", 420e3, 310e3, &[]);
        let busy = compared("up-1m", 900e3, 500e3, &["the CPUs were busy 99 % of the worst 10 s (at most 97 %)"]);
        let silent = compared("up-1m", 900e3, 0.0, &[]);
        let all = [
            ("near", vec![near.clone()]),
            ("far", vec![near.clone(), far.clone()]),
            ("busy", vec![near.clone(), busy]),
            ("silent", vec![near, silent]),
        ];
        let said: Vec<_> = all.map(|(name, all)| format!("{name}\n{}", said(all))).into();
        insta::assert_snapshot!(said.join("\n\n"));
    }

    #[test]
    fn networks_exist_and_take_less_than_two_minutes() {
        let known = catalogue();
        let seconds: f64 = NETWORKS
            .iter()
            .map(|name| known.iter().find(|network| network.name == *name).expect("it is there").clone())
            .map(|network| 2.0 * (Network { window: WINDOW, ..network }.seconds() + 2.0))
            .sum();
        assert!(seconds < 120.0, "{seconds}");
    }
}
