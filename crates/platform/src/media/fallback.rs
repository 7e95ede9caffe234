//! Audio fallback: whether a subscriber's downlink is too narrow for video, so that it receives audio alone. Sans-I/O.
//!
//! OpenTok documents the events (a warning, video disabled for the reason `quality`, and the return of video) and the
//! least that video needs: 150 kbit/s for 320x240, 250 kbit/s for 640x480 at 30 frames/s ("What is the minimum
//! bandwidth requirement to use OpenTok?", support.tokbox.com). It documents no times; those here are this platform's.
//!
//! While video is off, only probes can show what the downlink could carry. So video is tried again after a while, at
//! growing intervals, and the subscriber is notified only when the trial succeeds.

use std::time::{Duration, Instant};

/// Below this rate video is warned about: what 640x480 needs.
const WARNING_BPS: f64 = 250e3;
/// Below this rate there is no acceptable video.
const DISABLE_BPS: f64 = 150e3;
/// The rate from which a warning is lifted and video returns. It is above [`WARNING_BPS`], so that neither oscillates.
const ENABLE_BPS: f64 = 275e3;

/// A stream that uses less than this share of a narrow downlink is small by itself, such as a still screen. An encoder
/// at its minimum sends a frame now and then, so the mean over some seconds counts.
const USED: f64 = 0.3;
const MEAN_OVER: Duration = Duration::from_secs(3);

/// How long the rate has to be on one side of a bound before anything changes.
const WARN_AFTER: Duration = Duration::from_secs(1);
const DISABLE_AFTER: Duration = Duration::from_secs(4);
const LIFT_AFTER: Duration = Duration::from_secs(3);

/// How long a trial lasts, and how long after a failed one the next begins, at first and at most.
const TRIAL: Duration = Duration::from_secs(3);
const MIN_BACK_OFF: Duration = Duration::from_secs(5);
const MAX_BACK_OFF: Duration = Duration::from_secs(40);

/// A change of the video that a subscriber is notified of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FallbackChange {
    /// Video may be disabled soon (`videoDisableWarning`).
    Warning,
    /// The danger is over (`videoDisableWarningLifted`).
    WarningLifted,
    /// From now on it gets audio alone (`videoDisabled`, reason `quality`).
    VideoDisabled,
    /// It gets video again (`videoEnabled`, reason `quality`).
    VideoEnabled,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FallbackState {
    Good,
    Warned,
    Disabled { retry_at: Instant },
    Trial { since: Instant },
}

/// The audio fallback of one subscriber.
pub(super) struct AudioFallback {
    state: FallbackState,
    back_off: Duration,
    /// The mean of the video that was sent, and when it was noted last.
    video: Option<(Instant, f64)>,
    thin_since: Option<Instant>,
    wide_since: Option<Instant>,
}

impl AudioFallback {
    pub(super) fn new() -> Self {
        Self { state: FallbackState::Good, back_off: MIN_BACK_OFF, video: None, thin_since: None, wide_since: None }
    }

    /// Returns whether video is sent to the subscriber: also during a trial, of which it does not know.
    pub(super) fn sends_video(&self) -> bool {
        !matches!(self.state, FallbackState::Disabled { .. })
    }

    /// Returns whether video is being tried again.
    #[cfg(test)]
    fn is_in_trial(&self) -> bool {
        matches!(self.state, FallbackState::Trial { .. })
    }

    /// Notes the bandwidth that is available for video in bit/s (`None` when nothing limits it) and the video that is
    /// being sent. Returns the change to notify the subscriber of, if there is one.
    pub(super) fn update(
        &mut self,
        now: Instant,
        available_bps: Option<f64>,
        video_bps: f64,
    ) -> Option<FallbackChange> {
        let available = available_bps.unwrap_or(f64::INFINITY);
        let is_used = self.mean_video_bps(now, video_bps) >= available * USED;
        let bound = if self.state == FallbackState::Good { WARNING_BPS } else { DISABLE_BPS };
        hold(&mut self.thin_since, now, available < bound && is_used);
        hold(&mut self.wide_since, now, available >= ENABLE_BPS);
        let lasts = |since: Option<Instant>, time| since.is_some_and(|at| now.saturating_duration_since(at) >= time);
        match self.state {
            FallbackState::Good if lasts(self.thin_since, WARN_AFTER) => {
                self.change(FallbackState::Warned, FallbackChange::Warning)
            }
            FallbackState::Warned if lasts(self.thin_since, DISABLE_AFTER) => {
                self.back_off = MIN_BACK_OFF;
                self.change(FallbackState::Disabled { retry_at: now + self.back_off }, FallbackChange::VideoDisabled)
            }
            FallbackState::Warned if lasts(self.wide_since, LIFT_AFTER) => {
                self.change(FallbackState::Good, FallbackChange::WarningLifted)
            }
            FallbackState::Disabled { retry_at } if now >= retry_at => {
                self.state = FallbackState::Trial { since: now };
                (self.thin_since, self.wide_since) = (None, None);
                None
            }
            FallbackState::Trial { .. } if available < DISABLE_BPS => {
                self.back_off = (self.back_off * 2).min(MAX_BACK_OFF);
                self.state = FallbackState::Disabled { retry_at: now + self.back_off };
                None
            }
            FallbackState::Trial { since } if lasts(Some(since), TRIAL) && available >= WARNING_BPS => {
                self.change(FallbackState::Good, FallbackChange::VideoEnabled)
            }
            _ => None,
        }
    }

