//! The faults in the events of a page.

use super::limits::MAX_EVENT_BYTES;
use super::text::words;

/// Why a page is not listened to any longer. Its case is `errored`: OpenTok.js and the module under test decide what a
/// page says.
#[derive(Debug, thiserror::Error)]
pub enum PageFault {
    /// One event is too long.
    #[error("the page sent an event of {bytes} bytes; at most {MAX_EVENT_BYTES} are taken")]
    TooLong {
        /// Its length in bytes.
        bytes: usize,
    },
    /// The browser had to send a message that is too long to be read, so its content is unknown.
    #[error("the page sent more than {limit} bytes at once")]
    TooLongAtOnce {
        /// The most bytes of a message that is read.
        limit: usize,
    },
    /// There is too much of something.
    #[error("the page sent {came} {what}; at most {most} are taken")]
    TooMuch {
        /// The items of which there are too many, in the plural.
        what: &'static str,
        /// How much had come.
        came: usize,
        /// How much is taken.
        most: usize,
    },
    /// A text is no event.
    #[error("the page sent an event that precall does not understand: {0}")]
    NotUnderstood(String),
    /// A figure is none that can be measured.
    #[error("the page sent {field} = {value:?}; a count is not negative, and no figure reaches 2^53")]
    NotSane {
        /// The name of the figure.
        field: String,
        /// Its value, as the page sent it.
        value: f64,
    },
    /// An event came out of its order.
    #[error("the page sent {what} {when}")]
    OutOfOrder {
        /// The kind of event or value that is wrong.
        what: &'static str,
        /// When it may not come, in words.
        when: String,
    },
    /// The page left the harness.
    #[error("the page left the harness for {0}")]
    Left(String),
    /// The page closed itself.
    #[error("the page closed itself")]
    Closed,
    /// A call into the page failed: a script replaced what it calls.
    #[error("the page did not take a call: {0}")]
    Unusable(String),
}

impl PageFault {
    /// The page navigated to this URL.
    pub fn left(url: &str) -> Self {
        Self::Left(words(url))
    }

    /// A call into the page failed for this reason.
    pub fn unusable(reason: &str) -> Self {
        Self::Unusable(words(reason))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_words_are_redacted_and_shortened() {
        let url = format!("http://example.com/?token=T1==c2VjcmV0&{}", "x".repeat(1000));
        let said = PageFault::left(&url).to_string();
        assert!(said.contains("[redacted]") && !said.contains("c2V") && said.len() < 300, "{said}");
    }
}
