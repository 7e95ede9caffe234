//! Carries faults out: on HTTP requests and WebSockets (`http`), and at their times (`clock`).

mod clock;
mod http;
mod http_service;

pub(super) use clock::FaultClock;
pub(super) use http::apply;
pub(super) use http_service::http_service;
