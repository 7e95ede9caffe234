//! How true the media router is: what Chrome does on a network through the router, held against what two peer
//! connections do on the same network without one.
//!
//! Both runs use the same page, the same devices, the same link with the same seed, and the same sockets and timers. In
//! the reference the sender's media passes the link under test, and the receiver's feedback returns by the link of the
//! other direction. In the routed run the same two links are on one leg, between the router and the browser: on the
//! publisher's leg for an uplink network, on the subscriber's leg for a downlink network.
//!
//! The other leg has no limit and no loss, so nothing shares the bottleneck that does not share it in the reference.
//! Its delay is chosen so that the receiver's round-trip time and that of the congestion control loop are those of the
//! reference:
//!
//! - On an uplink network the subscriber's leg has the network's delay each way. A receiver waits for repairs according
//!   to its round-trip time; with none it would freeze at losses that the reference conceals. The loop is between
//!   publisher and router.
//! - On a downlink network the publisher's leg has none: the loop goes through the router to the publisher and back.
//!
//! So on an uplink network the one-way delay from sender to receiver is twice that of the reference, which shows in the
//! time to the first frame alone.

mod agreement;
mod error;
mod figures;
mod measure;
mod metric;
mod network;
mod sample;
mod sdp;
mod wires;

pub use agreement::{
    Agreement, AgreementVerdict, Bar, BySeed, MEDIAN_BAR, TOLERANCE, ValueSpread, agreements, median_deviation,
};
pub use error::FidelityError;
pub use figures::{Recovery, RunFigures};
pub use measure::{MeasureOptions, Measurement, MeasurementBed};
pub use metric::FidelityMetric;
pub use network::{Network, NetworkSide, UnknownNetwork, catalogue, select};
pub use sample::PeerSample;
pub use wires::{Legs, Route};