    /// Notes the video that is being sent; gives its mean, weighted exponentially.
    fn mean_video_bps(&mut self, now: Instant, video_bps: f64) -> f64 {
        let (at, mean) = self.video.unwrap_or((now, video_bps));
        let elapsed = now.saturating_duration_since(at).as_secs_f64();
        let weight = (-elapsed / MEAN_OVER.as_secs_f64()).exp();
        let mean = mean * weight + video_bps * (1.0 - weight);
        self.video = Some((now, mean));
        mean
    }

    fn change(&mut self, state: FallbackState, change: FallbackChange) -> Option<FallbackChange> {
        self.state = state;
        (self.thin_since, self.wide_since) = (None, None);
        Some(change)
    }
}

/// Notes since when something is so.
fn hold(since: &mut Option<Instant>, now: Instant, is_so: bool) {
    if is_so {
        since.get_or_insert(now);
    } else {
        *since = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A subscriber whose downlink carries this much, polled ten times a second.
    struct Run {
        fallback: AudioFallback,
        start: Instant,
        now: Instant,
    }

    impl Run {
        fn new() -> Self {
            let now = Instant::now();
            Self { fallback: AudioFallback::new(), start: now, now }
        }

        /// Returns the notifications of this many seconds, each with its time in tenths of a second since the start.
        fn pass(&mut self, seconds: u64, available_bps: Option<f64>, video_bps: f64) -> Vec<(u128, FallbackChange)> {
            let mut told = Vec::new();
            for _ in 0..seconds * 10 {
                self.now += Duration::from_millis(100);
                let sent = if self.fallback.sends_video() { video_bps } else { 0.0 };
                if let Some(change) = self.fallback.update(self.now, available_bps, sent) {
                    told.push(((self.now - self.start).as_millis() / 100, change));
                }
            }
            told
        }
    }

    use FallbackChange::{VideoDisabled, VideoEnabled, Warning, WarningLifted};

    #[test]
    fn a_narrow_downlink_is_warned_about_before_video_is_disabled() {
        let mut run = Run::new();
        assert_eq!(run.pass(30, None, 1.5e6), []);
        assert_eq!(run.pass(10, Some(60e3), 55e3), [(311, Warning), (352, VideoDisabled)]);
        assert!(!run.fallback.sends_video());
    }

    #[test]
    fn a_warning_is_lifted_with_hysteresis() {
        let mut run = Run::new();
        assert_eq!(run.pass(10, Some(200e3), 190e3), [(11, Warning)]);
        assert_eq!(run.pass(20, Some(260e3), 250e3), []);
        assert_eq!(run.pass(10, Some(400e3), 390e3), [(331, WarningLifted)]);
        assert_eq!(run.pass(10, None, 390e3), []);
    }

    #[test]
    fn a_short_dip_changes_nothing() {
        let mut run = Run::new();
        for _ in 0..20 {
            let mut told = run.pass(1, Some(100e3), 100e3);
            told.extend(run.pass(1, Some(900e3), 800e3));
            assert_eq!(told, []);
        }
    }

    #[test]
    fn a_small_stream_is_not_limited() {
        assert_eq!(Run::new().pass(60, Some(100e3), 20e3), []);
    }

    #[test]
    fn an_encoder_at_its_minimum_is_no_small_stream() {
        let mut run = Run::new();
        let mut told = Vec::new();
        for _ in 0..10 {
            // A frame every other second.
            told.extend(run.pass(1, Some(60e3), 60e3));
            told.extend(run.pass(1, Some(60e3), 0.0));
        }
        assert_eq!(told.iter().map(|(_, change)| *change).collect::<Vec<_>>(), [Warning, VideoDisabled]);
    }

    #[test]
    fn video_returns_after_a_silent_trial() {
        let mut run = Run::new();
        run.pass(6, Some(60e3), 55e3);
        assert!(!run.fallback.sends_video());
        assert_eq!(run.pass(12, Some(300e3), 290e3), [(132, VideoEnabled)]);
        assert_eq!(run.pass(60, Some(300e3), 290e3), []);
    }

    #[test]
    fn failed_trials_are_rare_and_silent() {
        let mut run = Run::new();
        run.pass(6, Some(60e3), 55e3);
        let mut tried = 0;
        for _ in 0..1200 {
            run.now += Duration::from_millis(100);
            let (was_off, available) =
                (!run.fallback.sends_video(), if run.fallback.is_in_trial() { 60e3 } else { 300e3 });
            assert_eq!(run.fallback.update(run.now, Some(available), 60e3), None);
            tried += u32::from(was_off && run.fallback.sends_video());
        }
        assert!((3..=6).contains(&tried), "tried {tried} times in two minutes");
    }

    proptest::proptest! {
        #[test]
        fn notifications_alternate(rates in proptest::collection::vec((0.0..1e6_f64, 1..8_u64), 1..60)) {
            let (mut run, mut last) = (Run::new(), WarningLifted);
            for (rate, seconds) in rates {
                for (_, told) in run.pass(seconds, Some(rate), rate) {
                    let follows = match told {
                        Warning => matches!(last, WarningLifted | VideoEnabled),
                        WarningLifted | VideoDisabled => last == Warning,
                        VideoEnabled => last == VideoDisabled,
                    };
                    proptest::prop_assert!(follows, "{told:?} after {last:?}");
                    last = told;
                }
            }
        }
    }
}
