//! The text of an expectation: `warn: median >= 3.4 after 10 s`.

use std::time::Duration;

use super::expect::{Aggregate, ExpectedValue, Level, Operator, Window};
use super::metric::Kind;
use super::model::Metric;
use crate::units::{UnitError, parse_duration};

/// Operators, the longer before those they begin with.
const OPERATORS: [(&str, Operator); 6] = [
    (">=", Operator::GreaterOrEqual),
    ("<=", Operator::LessOrEqual),
    ("==", Operator::Equal),
    ("!=", Operator::NotEqual),
    (">", Operator::Greater),
    ("<", Operator::Less),
];

/// What a text asks of a metric. A range asks two things.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Condition {
    pub level: Level,
    pub aggregate: Option<Aggregate>,
    pub window: Option<Window>,
    pub bounds: Vec<(Operator, ExpectedValue)>,
}

/// What else of the case a text can speak of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context<'a> {
    /// How often the case runs.
    pub repeat: u32,
    /// When the network's steps begin.
    pub steps: &'a [Duration],
}

impl Condition {
    /// One bound, without anything around it.
    pub fn plain(operator: Operator, value: ExpectedValue) -> Self {
        Self { level: Level::Error, aggregate: None, window: None, bounds: vec![(operator, value)] }
    }

    /// Reads a text.
    pub fn parse(metric: Metric, text: &str, context: Context<'_>) -> Result<Self, String> {
        let kind = metric.kind();
        let (level, rest) = level(text.trim());
        let (aggregate, rest) = aggregate(kind, rest, context)?;
        let (window, rest) = match kind {
            // Text and resolutions have no parts; words in them are their own.
            Kind::Text | Kind::Word(_) | Kind::Boolean | Kind::Resolution => (None, rest),
            _ => window(metric, rest, context)?,
        };
        let bounds = match rest.split_once("..") {
            Some((low, high)) if !matches!(kind, Kind::Text | Kind::Word(_) | Kind::Boolean) => range(kind, low, high)?,
            _ => vec![bound(kind, rest)?],
        };
        Ok(Self { level, aggregate, window, bounds })
    }
}

fn level(text: &str) -> (Level, &str) {
    let levels = [Level::Error, Level::Warn, Level::Info];
    let found = levels.iter().find_map(|level| {
        let rest = text.strip_prefix(level.as_str())?.trim_start().strip_prefix(':')?;
        Some((*level, rest.trim()))
    });
    found.unwrap_or((Level::Error, text))
}

fn aggregate<'a>(kind: Kind, text: &'a str, context: Context<'_>) -> Result<(Option<Aggregate>, &'a str), String> {
    let Some((word, rest)) = text.split_once(char::is_whitespace) else { return Ok((None, text)) };
    let rest = rest.trim_start();
    let begins_with_operator = |rest: &str| OPERATORS.iter().any(|(sign, _)| rest.starts_with(sign));
    let percent = word.strip_prefix('p').and_then(|percent| percent.parse::<u8>().ok());
    let (found, rest) = match (word, percent) {
        ("all", _) => (Aggregate::All, rest),
        ("any", _) => (Aggregate::Any, rest),
        ("median", _) => (Aggregate::Percentile(50), rest),
        (_, Some(percent)) if (1..=99).contains(&percent) => (Aggregate::Percentile(percent), rest),
        ("at", _) => at_least(rest, context)?,
        _ => return Ok((None, text)),
    };
    if kind == Kind::Text && !begins_with_operator(rest) {
        return Ok((None, text));
    }
    let has_quantiles = matches!(kind, Kind::Number | Kind::Ratio | Kind::Bitrate | Kind::Time);
    if matches!(found, Aggregate::Percentile(_)) && !has_quantiles {
        return Err(format!("{text:?} takes a {found} of what is no number; write `all`, `any` or `at least 4 of 6`"));
    }
    Ok((Some(found), rest))
}

