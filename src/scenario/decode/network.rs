//! `[network]`: what stands directly in it goes for both directions, `up` and `down` for one.

use std::str::FromStr;

use crate::network::{LinkConfig, NetworkConfig, Queue};
use crate::scenario::table::{Problems, Reader};
use crate::units::{Bitrate, ByteSize, Ratio, UnitError, parse_duration};

/// The slowest rate that makes sense: an audio stream needs 30 kbit/s, and a packet must still pass in a second or so.
const SLOWEST: Bitrate = Bitrate::from_bits_per_second(8_000);

/// Reads the table.
pub(super) fn decode(mut reader: Reader<'_>, problems: &mut Problems) -> NetworkConfig {
    let both = link(&mut reader, &Fields::default(), problems);
    let mut direction = |key| match reader.table(key, problems) {
        Some(mut table) => {
            let fields = link(&mut table, &both, problems);
            let span = table.span().clone();
            table.finish(problems);
            (fields, span)
        }
        None => (both.clone(), reader.span().clone()),
    };
    let (up, down) = (direction("up"), direction("down"));
    reader.finish(problems);
    NetworkConfig { up: up.0.checked(&up.1, problems), down: down.0.checked(&down.1, problems), steps: Vec::new() }
}

/// The fields of a direction, as far as they were given.
#[derive(Clone, Default)]
struct Fields {
    config: LinkConfig,
    has_queue: bool,
}

impl Fields {
    /// What makes no sense together is wrong.
    fn checked(self, span: &std::ops::Range<usize>, problems: &mut Problems) -> LinkConfig {
        if self.has_queue && self.config.rate.is_none() {
            let help = "give a `rate` as well, or leave `queue` out: without a rate nothing ever waits";
            problems.add(span, "`queue` without `rate` has no effect", "no rate", help);
        }
        if self.config.jitter > self.config.delay {
            let help = "write a `delay` at least as long as `jitter`, which goes both ways from it";
            problems.add(span, "`jitter` is longer than `delay`", "packets would arrive before they were sent", help);
        }
        self.config
    }
}

fn link(reader: &mut Reader<'_>, base: &Fields, problems: &mut Problems) -> Fields {
    let mut fields = base.clone();
    if let Some((rate, node)) = reader.quantity("rate", "400 kbit/s", Bitrate::from_str, problems) {
        if rate < SLOWEST {
            let message = format!("`{}` is too slow to carry any media", reader.path_of("rate"));
            problems.add(&node.span, message, "too slow", format!("write {SLOWEST} or more"));
        }
        fields.config.rate = Some(rate);
    }
    if let Some((delay, _)) = reader.quantity("delay", "80 ms", parse_duration, problems) {
        fields.config.delay = delay;
    }
    if let Some((jitter, _)) = reader.quantity("jitter", "10 ms", parse_duration, problems) {
        fields.config.jitter = jitter;
    }
    if let Some((loss, _)) = reader.quantity("loss", "2 %", Ratio::from_str, problems) {
        fields.config.loss = Some(loss);
    }
    if let Some((queue, _)) = reader.quantity("queue", "300 ms", queue, problems) {
        fields.config.queue = queue;
        fields.has_queue = true;
    }
    fields
}

/// A queue is a time or an amount of data.
fn queue(text: &str) -> Result<Queue, UnitError> {
    match parse_duration(text) {
        Ok(time) => Ok(Queue::Time(time)),
        Err(_) => text.parse::<ByteSize>().map(Queue::Size).map_err(|_| {
            UnitError(format!("{text:?} is no queue; write a time such as \"300 ms\" or an amount such as \"64 kB\""))
        }),
    }
}
