//! Decodes `[network]` and `[profiles]`. The keys of a table apply to both directions, those of `up` and `down` to one.

mod checks;
mod draft;
mod fields;
mod impairment;
mod profiles;
mod table;
mod trace;

pub(crate) use profiles::{CATALOGUE, Profiles};
pub(super) use table::decode;
