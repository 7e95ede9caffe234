//! The fields of one direction of a network.

use std::str::FromStr;

use super::{impairment, trace};
use crate::diagnostic::Fix;
use crate::problems::Problems;
use crate::suggest::closest;
use crate::table::TableReader;
use crate::written::quoted;
use precall_netem::units::{Bitrate, ByteSize, Ratio, UnitError, parse_duration};
use precall_netem::{Blips, BurstLoss, LinkConfig, Outage, Queue, Reordering, Trace};

/// The slowest allowed rate. Audio needs 30 kbit/s, and a packet should still pass in about a second.
const SLOWEST: Bitrate = Bitrate::from_bits_per_second(8_000);

/// The value of `rate` that removes a rate of the profile or of an earlier step.
const UNLIMITED: &str = "unlimited";

/// The fields of a direction; `None` if the table does not have the field.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields {
    rate: Option<Rate>,
    queue: Option<Queue>,
    delay: Option<std::time::Duration>,
    jitter: Option<std::time::Duration>,
    jitter_correlation: Option<Ratio>,
    jitter_reorders: Option<bool>,
    loss: Option<Ratio>,
    burst: Option<BurstLoss>,
    reorder: Option<Reordering>,
    duplicate: Option<Ratio>,
    outages: Option<Vec<Outage>>,
    blips: Option<Blips>,
}

/// The rate of a direction; each kind excludes the others.
#[derive(Debug, Clone)]
enum Rate {
    Unlimited,
    Limited(Bitrate),
    Recorded(Trace),
}

impl Fields {
    /// Reads the keys of a direction.
    pub(super) fn read(reader: &mut TableReader<'_>, problems: &mut Problems) -> Self {
        let jitter_correlation =
            reader.quantity("jitterCorrelation", "25 %", Ratio::from_str, problems).map(|(correlation, node)| {
                if correlation.get() >= 1.0 {
                    let help = "write less than \"100 %\", or remove `jitter` and add it to `delay`";
                    problems.add(&node.span, "jitter with a correlation of 100 % never changes", "too much", help);
                }
                correlation
            });
        let duration = |reader: &mut TableReader<'_>, key, example, problems: &mut Problems| {
            reader.quantity(key, example, parse_duration, problems).map(|(time, _)| time)
        };
        let share = |reader: &mut TableReader<'_>, key, example, problems: &mut Problems| {
            reader.quantity(key, example, Ratio::from_str, problems).map(|(share, _)| share)
        };
        Self {
            rate: rate(reader, problems),
            queue: queue(reader, problems),
            delay: duration(reader, "delay", "80 ms", problems),
            jitter: duration(reader, "jitter", "10 ms", problems),
            jitter_correlation,
            jitter_reorders: reader.boolean("jitterReorders", problems),
            loss: share(reader, "loss", "2 %", problems),
            burst: reader.table("burst", problems).and_then(|table| impairment::burst(table, problems)),
            reorder: reader.table("reorder", problems).and_then(|table| impairment::reorder(table, problems)),
            duplicate: share(reader, "duplicate", "1 %", problems),
            outages: impairment::outages(reader, problems),
            blips: reader.table("blips", problems).and_then(|table| impairment::blips(table, problems)),
        }
    }

    /// Returns these fields over others: a field that is present here wins.
    pub(super) fn over(self, below: &Self) -> Self {
        Self {
            rate: self.rate.or_else(|| below.rate.clone()),
            queue: self.queue.or(below.queue),
            delay: self.delay.or(below.delay),
            jitter: self.jitter.or(below.jitter),
            jitter_correlation: self.jitter_correlation.or(below.jitter_correlation),
            jitter_reorders: self.jitter_reorders.or(below.jitter_reorders),
            loss: self.loss.or(below.loss),
            burst: self.burst.or(below.burst),
            reorder: self.reorder.or(below.reorder),
            duplicate: self.duplicate.or(below.duplicate),
            outages: self.outages.or_else(|| below.outages.clone()),
            blips: self.blips.or(below.blips),
        }
    }

    /// Returns whether the table has a queue.
    pub(super) fn has_queue(&self) -> bool {
        self.queue.is_some()
    }

    /// Returns the link, with defaults for absent fields.
    pub(super) fn config(&self) -> LinkConfig {
        let (rate, trace) = match &self.rate {
            None | Some(Rate::Unlimited) => (None, None),
            Some(Rate::Limited(rate)) => (Some(*rate), None),
            Some(Rate::Recorded(trace)) => (None, Some(trace.clone())),
        };
        LinkConfig {
            rate,
            trace,
            queue: self.queue.unwrap_or_default(),
            delay: self.delay.unwrap_or_default(),
            jitter: self.jitter.unwrap_or_default(),
            jitter_correlation: self.jitter_correlation.unwrap_or_default(),
            jitter_reorders: self.jitter_reorders.unwrap_or_default(),
            loss: self.loss,
            burst: self.burst,
            reorder: self.reorder,
            duplicate: self.duplicate,
            outages: self.outages.clone().unwrap_or_default(),
            blips: self.blips,
        }
    }
}

