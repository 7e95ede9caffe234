//! Sends one report, and tries again where that can help.

use std::time::Duration;

use reqwest::StatusCode;

use super::address::DeliveryTarget;
use super::error::DeliveryError;
use super::request::Parcel;
use crate::http::{HttpClients, causes, refusal_text};

/// How long a system has for an answer.
const LIMIT: Duration = Duration::from_secs(10);
/// The waits before the second and the third attempt.
const WAITS: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(3)];

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
        let mut waits = WAITS.iter();
        loop {
            let (error, is_passing) = match self.attempt(destination, parcel, body).await {
                Ok(()) => return Ok(()),
                Err(failed) => failed,
            };
            match waits.next().filter(|_| is_passing) {
                Some(wait) => tokio::time::sleep(*wait).await,
                None => return Err(error),
            }
        }
    }

    /// Makes one attempt. An error says whether another attempt may succeed.
    async fn attempt(
        &self,
        destination: &DeliveryTarget,
        parcel: &Parcel,
        body: &str,
    ) -> Result<(), (DeliveryError, bool)> {
        let request = self.0.client_for(parcel.url.as_str()).request(parcel.method.clone(), parcel.url.clone());
        let request = request.headers(parcel.headers_for(body)).body(body.to_owned());
        let response = request.send().await.map_err(|error| {
            let reason = causes(&error.without_url());
            (DeliveryError::Unreachable { destination: destination.to_string(), reason }, true)
        })?;
        let status = response.status();
        if status.is_success() {
            return Ok(());
        }
        let is_passing = status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS;
        let refused = DeliveryError::Refused {
            destination: destination.to_string(),
            report: parcel.format.as_str(),
            status: status.as_u16(),
            message: refusal_text(response).await,
        };
        Err((refused, is_passing))
    }
}
