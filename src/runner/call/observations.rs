//! The observations of a call, and the attempt's result. Pure, except for the clock of the host's monitors.

use super::live_participant::LiveParticipant;
use super::page_cost::PageCosts;
use super::perceived::Perceptions;
use super::tracks::Tracks;
use crate::run_events::Events;
use crate::runner::host::HostMonitor;
use crate::runner::managed::unless_managed;
use crate::runner::measured::Timeline;
use crate::runner::observations::{AttemptEnd, AttemptResult};
use precall_browser::Restriction;
use precall_judge::call::{CallRecord, judge_call, requested_frame_rate, score_call, unless_unreliable};
use precall_judge::verdict::{check_network, starved};
use precall_netem::rng::{GENERATOR, derive_seed};
use precall_results::webrtc_stats::StatsReport;
use precall_results::{
    Accuracy, BuildInfo, CallEvent, CallEventLine, CallResult, CaseNetwork, FirewallResult, HostSecond, Measured,
    Outcome, PageCost, ParticipantResult, RunEvent, Signalling, SubscriptionSample,
};
use precall_scenario::plan::Case;
use precall_scenario::{CallSpec, ParticipantSpec};

/// The observations of an attempt at a call.
pub(super) struct CallObservations {
    pub participants: Vec<ParticipantObservations>,
    lines: Vec<CallEventLine>,
    samples: Vec<SubscriptionSample>,
    pub perceptions: Perceptions,
    /// The usage of the pages at the beginning of the call.
    costs: Option<PageCosts>,
}

/// The observations of one participant.
pub(super) struct ParticipantObservations {
    pub sdk: BuildInfo,
    pub timeline: Timeline,
    pub signalling: Option<Signalling>,
    pub firewall: Option<FirewallResult>,
    pub tracks: Tracks,
    /// The usage of its page; absent until the call is over.
    pub page: Option<PageCost>,
    /// From the beginning of the call on.
    pub host: Option<HostMonitor>,
}

impl CallObservations {
    pub(super) fn new(case: &Case, call: &CallSpec) -> Self {
        let participant = |_: &ParticipantSpec| ParticipantObservations {
            sdk: BuildInfo::default(),
            timeline: Timeline::from_the_beginning(),
            signalling: None,
            firewall: None,
            tracks: Tracks::default(),
            page: None,
            host: None,
        };
        Self {
            participants: call.participants.iter().map(participant).collect(),
            lines: Vec::new(),
            samples: Vec::new(),
            perceptions: Perceptions::new(case, call),
            costs: None,
        }
    }

