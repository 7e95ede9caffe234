//! Text that is no TOML: what is wrong in it, line by line, in words that need no knowledge of TOML, and the line as it is
//! right. A line that can be mended is mended before the rest is read, so that all mistakes of a file are said at once.

mod elements;
mod line;
mod mistakes;
mod scan;
mod value;
mod words;

pub(super) use mistakes::Mistakes;
