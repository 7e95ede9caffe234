//! What the host is like while something is measured.

use std::fs;
use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use serde_json::Value;

use precall_netem::units::Ratio;
use precall_results::HostLoad;

/// How many of the first frame rates of a camera say more about its start than about the host.
const WARM_UP_REPORTS: usize = 2;

/// Watches the host and the page from the moment it is made.
#[derive(Debug)]
pub struct HostMonitor {
    takes_lag: bool,
    /// From the beginning on; see [`HostMonitor::read`].
    counters: Vec<(Instant, Counters)>,
    lags_ms: Vec<f64>,
    source_frame_rates: Vec<f64>,
    /// Frames encoded and seconds spent on them, at first and last.
    encoded: Option<[(f64, f64); 2]>,
}

/// Counters of the kernel, since the host started.
#[derive(Debug, Default)]
struct Counters {
    /// Microseconds in which some task waited for a CPU.
    pressure_us: Option<f64>,
    /// Ticks of the CPUs that we may use: those used, and all.
    ticks: Option<(f64, f64)>,
    /// Microseconds in which the control group was held back.
    throttled_us: Option<f64>,
}

impl HostMonitor {
    /// `takes_lag`: whether a page that is late says something of the host.
    pub fn start(takes_lag: bool) -> Self {
        Self {
            takes_lag,
            counters: vec![(Instant::now(), Counters::read())],
            lags_ms: Vec::new(),
            source_frame_rates: Vec::new(),
            encoded: None,
        }
    }

    /// Reads the kernel's counters. To be called every second, whether the page says anything or not.
    pub fn read(&mut self) {
        self.counters.push((Instant::now(), Counters::read()));
    }

    /// Takes a report of the page: how late it was, and its W3C statistics.
    pub fn push(&mut self, report: &Value) {
        let number = |value: &Value, key: &str| value.get(key).and_then(Value::as_f64);
        self.lags_ms.extend(number(report, "lag").filter(|_| self.takes_lag));
        let entries = report.get("stats").and_then(Value::as_array).into_iter().flatten();
        let of_video = entries.filter(|entry| entry["kind"] == "video");
        let (mut frames, mut seconds) = (0.0, 0.0);
        for entry in of_video {
            match entry["type"].as_str() {
                Some("media-source") => self.source_frame_rates.extend(number(entry, "framesPerSecond")),
                // Layers are encoded one by one.
                Some("outbound-rtp") => {
                    frames += number(entry, "framesEncoded").unwrap_or(0.0);
                    seconds += number(entry, "totalEncodeTime").unwrap_or(0.0);
                }
                _ => {}
            }
        }
        if frames > 0.0 {
            let now = (frames, seconds);
            self.encoded = Some(self.encoded.map_or([now, now], |[first, _]| [first, now]));
        }
    }

    /// What the host was like so far.
    pub fn load(&self) -> HostLoad {
        let [first, last] = self.encoded.unwrap_or_default();
        let rates = self.source_frame_rates.get(WARM_UP_REPORTS..).unwrap_or_default();
        HostLoad {
            cpu_pressure: self.busiest(Counters::pressure),
            cpu_busy: self.busiest(Counters::busy),
            cpu_throttled: self.busiest(Counters::throttled),
            page_lag_ms: median(&self.lags_ms),
            encode_ms_per_frame: (last.0 > first.0).then(|| (last.1 - first.1) / (last.0 - first.0) * 1e3),
            source_frame_rate: (!rates.is_empty()).then(|| rates.iter().sum::<f64>() / rates.len() as f64),
        }
    }

    /// The largest share in any part of the time that is as long as the window, or in all of it where it is shorter.
    fn busiest(&self, share: impl Fn(&Counters, &Counters, Duration) -> Option<f64>) -> Option<Ratio> {
        let (began, ended) = (self.counters.first()?.0, self.counters.last()?.0);
        let window = HostLoad::WINDOW.min(ended - began);
        let of_window = |from: usize| {
            let (start, first) = &self.counters[from];
            let (end, last) = self.counters[from..].iter().find(|(at, _)| *at - *start >= window)?;
            share(first, last, *end - *start)
        };
        let most = (0..self.counters.len()).filter_map(of_window).max_by(f64::total_cmp)?;
        Ratio::new(most.clamp(0.0, 1.0))
    }
}

impl Counters {
    /// Share of the time between two readings in which some task waited for a CPU.
    fn pressure(&self, later: &Self, time: Duration) -> Option<f64> {
        Some((later.pressure_us? - self.pressure_us?) / 1e6 / time.as_secs_f64())
    }

    /// Share of the CPUs' time that was used.
    fn busy(&self, later: &Self, _: Duration) -> Option<f64> {
        let (first, last) = (self.ticks?, later.ticks?);
        Some((last.0 - first.0) / (last.1 - first.1))
    }

    /// Share of the time in which the control group was held back.
    fn throttled(&self, later: &Self, time: Duration) -> Option<f64> {
        Some((later.throttled_us? - self.throttled_us?) / 1e6 / time.as_secs_f64())
    }

    /// What there is; a host that has none of it, or does not let us look, is judged by its pages alone.
    fn read() -> Self {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let pressure = read("/proc/pressure/cpu");
        Self {
            pressure_us: pressure_us(&pressure),
            ticks: ticks(&read("/proc/stat"), &allowed(&read("/proc/self/status"))),
            // Inside a container this is its own group.
            throttled_us: throttled_us(&read("/sys/fs/cgroup/cpu.stat")),
        }
    }
}

