//! The text of an expectation: `warn: median >= 3.4 after 10 s`.

mod bound;
mod value;

use std::time::Duration;

use precall_netem::units::{UnitError, parse_duration};
use precall_results::CaseKind;
use precall_results::Metric;
use precall_results::MetricKind;
use precall_results::{Aggregate, ExpectedValue, Level, Operator, Window};
use precall_support::text::count;

pub(super) use value::size;

/// The conditions that a text puts on a metric. A range is two conditions.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Condition {
    pub level: Level,
    pub aggregate: Option<Aggregate>,
    pub window: Option<Window>,
    pub bounds: Vec<(Operator, ExpectedValue)>,
}

/// The parts of the case to which a condition can refer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context<'a> {
    /// Number of repeats of the case.
    pub repeat: u32,
    /// Start times of the steps of the network.
    pub steps: &'a [Duration],
    /// Whether the case runs a network test or a call.
    pub kind: CaseKind,
    /// Whether the participants are pages of an application.
    pub is_app: bool,
    /// The names of the participants of a call.
    pub participants: &'a [&'a str],
}

/// The error of a part of a text.
struct Wrong<'t> {
    error: UnitError,
    part: &'t str,
}

impl<'t> Wrong<'t> {
    fn new(error: UnitError, part: &'t str) -> Self {
        Self { error, part }
    }

    /// Returns the error of the whole text.
    fn within(self, text: &str) -> UnitError {
        let start = (self.part.as_ptr() as usize).wrapping_sub(text.as_ptr() as usize);
        let end = start.wrapping_add(self.part.len());
        match (text.get(..start), text.get(end..)) {
            (Some(before), Some(after)) if start <= end => self.error.within(before, after),
            // A part that the parser put together is not a part of the text.
            _ => UnitError { instead: None, ..self.error },
        }
    }
}

impl Condition {
    /// A bound without level, quantile and time.
    pub(crate) fn plain(operator: Operator, value: ExpectedValue) -> Self {
        Self { level: Level::Error, aggregate: None, window: None, bounds: vec![(operator, value)] }
    }

    /// Parses a text.
    ///
    /// # Errors
    ///
    /// Returns the reason, and the corrected text if it is clear what is meant.
    pub(crate) fn parse(metric: Metric, text: &str, context: Context<'_>) -> Result<Self, UnitError> {
        Self::read(metric, text, context).map_err(|wrong| wrong.within(text))
    }

