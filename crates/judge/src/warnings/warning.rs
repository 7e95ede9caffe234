//! A warning about a scenario.

use std::fmt;
use std::path::PathBuf;

use precall_results::Source;

/// Something that a scenario cannot show, or a deprecated key in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The file of the scenario; `None` when the command line is the cause.
    pub file: Option<PathBuf>,
    /// The place in the file; `None` when there is no such place.
    pub place: Option<Source>,
    /// A text that says what cannot be shown and why, and what to write instead.
    pub message: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.as_ref().map(|file| file.display().to_string());
        let file = self.place.as_ref().and_then(|place| place.file.clone()).or(file);
        match (file, &self.place) {
            (Some(file), Some(place)) => write!(f, "{file}:{}: {}", place.line, self.message),
            (Some(file), None) => write!(f, "{file}: {}", self.message),
            (None, _) => f.write_str(&self.message),
        }
    }
}

/// The place in a scenario that is the cause of a warning, and the text of the warning.
pub(super) type PlacedMessage<'a> = (Option<&'a Source>, String);
