//! What a call waits for beside its pages.

use std::time::Instant;

use futures::future::select_all;

use super::app::LiveApp;
use super::live_participant::{LiveParticipant, ParticipantChanges};
use crate::runner::devices::DeviceChange;
use precall_browser::Conditions;
use precall_platform::PartEnded;
use precall_results::NamedError;

/// Something that happens to a participant by itself.
pub(super) enum ParticipantChange {
    /// To a device.
    Device(DeviceChange),
    /// To the conditions that the browser itself imposes.
    Conditions(Vec<Conditions>),
}

/// Waits for the next change to any participant; nothing is lost when the waiting is given up.
pub(super) async fn next_change(
    changes: &mut [ParticipantChanges],
    began: Option<Instant>,
) -> (usize, ParticipantChange) {
    let waits = changes.iter_mut().enumerate().map(|(index, changes)| {
        let ParticipantChanges { devices, conditions } = changes;
        Box::pin(async move {
            tokio::select! {
                change = devices.next_change(began) => (index, ParticipantChange::Device(change)),
                conditions = conditions.next(began) => (index, ParticipantChange::Conditions(conditions)),
            }
        })
    });
    select_all(waits).await.0
}

/// Waits until a part of a participant's way to the platform ends unexpectedly.
pub(super) async fn ended(participants: &[LiveParticipant<'_>]) -> PartEnded {
    select_all(participants.iter().map(|participant| Box::pin(participant.access.ended()))).await.0
}

/// Waits until the server of an application ends by itself; for ever without one.
pub(super) async fn server_ended(app: &mut Option<LiveApp<'_>>) -> NamedError {
    match app {
        Some(app) => app.ended().await,
        None => std::future::pending().await,
    }
}

/// Waits until a time; for ever without one.
pub(super) async fn sleep_until(at: Option<tokio::time::Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}
