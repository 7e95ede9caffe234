//! Reports texts that are not TOML line by line, in words that need no knowledge of TOML, with the corrected line. The
//! rest of the file is read with the corrections, so that all mistakes of a file are reported at the same time.

mod comparison;
mod correction;
mod key;
mod line;
mod mistakes;
mod scalar;
mod scan;
mod value;
mod words;

pub(super) use mistakes::Mistakes;
