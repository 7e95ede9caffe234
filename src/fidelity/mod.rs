//! How true the media router is: what Chrome does on a network through the router, held against what two peer connections do
//! on the same network without one.
//!
//! Both runs use the same page, the same devices, the same link with the same seed, and the same sockets and timers. In the
//! reference the sender's media passes the link under test, and the receiver's feedback returns by the link of the other
//! direction. In the routed run the same two links are on one leg, between the router and the browser: on the publisher's leg
//! for an uplink network, on the subscriber's leg for a downlink network. The other leg has neither delay nor loss, so the
//! one-way delay from sender to receiver is the same in both runs, and so is the round-trip time of the leg under test.

mod agreement;
mod error;
mod figures;
mod measure;
mod metric;
mod network;
mod sample;
mod sdp;
mod wires;

pub use agreement::{Agreement, Bar, MEDIAN_BAR, Spread, TOLERANCE, Verdict, agreements, median_deviation};
pub use error::FidelityError;
pub use figures::{Figures, Recovery};
pub use measure::{Lab, MeasureOptions, Measurement};
pub use metric::Metric;
pub use network::{Network, Side, UnknownNetwork, catalogue, select};
pub use sample::Sample;
pub use wires::{Legs, Route};
