//! Expectations: the lines of `[expect]`.

use serde::{Deserialize, Serialize};

use crate::{Metric, Subject};
use precall_netem::units::exact;

/// One line of `[expect]`: `video.mos = ">= 3.4"`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Expectation {
    /// The metric that it is about.
    pub metric: Metric,
    /// The participant of a call that it is about, and whose streams; absent where it is about all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// The operator between the measured and the expected value.
    pub operator: Operator,
    /// The expected value.
    pub value: ExpectedValue,
    /// The consequence of missing it.
    #[serde(default, skip_serializing_if = "Level::is_error")]
    pub level: Level,
    /// How the repeats of the case are combined; absent where each repeat must meet it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aggregate: Option<Aggregate>,
    /// The part of the quality test that it is about; absent for the whole test as the page reports it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
    /// Its place in the scenario file.
    pub source: Source,
}

impl Expectation {
    /// Returns the name of what it is about: `bob.alice.video.bitrate`.
    pub fn name(&self) -> String {
        match &self.subject {
            Some(subject) => format!("{subject}.{}", self.metric),
            None => self.metric.as_str().to_owned(),
        }
    }
}

/// A place in a scenario file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Source {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The file, if it is not the scenario's own but one that it extends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}", self.line)?;
        self.file.iter().try_for_each(|file| write!(f, " of {file}"))
    }
}

/// The consequence of missing an expectation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// The case fails; the default.
    #[default]
    Error,
    /// A warning is printed, and the case does not fail.
    Warn,
    /// The miss is recorded, and nothing else happens.
    Info,
}

impl Level {
    /// The word in scenarios and files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
        }
    }

    fn is_error(&self) -> bool {
        *self == Self::Error
    }
}

/// How the repeats of a case are combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Aggregate {
    /// `all`: every repeat meets it.
    All,
    /// `any`: one repeat at least meets it.
    Any,
    /// `at least 4 of 6`: this many repeats meet it.
    AtLeast {
        /// The number of repeats that must meet it.
        count: u32,
        /// The number of all repeats.
        of: u32,
    },
    /// `median`, `p95`: the quantile of the repeats meets it; in percent.
    Percentile(u8),
}

/// A part of the quality test, in seconds since the network was applied, as a network's steps are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Window {
    /// `after 10 s`: from this time to the end.
    After(f64),
    /// `last 5 s`: this much time before the last sample.
    Last(f64),
    /// `between 10 s and 20 s`: from the first time to the second. `in step 2` becomes this as well.
    Between(f64, f64),
}

impl std::fmt::Display for Aggregate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::All => write!(f, "all"),
            Self::Any => write!(f, "any"),
            Self::AtLeast { count, of } => write!(f, "at least {count} of {of}"),
            Self::Percentile(50) => write!(f, "median"),
            Self::Percentile(percent) => write!(f, "p{percent}"),
        }
    }
}

impl std::fmt::Display for Window {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::After(from) => write!(f, "after {from} s"),
            Self::Last(length) => write!(f, "last {length} s"),
            Self::Between(from, to) if to.is_infinite() => write!(f, "after {from} s"),
            Self::Between(from, to) => write!(f, "between {from} s and {to} s"),
        }
    }
}

/// A comparison operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Operator {
    /// `==`: the measured value is equal to the expected one. A value without an operator means this.
    #[serde(rename = "==")]
    Equal,
    /// `!=`: the measured value is not equal to the expected one.
    #[serde(rename = "!=")]
    NotEqual,
    /// `<`: the measured value is less than the expected one.
    #[serde(rename = "<")]
    Less,
    /// `<=`: the measured value is at most the expected one.
    #[serde(rename = "<=")]
    LessOrEqual,
    /// `>`: the measured value is greater than the expected one.
    #[serde(rename = ">")]
    Greater,
    /// `>=`: the measured value is at least the expected one.
    #[serde(rename = ">=")]
    GreaterOrEqual,
}

impl Operator {
    /// Returns the operator as scenarios write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}

/// An expected value. Its kind follows from the metric.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum ExpectedValue {
    /// `true` or `false`.
    Boolean(bool),
    /// A plain number: a MOS, frames per second.
    Number(f64),
    /// A share, 0 to 1.
    Ratio(precall_netem::units::Ratio),
    /// A bitrate, in bit/s.
    Bitrate(precall_netem::units::Bitrate),
    /// A frame size, as in `"640x480"`.
    Resolution {
        /// The width in pixels.
        width: u32,
        /// The height in pixels.
        height: u32,
    },
    /// A word or sentence, compared as a whole.
    Text(String),
    /// A time, in seconds.
    Seconds(f64),
}

impl std::fmt::Display for ExpectedValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Boolean(value) => write!(f, "{value}"),
            Self::Number(value) => write!(f, "{value}"),
            Self::Ratio(value) => write!(f, "{value}"),
            Self::Bitrate(value) => write!(f, "{value}"),
            Self::Resolution { width, height } => write!(f, "{width}x{height}"),
            Self::Text(value) => write!(f, "{value:?}"),
            Self::Seconds(seconds) => write!(f, "{} ms", exact(seconds * 1e3, 0)),
        }
    }
}
