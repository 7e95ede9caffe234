//! A report as a scenario: the same line, as far as its figures tell.

use std::fmt::Write;

use super::report::{Grade, LineReport, ReasonKey};
use precall_scenario::named_network;

/// Above this rate a test with one camera does not find the limit of a line (`likeness.js` of the page has the same).
const UNLIMITED: f64 = 2_500_000.0;

/// Less than this is the noise of a test on a line that loses nothing.
const NOTABLE_LOSS: f64 = 0.002;

/// Returns a scenario in which a case has the line of a report: the network of its figures, or what was blocked on it.
pub fn scenario_text(report: &LineReport) -> String {
    let mut text = String::new();
    let mut line = |part: String| {
        text.push_str(&part);
        text.push('\n');
    };
    let grade = match report.verdict.grade {
        Grade::Pass => "good",
        Grade::Warn => "limited",
        Grade::Fail => "not good enough",
    };
    let at = report.at.map(|at| format!(", {}", at.strftime("%Y-%m-%d %H:%M UTC"))).unwrap_or_default();
    line(format!("# The line of a person's report{at}: it was {grade}."));
    line(
        "# A test measures the way to the router and back: its delay and loss are split between both directions."
            .into(),
    );
    line("\nname = \"reported-line\"".into());
    if let Some(sdk) = &report.sdk {
        line(format!("\n[sdk]\nversion = \"{sdk}\""));
    }
    if report.audio_only {
        line("\n[test]\naudioOnly = true".into());
    } else {
        line("\n[test.camera]\npicture = \"detailed\"\nresolution = \"640x480\"".into());
    }
    line("\n[[case]]\nname = \"line\"".into());
    for part in conditions(report) {
        line(format!("\n{part}"));
    }
    text
}

/// The tables of the case.
fn conditions(report: &LineReport) -> Vec<String> {
    let mut parts = Vec::new();
    let network = match &report.as_if {
        Some(as_if) => match as_if.profile.as_deref().filter(|name| named_network(name).is_ok()) {
            Some(profile) => vec![format!("profile = \"{profile}\"")],
            // A network of a newer catalogue, or a stranger's text: what was measured on it is known all the same.
            None if as_if.profile.is_some() => measured(report),
            None => {
                let rate = as_if.kbps.map(|kbps| kbps * 1e3);
                keys(rate, as_if.loss_percent.map(|percent| percent / 100.0), as_if.delay_ms, None)
            }
        },
        None => measured(report),
    };
    if !network.is_empty() {
        parts.push(format!("[case.network]\n{}", network.join("\n")));
    }
    if let Some(firewall) = firewall(report) {
        parts.push(format!("[case.firewall]\n{firewall}"));
    }
    parts
}

/// The keys of a network with the figures that were measured.
fn measured(report: &LineReport) -> Vec<String> {
    let Some(quality) = &report.quality else { return Vec::new() };
    let media = [&quality.audio, &quality.video];
    let most = |figure: fn(&super::report::Medium) -> Option<f64>| {
        media.iter().filter_map(|medium| figure(medium)).max_by(f64::total_cmp)
    };
    // Both ways lose the same share: 1 - (1 - loss)² of the packets get lost on both together.
    let loss = most(|medium| medium.packet_loss_ratio)
        .filter(|loss| *loss >= NOTABLE_LOSS)
        .map(|loss| 1.0 - (1.0 - loss).sqrt());
    let delay = most(|medium| medium.round_trip_time).map(|seconds| seconds * 1e3 / 2.0).filter(|delay| *delay >= 1.0);
    // The router reports the jitter of the way up. Uniform deviations of ±j differ by 2j/3 on average, which is what
    // RFC 3550 smooths.
    let jitter = most(|medium| medium.jitter).map(|seconds| seconds * 1e3 * 1.5).filter(|jitter| *jitter >= 5.0);
    let jitter = jitter.zip(delay).map(|(jitter, delay)| jitter.min(delay));
    keys(report.available_bitrate.filter(|rate| (1.0..UNLIMITED).contains(rate)), loss, delay, jitter)
}

/// The keys of a network with the same link in both directions: bit/s, a share, milliseconds each way.
fn keys(rate: Option<f64>, loss: Option<f64>, delay: Option<f64>, jitter: Option<f64>) -> Vec<String> {
    let figures = [
        rate.map(|rate| format!("rate = \"{:.0} kbit/s\"", (rate / 1e3).max(1.0))),
        loss.filter(|loss| *loss > 0.0).map(|loss| format!("loss = \"{} %\"", rounded(loss * 100.0))),
        delay.filter(|delay| *delay > 0.0).map(|delay| format!("delay = \"{} ms\"", rounded(delay))),
        jitter.map(|jitter| format!("jitter = \"{} ms\"", rounded(jitter))),
    ];
    figures.into_iter().flatten().collect()
}

