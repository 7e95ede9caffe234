//! Sends the reports of a run that is over.

use std::path::Path;

use super::error::JobError;
use super::reports::{ReportSource, WrittenReport};
use crate::delivery::{DeliveryTarget, Parcel, Sender};

/// Sends the reports of a recorded run, each to its destination. One that fails keeps none of the others from being
/// sent.
pub async fn deliver(run: &Path, destinations: &[DeliveryTarget], errors: &mut Vec<JobError>) -> Vec<WrittenReport> {
    let mut sent = Vec::new();
    if destinations.is_empty() {
        return sent;
    }
    let begun = ReportSource::read(run, &mut sent).and_then(|source| Ok((source, Sender::new()?)));
    let (source, sender) = match begun {
        Ok(begun) => begun,
        Err(error) => {
            errors.push(error);
            return sent;
        }
    };
    for destination in destinations {
        for parcel in Parcel::of(destination, &source.run.result.run.scenario) {
            match send(&source, &sender, destination, &parcel).await {
                Ok(()) => sent.push(WrittenReport::Sent { format: parcel.format, destination: destination.clone() }),
                Err(error) => errors.push(error),
            }
        }
    }
    sent
}

async fn send(
    source: &ReportSource,
    sender: &Sender,
    destination: &DeliveryTarget,
    parcel: &Parcel,
) -> Result<(), JobError> {
    let body = source.render(parcel.format)?;
    Ok(sender.send(destination, parcel, &body).await?)
}
