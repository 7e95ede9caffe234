//! The load of the host while quality is measured.

use std::fs;
use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use precall_judge::statistics::upper_median;
use precall_netem::units::Ratio;
use precall_results::webrtc_stats::{MediaKind, StatsReport};
use precall_results::{HostLoad, HostSecond};

/// The number of first frame rates of a camera that depend more on its start than on the host.
const WARM_UP_REPORTS: usize = 2;

/// Observes the host and the page from its creation on.
#[derive(Debug)]
pub struct HostMonitor {
    takes_lag: bool,
    /// Whether the camera is turned off at times. Its usual frame rate then says more than the mean.
    has_pauses: bool,
    /// The kernel's counters with the time of each reading; see [`HostMonitor::read`].
    counters: Vec<(Instant, Counters)>,
    lags_ms: Vec<f64>,
    source_frame_rates: Vec<f64>,
    /// The number of frames encoded and the seconds spent on them, in the first and in the latest report.
    encoded: Option<[(f64, f64); 2]>,
}

/// Counters of the kernel since the host started. A counter is absent where the host does not have it.
#[derive(Debug, Default)]
struct Counters {
    /// The time in which some task waited for a CPU, in microseconds.
    pressure_us: Option<f64>,
    /// Ticks of the CPUs that this process may use: the used ticks, and all ticks.
    ticks: Option<(f64, f64)>,
    /// The time in which the control group was throttled, in microseconds.
    throttled_us: Option<f64>,
}

impl HostMonitor {
    /// Starts to observe a network test. `takes_lag` states whether the lateness of the page depends on the host.
    pub fn start(takes_lag: bool) -> Self {
        Self {
            takes_lag,
            has_pauses: false,
            counters: vec![(Instant::now(), Counters::read())],
            lags_ms: Vec::new(),
            source_frame_rates: Vec::new(),
            encoded: None,
        }
    }

    /// Starts to observe a participant of a call, whose camera is turned off at times.
    pub fn start_call(takes_lag: bool) -> Self {
        Self { has_pauses: true, ..Self::start(takes_lag) }
    }

    /// Reads the kernel's counters. To be called every second, whether the page reports anything or not.
    pub fn read(&mut self) {
        self.counters.push((Instant::now(), Counters::read()));
    }

    /// Takes a report of the page: how late its timer was, and its W3C statistics.
    pub fn push(&mut self, report: &StatsReport) {
        self.lags_ms.extend(report.lag.filter(|_| self.takes_lag));
        let is_video = |kind: Option<MediaKind>| kind == Some(MediaKind::Video);
        let cameras = report.media_sources().filter(|source| is_video(source.kind));
        self.source_frame_rates.extend(cameras.filter_map(|source| source.frames_per_second));
        // Each layer of a simulcast is encoded on its own.
        let layers = report.outbound_rtp().filter(|stream| is_video(stream.kind));
        let (frames, seconds) = layers.fold((0.0, 0.0), |(frames, seconds), layer| {
            let encoded = layer.frames_encoded.unwrap_or_default() as f64;
            (frames + encoded, seconds + layer.total_encode_time.unwrap_or_default())
        });
        if frames > 0.0 {
            let now = (frames, seconds);
            self.encoded = Some(self.encoded.map_or([now, now], |[first, _]| [first, now]));
        }
    }

    /// Returns the load between the two latest readings.
    pub fn latest(&self) -> HostSecond {
        let [.., (start, first), (end, last)] = &self.counters[..] else { return HostSecond::default() };
        let ratio = |share: Option<f64>| share.and_then(|share| Ratio::new(share.clamp(0.0, 1.0)));
        let time = *end - *start;
        HostSecond { cpu_busy: ratio(first.busy(last, time)), cpu_pressure: ratio(first.pressure(last, time)) }
    }

    /// Returns the load of the host so far.
    pub fn load(&self) -> HostLoad {
        let [first, last] = self.encoded.unwrap_or_default();
        let rates = self.source_frame_rates.get(WARM_UP_REPORTS..).unwrap_or_default();
        HostLoad {
            cpu_pressure: self.busiest(Counters::pressure),
            cpu_busy: self.busiest(Counters::busy),
            cpu_throttled: self.busiest(Counters::throttled),
            page_lag: upper_median(&self.lags_ms).and_then(|ms| time(ms / 1e3)),
            encode_time_per_frame: (last.0 > first.0).then(|| (last.1 - first.1) / (last.0 - first.0)).and_then(time),
            source_frame_rate: match self.has_pauses {
                true => upper_median(rates),
                false => (!rates.is_empty()).then(|| rates.iter().sum::<f64>() / rates.len() as f64),
            },
        }
    }

