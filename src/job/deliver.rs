//! Sends the reports of a run that is over.

use std::path::Path;

use super::error::JobError;
use super::reports::{WrittenReport, report_text};
use crate::delivery::{DeliveryTarget, Parcel, Sender};
use crate::record::read_results;

/// Sends the reports of a recorded run, each to its destination. One that fails keeps none of the others from being
/// sent.
pub async fn deliver(run: &Path, destinations: &[DeliveryTarget], errors: &mut Vec<JobError>) -> Vec<WrittenReport> {
    let mut sent = Vec::new();
    if destinations.is_empty() {
        return sent;
    }
    let begun = read_results(run).map_err(JobError::from).and_then(|result| Ok((Sender::new()?, result.run.scenario)));
    let (sender, scenario) = match begun {
        Ok(begun) => begun,
        Err(error) => {
            errors.push(error);
            return sent;
        }
    };
    for destination in destinations {
        for parcel in Parcel::of(destination, &scenario) {
            let answer = match report_text(run, parcel.format) {
                Ok(body) => sender.send(destination, &parcel, &body).await.map_err(JobError::from),
                Err(error) => Err(error),
            };
            match answer {
                Ok(()) => {
                    sent.push(WrittenReport::Sent { format: parcel.format, destination: destination.clone() });
                }
                Err(error) => errors.push(error),
            }
        }
    }
    sent
}
