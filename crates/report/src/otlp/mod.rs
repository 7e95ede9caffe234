//! A run for collectors of OpenTelemetry: JSON of the OpenTelemetry Protocol (OTLP 1.x), as `POST /v1/traces` and
//! `POST /v1/metrics` take it.
//!
//! The two messages are written here: of hundreds of members a finished run needs twenty, and the published types come
//! with an SDK for the telemetry of running programs. A real collector reads the messages in the tests.

mod metrics;
mod traces;
mod value;

pub(super) use metrics::otlp_metrics;
pub(super) use traces::otlp_traces;
