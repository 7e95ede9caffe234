//! Figures as text for people, and `–` for figures that were not measured.

use precall_netem::units::{Bitrate, Ratio, format_duration};
use precall_netem::{Direction, LinkConfig, NetworkConfig, Queue};
pub(super) use precall_support::text::count;

/// The text for a figure that was not measured.
pub(super) const NONE: &str = "–";

/// Formats a value, or returns [`NONE`].
pub(super) fn or_none<T>(value: Option<T>, text: impl Fn(T) -> String) -> String {
    value.map_or_else(|| NONE.to_owned(), text)
}

/// Formats a mean opinion score: `4.21`.
pub(super) fn mos(value: f64) -> String {
    format!("{value:.2}")
}

/// Formats a bit rate: `1.24 Mbit/s`, `312 kbit/s`.
pub(super) fn bits_per_second(value: f64) -> String {
    if value >= 999_500.0 { format!("{:.2} Mbit/s", value / 1e6) } else { format!("{:.0} kbit/s", value / 1e3) }
}

/// Formats a bit rate like [`bits_per_second`].
pub(super) fn bitrate(value: Bitrate) -> String {
    bits_per_second(value.bits_per_second() as f64)
}

/// Formats a share: `2.1 %`.
pub(super) fn ratio(value: f64) -> String {
    format!("{:.1} %", value * 100.0)
}

/// Formats a duration, rounded for people who wait: `45 s`, `12 min`, `1 h 5 min`.
pub(super) fn duration(value: std::time::Duration) -> String {
    let seconds = value.as_secs_f64().ceil() as u64;
    let minutes = seconds.div_ceil(60);
    match (seconds, minutes) {
        (0..=90, _) => format!("{seconds} s"),
        (_, 0..=59) => format!("{minutes} min"),
        _ => format!("{} h {} min", minutes / 60, minutes % 60),
    }
}

/// Formats a measured duration: `121 s`, and from ten minutes also in larger units, `4150 s (1 h 10 min)`.
pub(super) fn seconds(value: f64) -> String {
    let seconds = if value.is_finite() { value.max(0.0) } else { 0.0 };
    let text = format!("{seconds:.0} s");
    if seconds < 600.0 {
        return text;
    }
    format!("{text} ({})", duration(std::time::Duration::from_secs_f64(seconds.min(1e12))))
}

/// Formats seconds as milliseconds: `162 ms`, with a decimal below 10 ms.
pub(super) fn seconds_as_ms(value: f64) -> String {
    let ms = value * 1e3;
    if ms > 0.0 && ms < 10.0 { format!("{ms:.1} ms") } else { format!("{ms:.0} ms") }
}

/// Formats a time in milliseconds: `162 ms`, with a decimal below 10 ms.
pub(super) fn milliseconds(time: std::time::Duration) -> String {
    seconds_as_ms(time.as_secs_f64())
}

