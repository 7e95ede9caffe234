//! Sends reports to other systems: a Pushgateway, a collector of OpenTelemetry, a webhook.

mod address;
mod error;
mod request;
mod send;

pub use address::{DeliveryTarget, TargetKind};
pub use error::DeliveryError;
pub use request::Parcel;
pub use send::Sender;
