//! Firewalls as values: what of a case's traffic a network does not let pass, and the proxy that it wants asked. Plain data;
//! `runner` has it carried out, where each thing would happen: requests by `platform` as the fault of a leg, tunnels and
//! UDP by `path`.

mod model;
mod profiles;

pub use model::{Firewall, HttpProxy, Ports, Target, Udp};
pub use profiles::FirewallProfile;