    /// Begins to observe the host.
    pub(super) async fn begin(&mut self, participants: &[LiveParticipant<'_>]) {
        self.costs = Some(PageCosts::begin(participants).await);
        for (participant, observed) in participants.iter().zip(&mut self.participants) {
            // A page that is slowed on purpose is late on the best of hosts.
            observed.host = Some(HostMonitor::start_call(participant.spec.devices.cpu_slowdown <= 1));
        }
    }

    /// Whether the call has begun.
    pub(super) fn has_begun(&self) -> bool {
        self.participants.iter().any(|one| one.host.is_some())
    }

    /// Notes the usage of the pages.
    pub(super) async fn end(&mut self, participants: &[LiveParticipant<'_>]) {
        let Some(costs) = self.costs.take() else { return };
        let used = costs.end(participants).await;
        self.participants.iter_mut().zip(used).for_each(|(participant, page)| participant.page = page);
    }

    /// Takes an event of a participant's page.
    pub(super) fn take_event(&mut self, case: &str, participant: &str, at: f64, event: CallEvent, events: &Events) {
        let line = CallEventLine { participant: participant.to_owned(), at, event };
        self.lines.push(line.clone());
        events.emit(RunEvent::CaseCall { case: case.to_owned(), line });
    }

    /// Takes a report of the W3C statistics of a participant's page.
    pub(super) fn take_stats(
        &mut self,
        case: &str,
        (index, name): (usize, &str),
        at: f64,
        mut report: serde_json::Value,
        events: &Events,
    ) {
        let stats = StatsReport::read(&report);
        let observed = &mut self.participants[index];
        observed.timeline.push_report(&stats);
        observed.host.iter_mut().for_each(|host| host.push(&stats));
        for mut sample in observed.tracks.samples(name, at, &stats) {
            sample.perceived = self.perceptions.take(name, &sample.publisher, &sample.stream);
            self.samples.push(sample.clone());
            events.emit(RunEvent::CaseSubscription { case: case.to_owned(), sample });
        }
        if let serde_json::Value::Object(members) = &mut report {
            members.insert("participant".to_owned(), name.into());
        }
        events.emit(RunEvent::CaseRtcStats { case: case.to_owned(), report });
    }

    /// Reads the counters of the host, and returns its load in the last second.
    pub(super) fn read_host(&mut self) -> Option<HostSecond> {
        self.participants.iter_mut().filter_map(|one| one.host.as_mut()).for_each(HostMonitor::read);
        self.participants.first()?.host.as_ref().map(HostMonitor::latest)
    }

    /// Returns the outcome of the call as it stands, by what was said so far.
    pub(super) fn outcome_so_far(&self, case: &Case, call: &CallSpec) -> Outcome {
        let record = CallRecord { lines: &self.lines, samples: &self.samples };
        let result = CallResult { participants: score_call(call, record, None) };
        judge_call(&case.spec, call, &result, record).outcome
    }

    /// Judges the observations.
    pub(super) fn conclude(
        self,
        case: &Case,
        call: &CallSpec,
        end: AttemptEnd,
        policies: &[Restriction],
    ) -> AttemptResult {
        let Self { participants, lines, samples, perceptions: _, costs: _ } = self;
        let record = CallRecord { lines: &lines, samples: &samples };
        let scored = score_call(call, record, None);
        let mut results = Vec::with_capacity(participants.len());
        let mut hosts = Vec::new();
        for ((spec, participant), scored) in call.participants.iter().zip(participants).zip(scored) {
            hosts.extend(participant.host.as_ref().map(|host| (host.load(), requested_frame_rate(spec))));
            results.push(result(case, spec, participant, scored));
        }
        let checks: Vec<_> = results.iter().flat_map(|one| one.network.checks.clone()).collect();
        let sdk = results.first().map(|one| one.sdk.clone());
        let result = CallResult { participants: results };
        let judged = judge_call(&case.spec, call, &result, record);
        let verdict = end.verdict(judged, |judged| unless_unreliable(judged, &case.spec, &hosts, &checks));
        let verdict = unless_managed(verdict, policies);
        let is_starved = verdict.outcome == Outcome::Inconclusive
            && hosts.iter().any(|(load, frame_rate)| !starved(load, *frame_rate).is_empty());
        AttemptResult {
            verdict,
            sdk,
            module: None,
            session_id: None,
            measured: Measured::default(),
            call: Some(result),
            samples: Vec::new(),
            timeline: Timeline::default(),
            network_checks: Vec::new(),
            accuracy: Accuracy::default(),
            signalling: None,
            firewall: None,
            host: hosts.into_iter().next().map(|(load, _)| load),
            is_starved,
        }
    }
}

fn result(
    case: &Case,
    spec: &ParticipantSpec,
    participant: ParticipantObservations,
    scored: ParticipantResult,
) -> ParticipantResult {
    let ParticipantObservations { sdk, timeline, signalling, firewall, tracks, page, host: _ } = participant;
    ParticipantResult {
        sdk,
        received_video_tracks: Some(tracks.most_received()),
        page,
        network: CaseNetwork {
            requested: spec.network.clone(),
            applied: true,
            firewall,
            measured: timeline.measured(),
            counters: timeline.total(),
            checks: check_network(&spec.network, &timeline.evidence),
            accuracy: Accuracy::default(),
            seed: derive_seed(case.seed, &spec.name),
            random_generator: Some(GENERATOR.to_owned()),
        },
        media: timeline.media.travel(),
        signalling,
        ..scored
    }
}
