//! A JSON Schema of scenario files, for editors. Files are read by hand (`decode`), for the sake of what is said about them; tests
//! hold the schema to the reader: every key that the reader asks for is in it, in the same kind, and no other.

mod axes;
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

#[cfg(test)]
mod tests;
