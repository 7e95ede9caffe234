//! The check of whether the host could keep up. The effects of an overloaded host must never be attributed to the
//! network. Chrome does not report that it is short of CPU (`qualityLimitationReason` stays `none` however late its
//! frames are), so the host is observed from outside.
//!
//! The limits come from measurements on two CPUs with software encoding, one to eight cases at once, of ten seconds
//! each. Four cases at 640x480 are measured well: the host is 70 % busy, the pressure is 56 %, and a frame takes 10.6
//! ms to encode; while other cases start and end beside them, the host is up to 95 % busy and the pressure up to 87 %.
//! With eight cases at 640x480, or more than two at 1280x720, bitrate and frame rate fall. Six cases at 1280x720 keep
//! the host 99 % busy with a pressure of at least 92 % in the ten seconds in which all of them measure. The mean over a
//! whole case does not show that: the last of the six, which ends alone, has a lower mean than four cases that are
//! measured well.

use std::time::Duration;

use precall_netem::units::{Ratio, apart, decimals_apart, exact};
use precall_results::HostLoad;

/// The largest share of the window in which tasks may wait for a CPU (`some` of Linux's pressure stall information).
const MAX_PRESSURE: f64 = 0.9;
/// The largest share of the window in which the CPUs may be busy.
const MAX_BUSY: f64 = 0.97;
/// The largest share of the window in which the CPU quota of the control group may hold its tasks back.
const MAX_THROTTLED: f64 = 0.1;
/// The largest median lateness of the page's timer, in milliseconds.
const MAX_LAG_MS: f64 = 50.0;
/// The largest share of a frame's time that its encoding may take.
const MAX_ENCODE: f64 = 0.55;
/// The smallest share of the requested frames that the camera must give.
const MIN_FRAMES: f64 = 0.95;

/// Returns the signs that the host could not keep up, a part of a sentence each; empty when it did. `frame_rate` is the
/// requested frame rate of the camera.
pub fn starved(load: &HostLoad, frame_rate: u32) -> Vec<String> {
    let over = |value: Option<Ratio>, limit: f64, what: &str| {
        let value = value.map(Ratio::get).filter(|value| *value > limit)?;
        let window = HostLoad::WINDOW.as_secs();
        let (value, limit) = (apart(value * 100.0, limit * 100.0, 0), exact(limit * 100.0, 0));
        Some(format!("{what} {value} % of the worst {window} s (at most {limit} %)"))
    };
    let frame_rate = f64::from(frame_rate.max(1));
    let budget_ms = 1e3 / frame_rate;
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    let lag = load.page_lag.map(ms).filter(|lag| *lag > MAX_LAG_MS);
    let encode = load.encode_time_per_frame.map(ms).filter(|encode| *encode > budget_ms * MAX_ENCODE);
    let frames = load.source_frame_rate.filter(|rate| *rate < frame_rate * MIN_FRAMES);
    [
        over(load.cpu_pressure, MAX_PRESSURE, "tasks waited for a CPU"),
        over(load.cpu_busy, MAX_BUSY, "the CPUs were busy"),
        over(load.cpu_throttled, MAX_THROTTLED, "the CPU quota held them back"),
        lag.map(|lag| format!("the page was {} ms late (at most {MAX_LAG_MS} ms)", apart(lag, MAX_LAG_MS, 0))),
        encode.map(|encode| {
            let most = budget_ms * MAX_ENCODE;
            let [encode, most] = [encode, most].map(|ms| format!("{ms:.0$}", decimals_apart(encode, most, 1)));
            format!("a frame took {encode} ms to encode (at most {most} ms)")
        }),
        frames.map(|rate| {
            let least = frame_rate * MIN_FRAMES;
            format!("the camera gave {} frames/s (at least {})", apart(rate, least, 1), exact(least, 1))
        }),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(pressure: f64, busy: f64, encode: f64, source: f64) -> HostLoad {
        HostLoad {
            cpu_pressure: Ratio::new(pressure),
            cpu_busy: Ratio::new(busy),
            encode_time_per_frame: Some(Duration::from_secs_f64(encode / 1e3)),
            source_frame_rate: Some(source),
            ..HostLoad::default()
        }
    }

    #[test]
    fn measured_hosts_are_classified() {
        // Rows of the table that the limits come from: the number of cases at once, and whether their measurements were
        // still good.
        for (what, load, is_starved) in [
            ("1 at 640x480", load(0.11, 0.21, 4.8, 30.0), false),
            ("4 at 640x480", load(0.56, 0.70, 10.6, 30.0), false),
            ("5 at 640x480", load(0.69, 0.82, 13.0, 29.9), false),
            ("8 at 640x480", load(0.88, 0.99, 30.0, 25.0), true),
            ("1 at 1280x720", load(0.15, 0.33, 10.5, 30.0), false),
            ("2 at 1280x720", load(0.43, 0.66, 16.0, 30.0), false),
            ("3 at 1280x720", load(0.69, 0.91, 20.0, 29.7), true),
        ] {
            assert_eq!(!starved(&load, 30).is_empty(), is_starved, "{what}: {:?}", starved(&load, 30));
        }
    }

    #[test]
    fn each_sign_of_overload_counts() {
        let all = HostLoad {
            cpu_pressure: Ratio::new(0.9),
            cpu_busy: Ratio::new(0.99),
            cpu_throttled: Ratio::new(0.5),
            page_lag: Some(Duration::from_millis(120)),
            encode_time_per_frame: Some(Duration::from_millis(30)),
            source_frame_rate: Some(20.0),
        };
        insta::assert_snapshot!(starved(&all, 30).join("\n"));
        assert_eq!(starved(&HostLoad::default(), 30), Vec::<String>::new());
    }
}