/// `some … total=<microseconds>` (the kernel's documentation of pressure stall information).
fn pressure_us(text: &str) -> Option<f64> {
    let line = text.lines().find(|line| line.starts_with("some"))?;
    line.split_whitespace().find_map(|field| field.strip_prefix("total="))?.parse().ok()
}

/// `cpu0 user nice system idle iowait irq softirq steal …` (proc_stat(5)): what is neither idle nor waiting for a disk
/// is used. Of the CPUs in these ranges: where a process is held to some, those may be full while the others have
/// nothing to do.
fn ticks(text: &str, allowed: &[RangeInclusive<usize>]) -> Option<(f64, f64)> {
    let of_cpu = |line: &str| {
        // The line of all of them together has no number.
        let (number, fields) = line.strip_prefix("cpu")?.split_once(' ')?;
        let number: usize = number.parse().ok()?;
        let is_allowed = allowed.iter().any(|range| range.contains(&number));
        let fields: Vec<f64> = fields.split_whitespace().take(8).filter_map(|field| field.parse().ok()).collect();
        let (all, idle) = (fields.iter().sum::<f64>(), fields.get(3)? + fields.get(4)?);
        is_allowed.then_some((all - idle, all))
    };
    text.lines().filter_map(of_cpu).reduce(|sum, cpu| (sum.0 + cpu.0, sum.1 + cpu.1))
}

/// `Cpus_allowed_list: 0-1,4` (proc_pid_status(5)); all of them, where it is not said.
fn allowed(status: &str) -> Vec<RangeInclusive<usize>> {
    let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).unwrap_or_default();
    let range = |part: &str| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        Some(first.trim().parse().ok()?..=last.trim().parse().ok()?)
    };
    let ranges: Vec<_> = list.split(',').filter_map(range).collect();
    if ranges.is_empty() { vec![0..=usize::MAX] } else { ranges }
}

/// `throttled_usec` of control groups, version 2.
fn throttled_us(text: &str) -> Option<f64> {
    text.lines().find_map(|line| line.strip_prefix("throttled_usec "))?.trim().parse().ok()
}

fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_kernels_counters_are_read() {
        let pressure = "some avg10=0.02 avg60=0.42 avg300=11.12 total=6703927240\nfull avg10=0.00 total=0\n";
        assert_eq!(pressure_us(pressure), Some(6_703_927_240.0));
        let stat =
            "cpu  100 10 50 800 40 0 10 5 0 0\ncpu0 60 10 20 300 20 0 5 5 0 0\ncpu1 40 0 30 500 20 0 5 0 0 0\nintr 7\n";
        assert_eq!(ticks(stat, &allowed("")), Some((175.0, 1015.0)));
        assert_eq!(ticks(stat, &allowed("Name:\tprecall\nCpus_allowed_list:\t1,4-7\n")), Some((75.0, 595.0)));
        assert_eq!(allowed("Cpus_allowed_list:\t0-1,4\n"), [0..=1, 4..=4]);
        assert_eq!(throttled_us("usage_usec 5\nthrottled_usec 77\n"), Some(77.0));
        assert_eq!((pressure_us(""), ticks("", &allowed("")), throttled_us("")), (None, None, None));
    }

    #[test]
    fn the_busiest_part_counts() {
        let mut monitor = HostMonitor::start(true);
        let began = monitor.counters[0].0;
        // Seconds since the beginning, those of them in which tasks waited, and ticks that were used.
        let rows = [
            (0, 0.0, 0.0),
            (5, 1.0, 100.0),
            (10, 5.0, 500.0),
            (15, 9.0, 900.0),
            (20, 10.0, 1000.0),
            (25, 10.5, 1050.0),
        ];
        let reading = |(seconds, waited, used): (u64, f64, f64)| {
            let ticks = Some((used, seconds as f64 * 200.0));
            let counters = Counters { pressure_us: Some(waited * 1e6), ticks, throttled_us: None };
            (began + Duration::from_secs(seconds), counters)
        };
        monitor.counters = rows.map(reading).into();
        let load = monitor.load();
        assert_eq!((load.cpu_pressure, load.cpu_busy), (Ratio::new(0.8), Ratio::new(0.4)));
        assert_eq!(load.cpu_throttled, None);
        // Of a shorter time, all of it.
        monitor.counters.truncate(2);
        assert_eq!(monitor.load().cpu_pressure, Ratio::new(0.2));
        monitor.counters.truncate(1);
        assert_eq!(monitor.load().cpu_pressure, None);
    }

    #[test]
    fn what_the_page_says_is_summed_up() {
        let mut monitor = HostMonitor::start(true);
        for (lag, frames, seconds, rate) in
            [(500.0, 10, 0.2, 3.0), (2.0, 40, 0.5, 20.0), (4.0, 70, 0.8, 30.0), (3.0, 100, 1.1, 28.0)]
        {
            monitor.push(&json!({ "lag": lag, "stats": [
                { "type": "outbound-rtp", "kind": "video", "framesEncoded": frames, "totalEncodeTime": seconds },
                { "type": "outbound-rtp", "kind": "audio" },
                { "type": "media-source", "kind": "video", "framesPerSecond": rate },
            ]}));
        }
        let load = monitor.load();
        assert_eq!(load.page_lag_ms, Some(4.0));
        assert_eq!(load.source_frame_rate, Some(29.0));
        assert!(load.encode_ms_per_frame.is_some_and(|ms| (ms - 10.0).abs() < 1e-9), "{load:?}");
    }
}
