//! The kinds of values that metrics have.

/// The kind of value that a metric has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricKind {
    /// True or false.
    Boolean,
    /// A number without a unit in scenarios: a MOS, frames per second, a count.
    Number,
    /// A share, 0 to 1; written in percent.
    Ratio,
    /// A bitrate, in bit/s.
    Bitrate,
    /// A time, in seconds.
    Time,
    /// A frame size, as in `640x480`; ordered by its number of pixels.
    Resolution,
    /// A text of any content.
    Text,
    /// One of these words.
    Word(&'static [&'static str]),
}

impl MetricKind {
    /// Returns an expectation of this kind as an example: a value of `[expect]` in TOML.
    pub fn example(self) -> String {
        let example = match self {
            Self::Boolean => "true",
            Self::Number => "\">= 3.4\"",
            Self::Ratio => "\"< 3 %\"",
            Self::Bitrate => "\"<= 400 kbit/s\"",
            Self::Time => "\"<= 200 ms\"",
            Self::Resolution => "\">= 640x480\"",
            Self::Text => "\"some text\"",
            Self::Word(words) => return format!("{:?}", words.first().copied().unwrap_or_default()),
        };
        example.to_owned()
    }

    /// Returns a value of this kind with its unit, as an example.
    pub fn quantity(self) -> &'static str {
        match self {
            Self::Boolean => "true",
            Self::Number => "3.4",
            Self::Ratio => "3 %",
            Self::Bitrate => "400 kbit/s",
            Self::Time => "200 ms",
            Self::Resolution => "640x480",
            Self::Text => "some text",
            Self::Word(words) => words.first().copied().unwrap_or_default(),
        }
    }

    /// Returns the operator of most expectations of this kind: at least for scores and rates, at most for shares and
    /// times.
    pub fn usual_operator(self) -> &'static str {
        match self {
            Self::Number | Self::Bitrate | Self::Resolution => ">=",
            Self::Ratio | Self::Time => "<=",
            Self::Boolean | Self::Text | Self::Word(_) => "==",
        }
    }

    /// Returns the name of the kind in a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Self::Boolean => "true or false",
            Self::Number => "a number",
            Self::Ratio => "a share in %",
            Self::Bitrate => "a rate",
            Self::Time => "a time",
            Self::Resolution => "a resolution",
            Self::Text => "text",
            Self::Word(_) => "a word",
        }
    }
}