fn rate(reader: &mut TableReader<'_>, problems: &mut Problems) -> Option<Rate> {
    let trace = trace::read(reader, problems);
    let word = |text: &str| match text.parse::<Bitrate>() {
        _ if text == UNLIMITED => Ok(None),
        Err(error) if closest(text, &[UNLIMITED]).is_some() => Err(UnitError::corrected(error.reason, UNLIMITED)),
        rate => rate.map(Some),
    };
    let rate = reader.quantity("rate", "400 kbit/s", word, problems);
    if let (Some(span), Some(_)) = (reader.key_span("rate"), reader.key_span("trace")) {
        let help = "keep one: a trace is a recorded rate";
        problems.add(&span, "a link has a `rate` or a `trace`, not both", "one too many", help);
    }
    match (rate, trace) {
        (_, Some(trace)) => Some(Rate::Recorded(trace)),
        (None, None) => None,
        (Some((None, _)), None) => Some(Rate::Unlimited),
        (Some((Some(rate), node)), None) => {
            if rate < SLOWEST {
                let message = format!("`{}` is too slow to carry any media", reader.path_of("rate"));
                let help = format!("write \"{SLOWEST}\" or more; for a link that is down, `loss = \"100 %\"`");
                let fix = Fix::of(node, quoted(&SLOWEST.to_string()));
                problems.add_fixed(&node.span, message, "too slow", help, Some(fix));
            }
            Some(Rate::Limited(rate))
        }
    }
}

/// Reads a queue: a time or an amount of data, greater than zero.
fn queue(reader: &mut TableReader<'_>, problems: &mut Problems) -> Option<Queue> {
    let read = |text: &str| {
        let as_time = match parse_duration(text) {
            Ok(time) => return Ok(Queue::Time(time)),
            Err(error) => error,
        };
        let as_size = match text.parse::<ByteSize>() {
            Ok(size) => return Ok(Queue::Size(size)),
            Err(error) => error,
        };
        let reason = format!("{text:?} is not a queue");
        Err(match as_time.instead.or(as_size.instead) {
            Some(instead) => UnitError::corrected(reason, instead),
            None => UnitError::new(reason, "write a time such as \"300 ms\" or an amount such as \"64 kB\""),
        })
    };
    let (queue, node) = reader.quantity("queue", "300 ms", read, problems)?;
    let is_empty = match queue {
        Queue::Time(time) => time.is_zero(),
        Queue::Size(size) => size.bytes() == 0,
    };
    if is_empty {
        let help = "write at least the time of one packet, such as \"30 ms\", or \"1500 B\"";
        problems.add(&node.span, "an empty queue drops every packet that has to wait", "empty", help);
    }
    Some(queue)
}
