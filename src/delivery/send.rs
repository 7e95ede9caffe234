//! Sends one report, and tries again where that can help.

use std::time::Duration;

use super::address::DeliveryTarget;
use super::error::DeliveryError;
use super::request::Parcel;
use crate::http::{HttpClients, refusal_text};

/// How long a system has for an answer.
const LIMIT: Duration = Duration::from_secs(10);

/// Sends reports to systems over HTTP, each up to three times.
#[derive(Debug)]
pub struct Sender(HttpClients);

impl Sender {
    /// Returns a sender that trusts the certificates that the system trusts, and uses its proxy.
    ///
    /// # Errors
    ///
    /// When the system has no certificates.
    pub fn new() -> Result<Self, DeliveryError> {
        HttpClients::new(LIMIT).map(Self).map_err(DeliveryError::NoClient)
    }

    /// Sends a report. Three attempts are made while the system does not answer, or says that it is busy.
    ///
    /// # Errors
    ///
    /// When the system does not answer, or does not take the report.
    pub async fn send(&self, destination: &DeliveryTarget, parcel: &Parcel, body: &str) -> Result<(), DeliveryError> {
        let request = |clients: &HttpClients| {
            let client = clients.client_for(parcel.url.as_str());
            let request = client.request(parcel.method.clone(), parcel.url.clone());
            request.headers(parcel.headers_for(body)).body(body.to_owned())
        };
        let unreachable = |reason| DeliveryError::Unreachable { destination: destination.to_string(), reason };
        let response = self.0.send(request).await.map_err(unreachable)?;
        let status = response.status();
        if status.is_success() {
            return Ok(());
        }
        Err(DeliveryError::Refused {
            destination: destination.to_string(),
            report: parcel.format.as_str(),
            status: status.as_u16(),
            message: refusal_text(response).await,
        })
    }
}