/// `least 4 of 6 …`, after its `at`.
fn at_least<'a>(text: &'a str, context: Context<'_>) -> Result<(Aggregate, &'a str), String> {
    let wrong = || "`at least` is written as in \"at least 4 of 6 >= 3.4\"".to_owned();
    let rest = text.strip_prefix("least").ok_or_else(wrong)?.trim_start();
    let (count, rest) = rest.split_once(char::is_whitespace).ok_or_else(wrong)?;
    let rest = rest.trim_start().strip_prefix("of").ok_or_else(wrong)?.trim_start();
    let (of, rest) = rest.split_once(char::is_whitespace).ok_or_else(wrong)?;
    let (count, of): (u32, u32) = (count.parse().map_err(|_| wrong())?, of.parse().map_err(|_| wrong())?);
    if count == 0 || count > of {
        return Err(format!("at least {count} of {of} is no share of the repeats"));
    }
    if of != context.repeat {
        return Err(format!("the case runs {} times (`repeat`), not {of}", context.repeat));
    }
    Ok((Aggregate::AtLeast { count, of }, rest.trim_start()))
}

fn window<'a>(metric: Metric, text: &'a str, context: Context<'_>) -> Result<(Option<Window>, &'a str), String> {
    let found = ["after", "last", "between", "in step"].into_iter().find_map(|word| {
        let (before, after) = text.split_once(&format!(" {word} "))?;
        Some((word, before.trim(), after.trim()))
    });
    let Some((word, before, after)) = found else { return Ok((None, text)) };
    if !metric.is_sampled() {
        return Err(format!("`{}` is of the whole test, and {word:?} asks for a part of it", metric.as_str()));
    }
    let seconds = |text: &str| parse_duration(text.trim()).map(|time| time.as_secs_f64()).map_err(|error| error.0);
    let window = match word {
        "after" => Window::After(seconds(after)?),
        "last" => Window::Last(seconds(after)?),
        "between" => {
            let (from, to) = after.split_once(" and ").ok_or("`between` is written as in \"between 10 s and 20 s\"")?;
            let (from, to) = (seconds(from)?, seconds(to)?);
            if from >= to {
                return Err(format!("nothing is between {from} s and {to} s"));
            }
            Window::Between(from, to)
        }
        _ => {
            let number: usize = after.parse().map_err(|_| format!("{after:?} is no number of a step"))?;
            let begin = |number: usize| match number {
                0 => Some(0.0),
                number => context.steps.get(number - 1).map(Duration::as_secs_f64),
            };
            let from = begin(number)
                .ok_or_else(|| format!("the network has {} steps (0 is before the first)", context.steps.len()))?;
            begin(number + 1).map_or(Window::After(from), |to| Window::Between(from, to))
        }
    };
    Ok((Some(window), before))
}

/// `300..500 kbit/s`: both ends belong to it.
fn range(kind: Kind, low: &str, high: &str) -> Result<Vec<(Operator, ExpectedValue)>, String> {
    let (low, high) = (low.trim(), high.trim());
    let unit = high.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let has_unit = !low.ends_with(|c: char| c.is_ascii_digit());
    let low = if has_unit || kind == Kind::Resolution { low.to_owned() } else { format!("{low}{unit}") };
    let (low, high) = (value(kind, &low)?, value(kind, high)?);
    if size(&low) > size(&high) {
        return Err("the range begins above its end".to_owned());
    }
    Ok(vec![(Operator::GreaterOrEqual, low), (Operator::LessOrEqual, high)])
}

/// A value by which two of one kind are ordered.
fn size(value: &ExpectedValue) -> f64 {
    match value {
        ExpectedValue::Number(number) | ExpectedValue::Seconds(number) => *number,
        ExpectedValue::Ratio(ratio) => ratio.get(),
        ExpectedValue::Bitrate(rate) => rate.bits_per_second() as f64,
        ExpectedValue::Resolution { width, height } => f64::from(*width) * f64::from(*height),
        ExpectedValue::Boolean(_) | ExpectedValue::Text(_) => 0.0,
    }
}

/// Reads an operator and a value.
fn bound(kind: Kind, text: &str) -> Result<(Operator, ExpectedValue), String> {
    let (operator, rest) = OPERATORS
        .iter()
        .find_map(|(sign, operator)| Some((*operator, text.strip_prefix(sign)?.trim())))
        .unwrap_or((Operator::Equal, text));
    let value = value(kind, rest)?;
    let has_order = !matches!(kind, Kind::Boolean | Kind::Text | Kind::Word(_));
    if !has_order && !matches!(operator, Operator::Equal | Operator::NotEqual) {
        return Err(format!("{text:?} compares what has no order"));
    }
    Ok((operator, value))
}