    /// Returns the largest share in any part of the time that is as long as the window, or in the whole time when that
    /// is shorter.
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

/// Returns a time that the page reported, in seconds; `None` where the number is no duration.
fn time(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds).ok()
}

impl Counters {
    /// Returns the share of the time between two readings in which some task waited for a CPU.
    fn pressure(&self, later: &Self, time: Duration) -> Option<f64> {
        Some((later.pressure_us? - self.pressure_us?) / 1e6 / time.as_secs_f64())
    }

    /// Returns the share of the CPUs' time that was used.
    fn busy(&self, later: &Self, _: Duration) -> Option<f64> {
        let (first, last) = (self.ticks?, later.ticks?);
        Some((last.0 - first.0) / (last.1 - first.1))
    }

    /// Returns the share of the time in which the control group was throttled.
    fn throttled(&self, later: &Self, time: Duration) -> Option<f64> {
        Some((later.throttled_us? - self.throttled_us?) / 1e6 / time.as_secs_f64())
    }

    /// Reads the counters that are there. A host without them, or one that denies access, is judged by its pages alone.
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

/// Reads `some … total=<microseconds>` (the kernel's documentation of pressure stall information).
fn pressure_us(text: &str) -> Option<f64> {
    let line = text.lines().find(|line| line.starts_with("some"))?;
    line.split_whitespace().find_map(|field| field.strip_prefix("total="))?.parse().ok()
}

/// Reads `cpu0 user nice system idle iowait irq softirq steal …` (proc_stat(5)). Ticks that are neither idle nor spent
/// waiting for a disk are used. Only the allowed CPUs count: a process can be restricted to CPUs that are full while
/// the others are idle.
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

/// Reads `Cpus_allowed_list: 0-1,4` (proc_pid_status(5)); all CPUs are allowed where it is missing.
fn allowed(status: &str) -> Vec<RangeInclusive<usize>> {
    let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).unwrap_or_default();
    let range = |part: &str| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        Some(first.trim().parse().ok()?..=last.trim().parse().ok()?)
    };
    let ranges: Vec<_> = list.split(',').filter_map(range).collect();
    if ranges.is_empty() { vec![0..=usize::MAX] } else { ranges }
}

/// Reads `throttled_usec` of control groups, version 2.
fn throttled_us(text: &str) -> Option<f64> {
    text.lines().find_map(|line| line.strip_prefix("throttled_usec "))?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn kernel_counters() {
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
    fn load_is_that_of_the_busiest_window() {
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
        // A shorter time counts as a whole.
        monitor.counters.truncate(2);
        assert_eq!(monitor.load().cpu_pressure, Ratio::new(0.2));
        monitor.counters.truncate(1);
        assert_eq!(monitor.load().cpu_pressure, None);
    }

    #[test]
    fn page_reports_are_aggregated() {
        let mut monitor = HostMonitor::start(true);
        for (lag, frames, seconds, rate) in
            [(500.0, 10, 0.2, 3.0), (2.0, 40, 0.5, 20.0), (4.0, 70, 0.8, 30.0), (3.0, 100, 1.1, 28.0)]
        {
            monitor.push(&StatsReport::read(&json!({ "lag": lag, "stats": [
                { "type": "outbound-rtp", "kind": "video", "framesEncoded": frames, "totalEncodeTime": seconds },
                { "type": "outbound-rtp", "kind": "audio" },
                { "type": "media-source", "kind": "video", "framesPerSecond": rate },
            ]})));
        }
        let load = monitor.load();
        assert_eq!(load.page_lag, Some(Duration::from_millis(4)));
        assert_eq!(load.source_frame_rate, Some(29.0));
        assert!(load.encode_time_per_frame.is_some_and(|time| (time.as_secs_f64() - 0.01).abs() < 1e-9), "{load:?}");
    }
}
