//! Faults carried out: on HTTP requests and WebSockets (`http`, `cut`), and in time (`clock`).

mod clock;
mod cut;
mod http;

pub(super) use clock::FaultClock;
pub use cut::{Cut, RemoteAddress};
pub(super) use http::apply;
pub use http::leg;
