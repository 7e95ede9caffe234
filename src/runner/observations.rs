//! The observations while a page runs, and the attempt's result. Pure, except for the clock of the host's monitor.

use std::collections::BTreeMap;

use super::host::HostMonitor;
use super::managed::unless_managed;
use super::measured::Timeline;
use crate::page::{PageEvent, PageFault};
use crate::run_events::Events;
use precall_browser::Restriction;
use precall_judge::verdict::starved;
use precall_judge::verdict::{Verdict, accuracy, check_network, judge};
use precall_netem::Backend;
use precall_platform::credentials::SessionId;
use precall_results::Outcome;
use precall_results::webrtc_stats::StatsReport;
use precall_results::{Accuracy, HostLoad, Measured, NetworkCheck};
use precall_results::{BuildInfo, CallResult, CasePhase, FirewallResult, RunEvent, Signalling};
use precall_results::{NamedError, Sample};
use precall_scenario::plan::Case;

/// The largest number of blocked hosts that are counted.
const MAX_BLOCKED_HOSTS: usize = 100;

/// The result of one attempt.
pub(super) struct AttemptResult {
    pub verdict: Verdict,
    pub sdk: Option<BuildInfo>,
    pub module: Option<BuildInfo>,
    /// The session on a remote platform. Absent on the embedded one.
    pub session_id: Option<SessionId>,
    pub measured: Measured,
    /// The result of a call; absent for a network test.
    pub call: Option<CallResult>,
    pub samples: Vec<Sample>,
    pub timeline: Timeline,
    /// Whether the network was the one asked for.
    pub network_checks: Vec<NetworkCheck>,
    /// The figures that the SDK and the module reported of the network, beside what the links counted.
    pub accuracy: Accuracy,
    /// The counters of signalling. Absent where signalling passes no link of the case.
    pub signalling: Option<Signalling>,
    /// The counters of the firewall. Absent without one.
    pub firewall: Option<FirewallResult>,
    /// The load of the host while quality was measured. Absent when it was not measured.
    pub host: Option<HostLoad>,
    /// Whether another, exclusive attempt is worthwhile, since the host could not keep up.
    pub is_starved: bool,
}

/// The end of an attempt.
pub(super) enum AttemptEnd {
    /// The page ran all tests.
    Done,
    /// A phase or the case missed its deadline; the reason in words.
    Hung(String),
    /// The page sent something that is not accepted.
    Refused(CasePhase, PageFault),
    /// The page or the SDK raised an undocumented error.
    Errored(CasePhase, NamedError),
    /// The browser or precall broke.
    Broken(String),
    /// The run was interrupted.
    Interrupted,
}

impl AttemptEnd {
    /// Returns the verdict on an attempt with this end. `judged` is the verdict by what was observed, and
    /// `unless_unreliable` doubts it if the attempt ended by itself.
    pub(super) fn verdict(self, judged: Verdict, unless_unreliable: impl FnOnce(Verdict) -> Verdict) -> Verdict {
        match self {
            Self::Done => unless_unreliable(judged),
            Self::Hung(reason) => judged.overruled(Outcome::Hung, reason),
            Self::Refused(phase, fault) => judged.overruled(Outcome::Errored, format!("{}: {fault}", phase.as_str())),
            Self::Errored(phase, NamedError { name, message }) => {
                judged.overruled(Outcome::Errored, format!("{} raised {name}: {message}", phase.as_str()))
            }
            Self::Broken(reason) => judged.overruled(Outcome::Infrastructure, reason),
            Self::Interrupted => judged.overruled(Outcome::Interrupted, "the run was interrupted".to_owned()),
        }
    }
}

/// The observations of an attempt.
#[derive(Default)]
pub(super) struct Observations {
    pub sdk: Option<BuildInfo>,
    pub module: Option<BuildInfo>,
    pub session_id: Option<SessionId>,
    pub measured: Measured,
    pub samples: Vec<Sample>,
    pub timeline: Timeline,
    pub signalling: Option<Signalling>,
    /// The number of requests that the page's policy blocked, by host.
    pub blocked: BTreeMap<String, u64>,
    pub firewall: Option<FirewallResult>,
    /// From the beginning of the quality test on.
    pub host: Option<HostMonitor>,
}