    fn read<'t>(metric: Metric, text: &'t str, context: Context<'_>) -> Result<Self, Wrong<'t>> {
        let kind = metric.kind();
        let (level, rest) = level(text.trim());
        let (aggregate, rest) = aggregate(kind, rest, context)?;
        let (window, rest) = match kind {
            // Texts have no further parts. Words in them belong to the value.
            MetricKind::Text | MetricKind::Word(_) | MetricKind::Boolean => (None, rest),
            _ => window(metric, rest, context)?,
        };
        let bounds = match rest.split_once("..") {
            Some((low, high)) if !matches!(kind, MetricKind::Text | MetricKind::Word(_) | MetricKind::Boolean) => {
                bound::range(kind, rest, low, high)?
            }
            _ => vec![bound::bound(kind, rest)?],
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

fn aggregate<'t>(
    kind: MetricKind,
    text: &'t str,
    context: Context<'_>,
) -> Result<(Option<Aggregate>, &'t str), Wrong<'t>> {
    let Some((word, rest)) = text.split_once(char::is_whitespace) else { return Ok((None, text)) };
    let rest = rest.trim_start();
    let percent = word.strip_prefix('p').and_then(|percent| percent.parse::<u8>().ok());
    let (found, rest) = match (word, percent) {
        ("all", _) => (Aggregate::All, rest),
        ("any", _) => (Aggregate::Any, rest),
        ("median", _) => (Aggregate::Percentile(50), rest),
        (_, Some(percent)) if (1..=99).contains(&percent) => (Aggregate::Percentile(percent), rest),
        ("at", _) => at_least(text, rest, context)?,
        _ => return Ok((None, text)),
    };
    if kind == MetricKind::Text && !bound::begins_with_operator(rest) {
        return Ok((None, text));
    }
    let has_quantiles = matches!(kind, MetricKind::Number | MetricKind::Ratio | MetricKind::Bitrate | MetricKind::Time);
    if matches!(found, Aggregate::Percentile(_)) && !has_quantiles {
        let reason = format!("{text:?} needs a number for a {found}");
        let instead = UnitError::corrected(reason, format!("all {rest}"));
        return Err(Wrong::new(instead, text));
    }
    Ok((Some(found), rest))
}

/// Parses `least 4 of 6 …`, the text after `at`. `whole` begins with it.
fn at_least<'t>(whole: &'t str, text: &'t str, context: Context<'_>) -> Result<(Aggregate, &'t str), Wrong<'t>> {
    let wrong = || {
        let not_a_share =
            UnitError::new("it begins like a share of the repeats", "write it as in \"at least 4 of 6 >= 3.4\"");
        // `at least 3.4` is a bound.
        let bound = [("least", ">="), ("most", "<=")].iter().find_map(|(word, sign)| {
            let value = text.strip_prefix(word).map(str::trim).filter(|value| !value.contains(" of "))?;
            Some(UnitError::corrected(
                format!("a bound begins with an operator, not with words, in {whole:?}"),
                format!("{sign} {value}"),
            ))
        });
        Wrong::new(bound.unwrap_or(not_a_share), whole)
    };
    let rest = text.strip_prefix("least").ok_or_else(wrong)?.trim_start();
    let (number, rest) = rest.split_once(char::is_whitespace).ok_or_else(wrong)?;
    let rest = rest.trim_start().strip_prefix("of").ok_or_else(wrong)?.trim_start();
    let (of_text, rest) = rest.split_once(char::is_whitespace).ok_or_else(wrong)?;
    let (number, of): (u32, u32) = (number.parse().map_err(|_| wrong())?, of_text.parse().map_err(|_| wrong())?);
    if of != context.repeat {
        let runs = count(context.repeat as usize, "time", "times");
        let reason = format!("the case runs {runs} (`repeat`), not {of}");
        let error = match number <= context.repeat {
            true => UnitError::corrected(reason, context.repeat.to_string()),
            false => UnitError::new(reason, format!("write `repeat = {of}` in the case too")),
        };
        return Err(Wrong::new(error, of_text));
    }
    if number == 0 || number > of {
        let reason = format!("at least {number} of {of} is not a share of the repeats");
        return Err(Wrong::new(UnitError::new(reason, format!("write a number from 1 to {of}")), whole));
    }
    Ok((Aggregate::AtLeast { count: number, of }, rest.trim_start()))
}

fn window<'t>(metric: Metric, text: &'t str, context: Context<'_>) -> Result<(Option<Window>, &'t str), Wrong<'t>> {
    let found = ["after", "last", "between", "in step"].into_iter().find_map(|word| {
        let (before, after) = text.split_once(&format!(" {word} "))?;
        Some((word, before.trim(), after.trim()))
    });
    let Some((word, before, after)) = found else { return Ok((None, text)) };
    let wrong = |reason: String, advice: &str| Wrong::new(UnitError::new(reason, advice), text);
    if !metric.row().has_parts(context.kind) {
        let whole = if context.kind == CaseKind::Call { "call" } else { "test" };
        let reason = format!("`{}` applies to the whole {whole}, and {word:?} selects a part of it", metric.as_str());
        return Err(Wrong::new(UnitError::corrected(reason, before), text));
    }
    let seconds = |text: &'t str| {
        let read = parse_duration(text.trim()).map(|time| time.as_secs_f64());
        read.map_err(|error| Wrong::new(value::of_time(text, error), text.trim()))
    };
    let window = match word {
        "after" => Window::After(seconds(after)?),
        "last" => Window::Last(seconds(after)?),
        "between" => {
            let Some((from, to)) = after.split_once(" and ") else {
                return Err(wrong("`between` needs two times".to_owned(), "write it as in \"between 10 s and 20 s\""));
            };
            let (begin, end) = (seconds(from)?, seconds(to)?);
            if begin >= end {
                let reason = format!("there is no time between {begin} s and {end} s");
                let error = match begin > end {
                    true => UnitError::corrected(reason, format!("{} and {}", to.trim(), from.trim())),
                    false => UnitError::new(reason, "write two times, the earlier one first"),
                };
                return Err(Wrong::new(error, after));
            }
            Window::Between(begin, end)
        }
        _ => step(after, context).map_err(|error| Wrong::new(error, after))?,
    };
    Ok((Some(window), before))
}

/// Returns the time from a step of the network to the next.
fn step(text: &str, context: Context<'_>) -> Result<Window, UnitError> {
    let write = "write the number of a [[network.step]], counted from 1, or 0 for the time before the first";
    let number: usize =
        text.parse().map_err(|_| UnitError::new(format!("{text:?} is not the number of a step"), write))?;
    let begin = |number: usize| match number {
        0 => Some(0.0),
        number => context.steps.get(number - 1).map(Duration::as_secs_f64),
    };
    let steps = count(context.steps.len(), "step", "steps");
    let from = begin(number).ok_or_else(|| UnitError::new(format!("the network has {steps}"), write))?;
    Ok(number.checked_add(1).and_then(begin).map_or(Window::After(from), |to| Window::Between(from, to)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(metric: Metric, text: &str) -> String {
        let steps = [Duration::from_secs(8), Duration::from_secs(16)];
        match Condition::parse(
            metric,
            text,
            Context { repeat: 6, steps: &steps, kind: CaseKind::NetworkTest, is_app: false, participants: &[] },
        ) {
            Ok(Condition { level, aggregate, window, bounds }) => {
                let window = window.map(|window| window.to_string()).unwrap_or_default();
                let aggregate = aggregate.map(|aggregate| aggregate.to_string()).unwrap_or_default();
                format!("{text:?}: {} {aggregate} {bounds:?} {window}", level.as_str())
            }
            Err(error) => format!("{text:?}: {error}"),
        }
    }

    #[test]
    fn every_form_is_parsed() {
        let of = |metric: Metric| move |text: &&str| parsed(metric, text);
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
        fn arbitrary_text_does_not_panic(text in "[ -~]{0,30}") {
            for metric in [Metric::VideoBitrate, Metric::VideoReason, Metric::VideoMos, Metric::LinkRoundTripTime] {
                let _ = parsed(metric, &text);
            }
        }
    }
}
