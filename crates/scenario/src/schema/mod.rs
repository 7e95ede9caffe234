//! The JSON Schema of scenario files, for editors. Files are decoded by hand (`decode`) for better diagnostics. Tests
//! compare both: the schema has exactly the keys that the decoder reads, with the same kinds of values.

mod app;
mod axes;
mod call;
mod document;
mod expect;
mod firewall;
mod gate;
mod matrix;
mod network;
mod tables;
mod values;

pub(super) use axes::axes_below;
pub use document::schema;
pub(crate) use values::{choice, integer, text};

#[cfg(test)]
mod tests;