fn value(kind: Kind, text: &str) -> Result<ExpectedValue, String> {
    let with_unit = |UnitError(reason)| reason;
    Ok(match kind {
        Kind::Boolean => match text {
            "true" => ExpectedValue::Boolean(true),
            "false" => ExpectedValue::Boolean(false),
            _ => return Err(format!("{text:?} is neither")),
        },
        Kind::Number => match text.parse::<f64>() {
            Ok(number) if number.is_finite() => ExpectedValue::Number(number),
            _ => return Err(format!("{text:?} is no number")),
        },
        Kind::Ratio => ExpectedValue::Ratio(text.parse().map_err(with_unit)?),
        Kind::Bitrate => ExpectedValue::Bitrate(text.parse().map_err(with_unit)?),
        Kind::Time => ExpectedValue::Seconds(parse_duration(text).map_err(with_unit)?.as_secs_f64()),
        Kind::Resolution => {
            let numbers =
                text.split_once('x').and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
            match numbers {
                Some((width, height)) => ExpectedValue::Resolution { width, height },
                None => return Err(format!("{text:?} is no resolution")),
            }
        }
        Kind::Text => ExpectedValue::Text(text.to_owned()),
        Kind::Word(words) if words.contains(&text) => ExpectedValue::Text(text.to_owned()),
        Kind::Word(words) => return Err(format!("{text:?} is none of {}", words.join(", "))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(metric: Metric, text: &str) -> String {
        let steps = [Duration::from_secs(8), Duration::from_secs(16)];
        match Condition::parse(metric, text, Context { repeat: 6, steps: &steps }) {
            Ok(Condition { level, aggregate, window, bounds }) => {
                let window = window.map(|window| window.to_string()).unwrap_or_default();
                let aggregate = aggregate.map(|aggregate| aggregate.to_string()).unwrap_or_default();
                format!("{text:?}: {} {aggregate} {bounds:?} {window}", level.as_str())
            }
            Err(error) => format!("{text:?}: {error}"),
        }
    }

    #[test]
    fn everything_that_can_be_written() {
        let of = |metric: Metric| move |text: &&str| said(metric, text);
        let rate = [
            ">= 300 kbit/s",
            "300..500 kbit/s",
            "300 kbit/s..1 Mbit/s",
            "warn: median >= 300 kbit/s after 10 s",
            "at least 4 of 6 < 2 Mbit/s last 5 s",
            "p95 > 1 Mbit/s between 10 s and 1 min",
            "all >= 1 kbit/s in step 0",
            "info: any >= 1 kbit/s in step 2",
            "> 1 kbit/s in step 3",
            "500..300 kbit/s",
            "at least 7 of 6 > 1 kbit/s",
            "at least 2 of 3 > 1 kbit/s",
            "at most 2 > 1 kbit/s",
            "> 1 kbit/s between 5 s and 2 s",
            "> 1 kbit/s after lunch",
            "p100 > 1 kbit/s",
        ];
        let reason = ["Bandwidth too low.", "any == Bandwidth too low.", "all is lost", "median == x", "warn: x"];
        let link = ["<= 200 ms", "1 ms..200 ms", "<= 200 ms last 5 s", "median <= 200"];
        let lines = rate.iter().map(of(Metric::VideoBitrate));
        let lines = lines.chain(reason.iter().map(of(Metric::VideoReason)));
        let lines = lines.chain(link.iter().map(of(Metric::LinkRoundTripTime)));
        let lines = lines.chain(["2..3.5", "..3"].iter().map(of(Metric::VideoMos)));
        let words = ["tls", "!= udp", "all == tcp", "warn: UDP", "quic", "< tcp", "median tcp", ""];
        let lines = lines.chain(words.iter().map(of(Metric::MediaTransport)));
        let lines = lines.chain(["320x240..640x480"].iter().map(of(Metric::VideoRecommendedResolution)));
        insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"));
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "[ -~]{0,30}") {
            for metric in [Metric::VideoBitrate, Metric::VideoReason, Metric::VideoMos, Metric::LinkRoundTripTime] {
                let _ = said(metric, &text);
            }
        }
    }
}
