//! What happened in a case, in the order of time: changes of its network, events of its platform, and lines of the
//! console.

use crate::format;
use precall_results::{CallEvent, CallEventLine, CaseResult, CaseSeries, ConsoleLine, PlatformLine};

/// The source of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EventSource {
    /// The network of the case changed.
    Network,
    /// Something happened in the page of a participant of a call.
    Call,
    /// A fault of the platform began.
    Fault,
    /// The SDK logged a step.
    SdkLog,
    /// The session or a stream changed, or the platform refused something.
    Platform,
    /// The page wrote an error or a warning to its console, threw an exception, or crashed.
    Trouble,
    /// The page wrote another line to its console.
    Console,
}

impl EventSource {
    /// Every source, in the order of their rows in a chart, from the top.
    pub(super) const ALL: [Self; 7] =
        [Self::Network, Self::Call, Self::Fault, Self::SdkLog, Self::Platform, Self::Trouble, Self::Console];

    /// Returns the name of the source.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Call => "call",
            Self::Fault => "fault",
            Self::SdkLog => "SDK log",
            Self::Platform => "platform",
            Self::Trouble => "console, errors and warnings",
            Self::Console => "console",
        }
    }

    /// Whether the page wrote the event to its console.
    pub(super) fn is_console(self) -> bool {
        matches!(self, Self::Trouble | Self::Console)
    }

    /// Returns the CSS class of the source.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Network => "e0",
            Self::Call => "e6",
            Self::Fault => "e1",
            Self::SdkLog => "e2",
            Self::Platform => "e3",
            Self::Trouble => "e4",
            Self::Console => "e5",
        }
    }
}

/// Something that happened in a case.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TimelineEvent {
    /// The time in seconds since the network was applied; negative before.
    pub at: f64,
    pub source: EventSource,
    /// The kind of the event within its source, such as `error` or `fault began`; empty for a change of the network.
    pub kind: String,
    pub text: String,
}

/// Returns the events of a case, the first one first.
pub(super) fn timeline(case: &CaseResult, series: &CaseSeries) -> Vec<TimelineEvent> {
    let steps = if case.network.applied { format::network_steps(&case.network.requested) } else { Vec::new() };
    let end = series.link.last().map_or(f64::INFINITY, |(at, _)| *at);
    // Steps after the end of the test did not happen.
    let steps = steps.into_iter().filter(|(at, _)| *at <= end).map(|(at, text)| TimelineEvent {
        at,
        source: EventSource::Network,
        kind: String::new(),
        text,
    });
    let platform = series.platform.iter().map(|(at, line)| of_platform(*at, line));
    let console = series.console.iter().map(|(at, line)| of_console(*at, line));
    let call = series.call.iter().map(of_call);
    let mut events: Vec<_> = steps.chain(platform).chain(console).chain(call).collect();
    events.sort_by(|a, b| a.at.total_cmp(&b.at));
    events
}

fn of_platform(at: f64, line: &PlatformLine) -> TimelineEvent {
    let detail = |name: &str| line.details.get(name).map(String::as_str).unwrap_or_default();
    let (source, text) = match line.what.as_str() {
        PlatformLine::LOGGED => (EventSource::SdkLog, format!("{} {}", detail("action"), detail("variation"))),
        PlatformLine::FAULT => (EventSource::Fault, format!("{}: {}", detail("service"), detail("action"))),
        _ => {
            let details: Vec<_> = line.details.iter().map(|(name, value)| format!("{name} {value}")).collect();
            (EventSource::Platform, details.join(", "))
        }
    };
    TimelineEvent { at, source, kind: line.what.clone(), text }
}

fn of_call(line: &CallEventLine) -> TimelineEvent {
    let CallEvent { what, from, stream, seconds, detail, value, passed, error, .. } = &line.event;
    let error = error.as_ref().map(|error| format!("{}: {}", error.name, error.message));
    let parts = [
        Some(line.participant.clone()),
        from.as_ref().map(|from| format!("← {from}")),
        stream.clone(),
        detail.clone(),
        seconds.map(|seconds| format!("after {seconds:.2} s")),
        value.map(|value| value.to_string()),
        passed.map(|passed| passed.to_string()),
        error,
    ];
    let text = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    TimelineEvent { at: line.at, source: EventSource::Call, kind: what.as_str().to_owned(), text }
}

fn of_console(at: f64, line: &ConsoleLine) -> TimelineEvent {
    let is_trouble = matches!(line.level.as_str(), "error" | "exception" | "crash" | "assert" | "warning" | "warn");
    let source = if is_trouble { EventSource::Trouble } else { EventSource::Console };
    let participant = line.participant.iter().map(|name| format!("{name}: ")).collect::<String>();
    TimelineEvent { at, source, kind: line.level.clone(), text: format!("{participant}{}", line.text) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use precall_netem::units::Bitrate;
    use precall_netem::{LinkConfig, NetworkStep};

    use super::*;
    use crate::fixture::{recorded, series};

    #[test]
    fn events_of_all_sources_are_in_the_order_of_time() {
        let mut case = recorded().result.cases.remove(1);
        let slow =
            LinkConfig { rate: Some(Bitrate::from_bits_per_second(100_000)), ..case.network.requested.up.clone() };
        let down = case.network.requested.down.clone();
        case.network.applied = true;
        case.network.requested.steps = vec![
            NetworkStep { at: Duration::from_secs(2), up: slow.clone(), down: down.clone() },
            NetworkStep { at: Duration::from_secs(400), up: slow, down },
        ];
        let mut series = series(10);
        let line = |what: &str, details: &[(&str, &str)]| PlatformLine {
            what: what.to_owned(),
            details: details
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect::<BTreeMap<_, _>>(),
        };
        series.platform = vec![
            (-0.5, line("fault began", &[("service", "messaging"), ("action", "delay 800 ms")])),
            (0.4, line("client logged", &[("action", "Publish"), ("variation", "Attempt")])),
            (0.9, line("published", &[("session", "s"), ("stream", "1")])),
        ];
        let texts: Vec<_> = timeline(&case, &series)
            .iter()
            .map(|event| format!("{} {}, {}: {}", event.at, event.source.name(), event.kind, event.text))
            .collect();
        insta::assert_snapshot!(texts.join("\n"));
    }
}
