//! Barriers: where the scripts of a call wait for each other.

use super::live_participant::LiveParticipant;
use crate::page::release_call;
use crate::runner::case_error::CaseError;

/// Lets a participant's script wait at a barrier until those of all others have come there.
pub(super) async fn wait_at(
    participants: &mut [LiveParticipant<'_>],
    index: usize,
    name: String,
) -> Result<(), CaseError> {
    participants[index].waits_at = Some(name.clone());
    let waits = |one: &LiveParticipant<'_>| one.waits_at.as_ref() == Some(&name);
    // Without any script, the pages of an application themselves have barriers.
    let has_scripts = participants.iter().any(|one| one.spec.script.is_some());
    let takes_part = |one: &&LiveParticipant<'_>| (one.spec.script.is_some() || !has_scripts) && one.is_open();
    if !participants.iter().filter(takes_part).all(waits) {
        return Ok(());
    }
    let call = release_call(&name);
    for participant in participants.iter_mut().filter(|one| waits(one)) {
        participant.waits_at = None;
        participant.leased.page.evaluate(&call).await?;
    }
    Ok(())
}
