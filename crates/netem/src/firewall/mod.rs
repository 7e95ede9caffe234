//! Firewalls as values: the traffic that a user's network blocks or resets, and the HTTP proxy that it requires. Plain
//! data. The runner applies each rule where it would act in reality: rules for requests as faults of the platform's
//! services, rules for tunnels and UDP in the sockets.

mod model;
mod profiles;

pub use model::{Firewall, HttpProxy, Ports, Target, Udp};
pub use profiles::FirewallProfile;