/// Formats a time in milliseconds with one decimal: `83.4 ms`.
pub(super) fn tenths_of_ms(time: std::time::Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

/// Describes one direction of a network: `400 kbit/s (queue 300 ms), 80 ms, loss 2 %`.
pub(super) fn link(config: &LinkConfig) -> String {
    let parts: Vec<_> = parts(config).into_iter().flat_map(|(_, text)| text).collect();
    if parts.is_empty() { "unimpaired".to_owned() } else { parts.join(", ") }
}

/// Describes one direction of a network over time: `1 Mbit/s (queue 300 ms), 80 ms`, and in a line of its own `from 10
/// s loss 2 %`.
pub(super) fn link_over_time(network: &NetworkConfig, direction: Direction) -> String {
    let pick = |up, down| match direction {
        Direction::Up => up,
        Direction::Down => down,
    };
    let mut last = pick(&network.up, &network.down);
    let mut text = link(last);
    for step in &network.steps {
        let next = pick(&step.up, &step.down);
        let changes: Vec<_> = std::iter::zip(parts(last), parts(next))
            .filter(|((_, before), (_, after))| before != after)
            .map(|(_, (what, after))| after.unwrap_or_else(|| format!("no {what}")))
            .collect();
        if !changes.is_empty() {
            text.push_str(&format!("\nfrom {} {}", format_duration(step.at), changes.join(", ")));
        }
        last = next;
    }
    text
}

/// Describes what each step of a network changes, with its time in seconds: `up 400 kbit/s; down no rate limit`.
/// A step that changes nothing is left out.
pub(super) fn network_steps(network: &NetworkConfig) -> Vec<(f64, String)> {
    let changes = |name: &str, last: &LinkConfig, next: &LinkConfig| {
        let changed = std::iter::zip(parts(last), parts(next)).filter(|((_, before), (_, after))| before != after);
        let texts: Vec<_> = changed.map(|(_, (what, after))| after.unwrap_or_else(|| format!("no {what}"))).collect();
        (!texts.is_empty()).then(|| format!("{name} {}", texts.join(", ")))
    };
    let (mut up, mut down) = (&network.up, &network.down);
    let mut steps = Vec::new();
    for step in &network.steps {
        let texts: Vec<_> =
            [changes("up", up, &step.up), changes("down", down, &step.down)].into_iter().flatten().collect();
        if !texts.is_empty() {
            steps.push((step.at.as_secs_f64(), texts.join("; ")));
        }
        (up, down) = (&step.up, &step.down);
    }
    steps
}

/// Describes a network in one line: `up 768 kbit/s, down 1.6 Mbit/s; 150 ms`. Values that are equal in both directions
/// are written once, and the default queue is not written. Delays are one way.
pub(super) fn network(network: &NetworkConfig) -> String {
    let usual_queue = format!(" (queue {})", queue(Queue::default()));
    let brief = |text: Option<String>| text.map(|text| text.replace(&usual_queue, ""));
    let mut each: Vec<String> = Vec::new();
    let mut both: Vec<String> = Vec::new();
    for ((what, up), (_, down)) in std::iter::zip(parts(&network.up), parts(&network.down)) {
        let (up, down) = (brief(up), brief(down));
        let text = |text: Option<String>| text.unwrap_or_else(|| format!("no {what}"));
        match up == down {
            true => both.extend(up),
            false => each.push(format!("up {}, down {}", text(up), text(down))),
        }
    }
    if !network.steps.is_empty() {
        both.push("changes while it runs".to_owned());
    }
    each.extend(Some(both.join(", ")).filter(|both| !both.is_empty()));
    if each.is_empty() { "unimpaired".to_owned() } else { each.join("; ") }
}

fn queue(queue: Queue) -> String {
    match queue {
        Queue::Time(time) => format_duration(time),
        Queue::Size(size) => size.to_string(),
    }
}

/// Returns the properties of one direction, each with its name. The text is `None` if the property is not set.
fn parts(config: &LinkConfig) -> [(&'static str, Option<String>); 9] {
    let queue = queue(config.queue);
    let rate = match &config.trace {
        Some(trace) => Some(format!("{} as in {}", bitrate(trace.mean_rate()), trace.name)),
        None => config.rate.map(|rate| rate.to_string()),
    };
    let some = |ratio: Option<Ratio>| ratio.filter(|ratio| *ratio > Ratio::ZERO);
    let (delay, jitter) = (config.delay, config.jitter);
    let correlation = some(Some(config.jitter_correlation)).map(|ratio| format!(" ({ratio} correlated)"));
    let jitter =
        (!jitter.is_zero()).then(|| format!("± {}{}", format_duration(jitter), correlation.unwrap_or_default()));
    let burst = config
        .burst
        .filter(|burst| burst.mean_loss() > Ratio::ZERO)
        .map(|burst| format!("loss {} in bursts of {:.1}", ratio(burst.mean_loss().get()), burst.mean_burst_packets()));
    let reorder = config
        .reorder
        .filter(|reorder| reorder.ratio > Ratio::ZERO)
        .map(|reorder| format!("{} held back {}", reorder.ratio, format_duration(reorder.by)));
    let outages: Vec<_> = config
        .outages
        .iter()
        .map(|outage| format!("out at {} for {}", format_duration(outage.at), format_duration(outage.duration)))
        .collect();
    let blips = config
        .blips
        .map(|blips| format!("out every {} for {}", format_duration(blips.every), format_duration(blips.duration)));
    [
        ("limit of rate", rate.map(|rate| format!("{rate} (queue {queue})"))),
        ("delay", (!delay.is_zero()).then(|| format_duration(delay))),
        ("jitter", jitter),
        ("loss", some(config.loss).map(|loss| format!("loss {loss}"))),
        ("bursts", burst),
        ("reordering", reorder),
        ("copies", some(config.duplicate).map(|duplicate| format!("{duplicate} twice"))),
        ("outages", (!outages.is_empty()).then(|| outages.join(", "))),
        ("blips", blips),
    ]
}

/// Returns the round-trip time that a network requests, in seconds.
pub(super) fn requested_round_trip_time(network: &NetworkConfig) -> f64 {
    (network.up.delay + network.down.delay).as_secs_f64()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use precall_netem::{Blips, BurstLoss, NetworkStep, Outage, Reordering};

    #[test]
    fn rates_change_their_unit_where_rounding_does() {
        assert_eq!(bits_per_second(999_400.0), "999 kbit/s");
        assert_eq!(bits_per_second(999_600.0), "1.00 Mbit/s");
    }

    #[test]
    fn measured_durations_are_in_seconds() {
        assert_eq!([121.4, 599.0, 4150.0, f64::NAN].map(seconds).join(", "), "121 s, 599 s, 4150 s (1 h 10 min), 0 s");
    }

    #[test]
    fn a_link_is_described_in_one_line() {
        assert_eq!(link(&LinkConfig::default()), "unimpaired");
        let config = LinkConfig {
            rate: Some(Bitrate::from_bits_per_second(400_000)),
            delay: Duration::from_millis(80),
            jitter: Duration::from_millis(5),
            loss: Ratio::new(0.02),
            ..LinkConfig::default()
        };
        assert_eq!(link(&config), "400 kbit/s (queue 300 ms), 80 ms, ± 5 ms, loss 2 %");
    }

    #[test]
    fn steps_of_a_link_have_lines_of_their_own() {
        let share = |share| Ratio::new(share).unwrap_or_default();
        let up = LinkConfig {
            rate: Some(Bitrate::from_bits_per_second(1_000_000)),
            burst: Some(BurstLoss { p: share(0.0125), r: share(0.25), loss_good: Ratio::ZERO, loss_bad: share(1.0) }),
            reorder: Some(Reordering { ratio: share(0.01), by: Duration::from_millis(20) }),
            duplicate: Some(share(0.02)),
            outages: vec![Outage { at: Duration::from_secs(10), duration: Duration::from_secs(3) }],
            blips: Some(Blips { every: Duration::from_secs(5), duration: Duration::from_millis(100) }),
            ..LinkConfig::default()
        };
        let later = LinkConfig { rate: None, burst: None, loss: Some(share(0.05)), ..up.clone() };
        let step = NetworkStep { at: Duration::from_secs(8), up: later, down: LinkConfig::default() };
        let network = NetworkConfig { up, down: LinkConfig::default(), steps: vec![step], ..NetworkConfig::default() };
        insta::assert_snapshot!(
            link_over_time(&network, Direction::Up),
            @"
        1 Mbit/s (queue 300 ms), loss 4.8 % in bursts of 4.0, 1 % held back 20 ms, 2 % twice, out at 10 s for 3 s, out every 5 s for 100 ms
        from 8 s no limit of rate, loss 5 %, no bursts
        "
        );
        assert_eq!(link_over_time(&network, Direction::Down), "unimpaired");
    }
}
