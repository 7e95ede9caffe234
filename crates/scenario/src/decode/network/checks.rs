//! Checks for settings of a network that contradict each other.

use std::ops::Range;
use std::time::Duration;

use crate::problems::Problems;
use precall_netem::units::format_duration;
use precall_netem::{LinkConfig, NetworkConfig};

/// Checks one direction at one time.
pub(super) fn link(config: &LinkConfig, span: &Range<usize>, problems: &mut Problems) {
    if config.jitter > config.delay {
        let help = "write a `delay` at least as long as `jitter`, since jitter also shortens the delay";
        problems.add(span, "`jitter` is longer than `delay`", "packets would arrive before they were sent", help);
    }
}

/// Checks the order of two steps.
pub(super) fn order(last: Duration, at: Duration, span: &Range<usize>, problems: &mut Problems) {
    if at.is_zero() {
        let help = "write its fields in [network] itself, or a later `at`";
        problems.add(span, "a step at time 0 has no effect", "at 0", help);
    } else if at <= last {
        let message =
            format!("this step comes at {}, and the one above it at {}", format_duration(at), format_duration(last));
        problems.add(span, message, "out of order", "write steps in chronological order, each at a different time");
    }
}

/// Checks that a queue has an effect.
pub(super) fn queue(config: &NetworkConfig, span: &Range<usize>, problems: &mut Problems) {
    let is_limited = |config: &LinkConfig| config.nominal_rate().is_some();
    let limited = [&config.up, &config.down]
        .into_iter()
        .chain(config.steps.iter().flat_map(|step| [&step.up, &step.down]))
        .any(is_limited);
    if !limited {
        let help = "add a `rate`, or remove `queue`: without a rate no packet waits";
        problems.add(span, "`queue` without `rate` has no effect", "no rate", help);
    }
}

/// Reports the settings that Chrome's emulation does not support. None of them is ignored silently.
pub(super) fn devtools(config: &NetworkConfig, span: &Range<usize>, problems: &mut Problems) {
    let mut unsupported = Vec::new();
    for (_, up, down) in config.parts() {
        let has = |is: fn(&LinkConfig) -> bool| is(up) || is(down);
        let fields = [
            ("`trace`", has(|link| link.trace.is_some())),
            ("`jitter`", has(|link| !link.jitter.is_zero())),
            ("`burst`", has(|link| link.burst.is_some())),
            ("`reorder`", has(|link| link.reorder.is_some())),
            ("`duplicate`", has(|link| link.duplicate.is_some())),
            ("`outage`", has(|link| !link.outages.is_empty())),
            ("`blips`", has(|link| link.blips.is_some())),
            ("a different `delay` in each direction", up.delay != down.delay),
            ("a different `loss` in each direction", up.loss.unwrap_or_default() != down.loss.unwrap_or_default()),
        ];
        unsupported.extend(fields.into_iter().filter(|(_, is_asked)| *is_asked).map(|(field, _)| field));
    }
    unsupported.sort_unstable();
    unsupported.dedup();
    if !unsupported.is_empty() {
        let message = format!("Chrome's emulation does not support {}", unsupported.join(", "));
        let help = "remove `backend`, so that precall's links apply the network, or use only `rate`, `queue`, `delay` and `loss`";
        problems.add(span, message, "not with `devtools`", help);
    }
}