/// One decimal, without a zero at the end.
fn rounded(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// What was blocked.
fn firewall(report: &LineReport) -> Option<String> {
    let has = |key| report.verdict.reasons.iter().any(|reason| reason.key == key);
    let blocked = [
        (ReasonKey::Api, "api"),
        (ReasonKey::Messaging, "messaging"),
        (ReasonKey::Media, "media"),
        (ReasonKey::Logging, "logging"),
    ];
    let names: Vec<_> = blocked.iter().filter(|(key, _)| has(*key)).map(|(_, name)| format!("\"{name}\"")).collect();
    let mut text = String::new();
    if !names.is_empty() {
        let _ = writeln!(text, "block = [{}]", names.join(", "));
    }
    if has(ReasonKey::Relay) {
        text.push_str("udp = \"blocked\"\n");
    }
    (!text.is_empty()).then(|| text.trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use precall_netem::NetworkConfig;
    use precall_netem::firewall::{Target, Udp};
    use precall_scenario::{CaseSpec, parse};

    fn report(members: &str, reasons: &str) -> LineReport {
        let text = format!(
            r#"{{"kind": "precall-test", "version": 1, "at": "2026-11-29T12:00:00Z", "sdk": "2.35.2", "audioOnly": false,
            "verdict": {{"grade": "warn", "sentence": "limited", "reasons": [{reasons}]}}{members}}}"#
        );
        LineReport::parse(text.as_bytes()).expect("a report")
    }

    fn case(report: &LineReport) -> CaseSpec {
        let text = scenario_text(report);
        let scenario = parse(&text, Path::new("line.toml")).unwrap_or_else(|error| panic!("{error}\n{text}"));
        scenario.cases[0].clone()
    }

    const MEASURED: &str = r#", "availableBitrate": 700000, "quality": {
        "audio": {"packetLossRatio": 0.02, "roundTripTime": 0.16, "jitter": 0.012},
        "video": {"packetLossRatio": 0.0396}}"#;

    #[test]
    fn figures_become_a_network() {
        let text = scenario_text(&report(MEASURED, r#"{"key": "loss", "value": 0.04}"#));
        insta::assert_snapshot!(text);
    }

    #[test]
    fn wide_line_has_no_limit() {
        let spec = case(&report(
            r#", "availableBitrate": 3600000, "quality": {"audio": {"roundTripTime": 0.001}, "video": {}}"#,
            "",
        ));
        assert_eq!(spec.network, NetworkConfig::default());
    }

    #[test]
    fn blocked_traffic_becomes_a_firewall() {
        let spec = case(&report("", r#"{"key": "messaging"}, {"key": "logging"}"#));
        assert_eq!(spec.firewall.block, [Target::Messaging, Target::Logging]);
        assert_eq!(case(&report("", r#"{"key": "relay"}"#)).firewall.udp, Udp::Blocked);
    }

    #[test]
    fn network_in_between_is_the_network() {
        let spec = case(&report(r#", "asIf": {"profile": "3g"}"#, ""));
        assert_eq!(spec.network, named_network("3g").expect("in the catalogue").network);
        let spec = case(&report(r#", "asIf": {"kbps": 400, "lossPercent": 2, "delayMs": 80}"#, ""));
        assert_eq!(spec.network.up.rate, Some("400 kbit/s".parse().expect("a rate")));
        assert_eq!(spec.network.up.loss, Some("2 %".parse().expect("a share")));
        // A name that is none is left out: it is a stranger's text.
        let unknown = format!("{MEASURED}, \"asIf\": {{\"profile\": \"\\\"\\n[sdk]\"}}");
        assert_eq!(case(&report(&unknown, "")).network, case(&report(MEASURED, "")).network);
    }

    /// The page compares a line with networks of the catalogue up to the same rate.
    #[test]
    fn limit_of_a_test_is_that_of_the_page() {
        let page = include_str!("../../harness-page/precall/src/likeness.js");
        assert!(page.contains("const MOST_BITRATE = 2_500_000;") && UNLIMITED == 2_500_000.0, "{page}");
    }

    proptest::proptest! {
        #[test]
        fn every_report_becomes_a_valid_scenario(
            rate in 0.0..1e11_f64, loss in 0.0..=1.0_f64, round_trip in 0.0..60.0_f64, jitter in 0.0..60.0_f64,
        ) {
            let members = format!(
                r#", "availableBitrate": {rate}, "quality": {{"audio": {{"packetLossRatio": {loss},
                "roundTripTime": {round_trip}, "jitter": {jitter}}}, "video": {{}}}}"#
            );
            case(&report(&members, ""));
        }
    }
}
