//! `[network]` and `[profiles]`: what stands directly in a table goes for both directions, `up` and `down` for one.

mod checks;
mod draft;
mod fields;
mod impairment;
mod profiles;
mod trace;

pub(super) use draft::decode;
pub(crate) use profiles::{CATALOGUE, Profiles};
