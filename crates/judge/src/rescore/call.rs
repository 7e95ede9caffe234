//! The new verdict on a recorded call.

use super::judge::Rescored;
use crate::call::{CallRecord, judge_call, requested_frame_rate, score_call, unless_unreliable};
use precall_results::{CallResult, CaseResult, Outcome, ParticipantResult};
use precall_scenario::{CallSpec, CaseSpec};

/// Judges a recorded call by the case of a scenario as it is now. `record` is that of the case's last attempt.
///
/// Outcomes that no expectation can change stay: a hang, a page that raised an error, a browser that broke, an
/// interruption. A call that was inconclusive stays so, since its host and its networks are as they were.
pub fn rescore_call(case: &CaseResult, spec: &CaseSpec, call: &CallSpec, record: CallRecord<'_>) -> Rescored {
    let mut result = case.clone();
    let before = case.outcome;
    let recorded = case.call.clone().unwrap_or_default();
    let participants = score_call(call, record, None).into_iter().map(|scored| with_recorded(scored, &recorded));
    let again = CallResult { participants: participants.collect() };
    // A result has the load of the host beside the first participant's camera.
    let first = call.participants.first().map(requested_frame_rate);
    let hosts: Vec<_> = case.host.iter().cloned().zip(first).collect();
    let checks: Vec<_> = again.participants.iter().flat_map(|one| one.network.checks.clone()).collect();
    let verdict = unless_unreliable(judge_call(spec, call, &again, record), spec, &hosts, &checks);
    let is_judged = matches!(before, Outcome::Passed | Outcome::Failed);
    if is_judged {
        result.outcome = verdict.outcome;
        result.reasons = verdict.reasons;
    }
    result.expectations = verdict.expectations;
    result.call = Some(again);
    Rescored { result, before }
}

/// Returns a participant with what does not follow from events and counters as it was recorded.
fn with_recorded(scored: ParticipantResult, recorded: &CallResult) -> ParticipantResult {
    let Some(known) = recorded.participant(&scored.name) else { return scored };
    ParticipantResult {
        sdk: known.sdk.clone(),
        received_video_tracks: known.received_video_tracks,
        page: known.page,
        network: known.network.clone(),
        media: known.media.clone(),
        signalling: known.signalling.clone(),
        ..scored
    }
}
