//! Figures as people read them; `–` where there is none.

use crate::network::{Direction, LinkConfig, NetworkConfig, Queue};
use crate::units::{Bitrate, Ratio, format_duration};

/// Stands for what was not measured.
pub(super) const NONE: &str = "–";

/// Anything, or [`NONE`].
pub(super) fn or_none<T>(value: Option<T>, text: impl Fn(T) -> String) -> String {
    value.map_or_else(|| NONE.to_owned(), text)
}

/// `4.21`.
pub(super) fn mos(value: f64) -> String {
    format!("{value:.2}")
}

/// `1.24 Mbit/s`, `312 kbit/s`.
pub(super) fn bits_per_second(value: f64) -> String {
    if value >= 999_500.0 { format!("{:.2} Mbit/s", value / 1e6) } else { format!("{:.0} kbit/s", value / 1e3) }
}

/// As [`bits_per_second`].
pub(super) fn bitrate(value: Bitrate) -> String {
    bits_per_second(value.bits_per_second() as f64)
}

/// `2.1 %`.
pub(super) fn ratio(value: f64) -> String {
    format!("{:.1} %", value * 100.0)
}

/// `162 ms`, from seconds; with a decimal where it matters.
pub(super) fn seconds_as_ms(value: f64) -> String {
    let ms = value * 1e3;
    if ms > 0.0 && ms < 10.0 { format!("{ms:.1} ms") } else { format!("{ms:.0} ms") }
}

/// What a scenario asks of one direction: `400 kbit/s (queue 300 ms), 80 ms, loss 2 %`.
pub(super) fn link(config: &LinkConfig) -> String {
    let mut parts = Vec::new();
    if let Some(rate) = config.nominal_rate() {
        let queue = match config.queue {
            Queue::Time(time) => format_duration(time),
            Queue::Size(size) => size.to_string(),
        };
        let rate = match &config.trace {
            Some(trace) => format!("{} as in {}", bitrate(rate), trace.name),
            None => rate.to_string(),
        };
        parts.push(format!("{rate} (queue {queue})"));
    }
    if !config.delay.is_zero() {
        parts.push(format_duration(config.delay));
    }
    if !config.jitter.is_zero() {
        parts.push(format!("± {}", format_duration(config.jitter)));
    }
    if let Some(loss) = config.loss.filter(|loss| *loss > Ratio::ZERO) {
        parts.push(format!("loss {loss}"));
    }
    if let Some(burst) = &config.burst {
        let (loss, length) = (ratio(burst.mean_loss().get()), burst.mean_burst_packets());
        parts.push(format!("loss {loss} in bursts of {length:.1}"));
    }
    if let Some(reorder) = &config.reorder {
        parts.push(format!("{} held back {}", reorder.ratio, format_duration(reorder.by)));
    }
    if let Some(duplicate) = config.duplicate.filter(|duplicate| *duplicate > Ratio::ZERO) {
        parts.push(format!("{duplicate} twice"));
    }
    for outage in &config.outages {
        parts.push(format!("out at {} for {}", format_duration(outage.at), format_duration(outage.duration)));
    }
    if let Some(blips) = &config.blips {
        parts.push(format!("out every {} for {}", format_duration(blips.every), format_duration(blips.duration)));
    }
    if parts.is_empty() { "unimpaired".to_owned() } else { parts.join(", ") }
}

/// What a scenario asks of one direction in the course of time: `1 Mbit/s (queue 300 ms); from 10 s 200 kbit/s (…)`.
pub(super) fn link_over_time(network: &NetworkConfig, direction: Direction) -> String {
    let pick = |up, down| match direction {
        Direction::Up => up,
        Direction::Down => down,
    };
    let mut last = pick(&network.up, &network.down);
    let mut text = link(last);
    for step in &network.steps {
        let next = pick(&step.up, &step.down);
        if next != last {
            text.push_str(&format!("; from {} {}", format_duration(step.at), link(next)));
        }
        last = next;
    }
    text
}

/// The round-trip time that a network asks for, in seconds.
pub(super) fn asked_round_trip_time(network: &NetworkConfig) -> f64 {
    (network.up.delay + network.down.delay).as_secs_f64()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn rates_change_their_unit_where_rounding_does() {
        assert_eq!(bits_per_second(999_400.0), "999 kbit/s");
        assert_eq!(bits_per_second(999_600.0), "1.00 Mbit/s");
    }

    #[test]
    fn a_link_in_words() {
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
}
