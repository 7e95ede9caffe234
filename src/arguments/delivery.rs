//! The arguments about systems that reports are sent to.

use clap::Args;

use crate::delivery::{DeliveryTarget, TargetKind};

#[derive(Debug, Clone, Default, Args)]
pub(crate) struct DeliveryArguments {
    /// Send the figures to a Pushgateway of Prometheus: `http://gateway:9091`. They replace those of the scenario's
    /// last run there. For an address with a secret, write `env:NAME` here and below: it is in that environment
    /// variable.
    #[arg(long, value_name = "URL", value_parser = pushgateway)]
    pub push: Option<DeliveryTarget>,
    /// Send the run as a trace and its figures to a collector of OpenTelemetry, by HTTP: `http://collector:4318`.
    /// OTEL_EXPORTER_OTLP_HEADERS adds headers; with TRACEPARENT the run is part of that trace.
    #[arg(long, value_name = "URL", value_parser = otlp)]
    pub otlp: Option<DeliveryTarget>,
    /// Send the outcome and the cases that did not pass to this URL, as JSON. With PRECALL_WEBHOOK_SECRET a header
    /// signs it.
    #[arg(long, value_name = "URL", value_parser = webhook)]
    pub webhook: Option<DeliveryTarget>,
}

impl DeliveryArguments {
    /// The systems that reports are sent to.
    pub fn destinations(&self) -> Vec<DeliveryTarget> {
        [&self.push, &self.otlp, &self.webhook].into_iter().flatten().cloned().collect()
    }
}

fn pushgateway(text: &str) -> Result<DeliveryTarget, String> {
    DeliveryTarget::read(TargetKind::Pushgateway, text)
}

fn otlp(text: &str) -> Result<DeliveryTarget, String> {
    DeliveryTarget::read(TargetKind::Otlp, text)
}

fn webhook(text: &str) -> Result<DeliveryTarget, String> {
    DeliveryTarget::read(TargetKind::Webhook, text)
}