impl Observations {
    /// Whether a test of the page reported a failure.
    pub fn has_failures(&self) -> bool {
        let Measured { connectivity, quality_error, .. } = &self.measured;
        quality_error.is_some() || connectivity.as_ref().is_some_and(|result| !result.success)
    }

    /// Takes what the page says, so many seconds after its network was applied; gives how the case ends, if it does by
    /// that.
    pub fn take(&mut self, event: PageEvent, seconds: Option<f64>, case: &str, events: &Events) -> Option<AttemptEnd> {
        let case = case.to_owned();
        match event {
            PageEvent::Loaded => {}
            PageEvent::Ready { sdk_version, .. } => {
                // A package knows its version; a lone file has to be asked.
                if let (Some(sdk), Some(version)) = (&mut self.sdk, sdk_version)
                    && sdk.version == "local"
                {
                    sdk.version = version.trim_start_matches('v').to_owned();
                }
            }
            PageEvent::Phase { phase } => {
                if phase == CasePhase::Quality {
                    self.timeline.quality_began = seconds;
                }
                events.emit(RunEvent::CasePhase { case, phase });
            }
            PageEvent::Connectivity { result } => self.measured.connectivity = Some(result),
            PageEvent::Sample { sample } => {
                let sample = Sample { network_seconds: seconds, ..sample };
                self.samples.push(sample.clone());
                events.emit(RunEvent::CaseSample { case, sample });
            }
            PageEvent::Quality { result } => self.measured.quality = Some(result),
            PageEvent::QualityError { error } => self.measured.quality_error = Some(error),
            PageEvent::RtcStats(report) => {
                let stats = StatsReport::read(&report);
                self.timeline.push_report(&stats);
                self.host.iter_mut().for_each(|host| host.push(&stats));
                events.emit(RunEvent::CaseRtcStats { case, report });
            }
            PageEvent::Blocked { uri, directive } => {
                tracing::debug!(case, uri, directive, "blocked by the page's policy");
                if self.blocked.len() < MAX_BLOCKED_HOSTS || self.blocked.contains_key(&uri) {
                    *self.blocked.entry(uri).or_default() += 1;
                }
            }
            // The gate lets none through.
            PageEvent::TooLong { .. }
            | PageEvent::Call { .. }
            | PageEvent::Subscription { .. }
            | PageEvent::Displayed { .. }
            | PageEvent::Perceived(_)
            | PageEvent::Release { .. }
            | PageEvent::StepEnded { .. }
            | PageEvent::Barrier { .. } => {}
            PageEvent::Failed { phase, error } => return Some(AttemptEnd::Errored(phase, error)),
            PageEvent::Done => return Some(AttemptEnd::Done),
        }
        None
    }

    /// Judges the observations.
    pub fn conclude(self, case: &Case, end: AttemptEnd, policies: &[Restriction]) -> AttemptResult {
        let Self { sdk, module, session_id, measured, samples, timeline, mut signalling, blocked, firewall, host } =
            self;
        for (host, count) in blocked {
            if let Some(signalling) = &mut signalling {
                *signalling.refused.entry(host).or_default() += count;
            }
        }
        let host = host.map(|monitor| monitor.load());
        let frame_rate = case.spec.test.camera.frame_rate;
        let network_checks = check_network(&case.spec.network, &timeline.evidence);
        // Packets that Chrome itself drops are not counted.
        let accuracy = match case.spec.network.backend {
            Backend::Link => accuracy(&timeline.evidence, &samples, measured.quality.as_ref()),
            Backend::DevTools => Accuracy::default(),
        };
        let media = timeline.media.travel();
        let judged = judge(&case.spec, &measured, &samples, &timeline.measured().ground_truth(media.as_ref()));
        let verdict = end
            .verdict(judged, |judged| judged.unless_unreliable(&measured, host.as_ref(), frame_rate, &network_checks));
        let verdict = unless_managed(verdict, policies);
        let is_starved = verdict.outcome == Outcome::Inconclusive
            && host.as_ref().is_some_and(|load| !starved(load, frame_rate).is_empty());
        AttemptResult {
            verdict,
            sdk,
            module,
            session_id,
            measured,
            call: None,
            samples,
            timeline,
            network_checks,
            accuracy,
            signalling,
            firewall,
            host,
            is_starved,
        }
    }
}
