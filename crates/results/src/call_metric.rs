//! The values that a call has of metrics: of one participant or one subscription, or of several of them together.

use crate::call::{CallResult, ParticipantResult, SubscriptionResult};
use crate::{FrameSize, Metric, MetricValue, ReadCall, Subject};

impl CallResult {
    /// Returns the value of a metric over the part of the call that a subject selects, or over the whole call: the
    /// worst of all participants or subscriptions, so that a bound holds for each of them. Of events it is their
    /// number, and of texts the one that all have in common.
    ///
    /// `None` where the subject selects nothing, or where a participant or a subscription that has such a stream has no
    /// value: a frame that never came is not left out.
    pub fn metric(&self, metric: Metric, subject: Option<&Subject>) -> Option<MetricValue> {
        let read = metric.row().call?;
        let participants =
            self.participants.iter().filter(|one| subject.is_none_or(|subject| subject.participant == one.name));
        let publisher = subject.and_then(|subject| subject.publisher.as_deref());
        let subscriptions = |one: &ParticipantResult| -> Vec<SubscriptionResult> {
            one.subscriptions.iter().filter(|one| publisher.is_none_or(|name| one.publisher == name)).cloned().collect()
        };
        let mut values = Vec::new();
        for participant in participants {
            match read {
                ReadCall::Events(kind) => {
                    let of = participant.events.iter().filter(|events| events.what == kind);
                    let of = of.filter(|events| publisher.is_none_or(|name| events.from.as_deref() == Some(name)));
                    values.push(Some(MetricValue::Number(of.map(|events| events.count).sum::<u64>() as f64)));
                }
                ReadCall::Reason(kind) => {
                    let of = participant.events.iter().filter(|events| events.what == kind);
                    let of = of.filter(|events| publisher.is_none_or(|name| events.from.as_deref() == Some(name)));
                    values.extend(
                        of.filter_map(|events| events.reason.clone()).map(|text| Some(MetricValue::Text(text))),
                    );
                }
                // A participant by itself has no publisher.
                ReadCall::Participant(_) if publisher.is_some() => {}
                ReadCall::Participant(read) => values.extend(read(participant).map(Some)),
                ReadCall::Subscription(read) => values.extend(subscriptions(participant).iter().map(read)),
                ReadCall::Video(read) => {
                    values.extend(subscriptions(participant).iter().filter_map(|one| one.video.as_ref()).map(read));
                }
                ReadCall::Audio(read) => {
                    values.extend(subscriptions(participant).iter().filter_map(|one| one.audio.as_ref()).map(read));
                }
            }
        }
        let values: Vec<_> = values.into_iter().collect::<Option<_>>()?;
        match read {
            ReadCall::Events(_) => {
                let sum = |values: &[MetricValue]| values.iter().filter_map(MetricValue::number).sum::<f64>();
                (!values.is_empty()).then(|| MetricValue::Number(sum(&values)))
            }
            _ => values.into_iter().reduce(|one, other| worse(metric, one, other)),
        }
    }
}

/// Returns the worse one of two values; of values that are neither, both as a text.
fn worse(metric: Metric, one: MetricValue, other: MetricValue) -> MetricValue {
    match (one, other) {
        (MetricValue::Number(one), MetricValue::Number(other)) => {
            MetricValue::Number(if metric.more_is_better() { one.min(other) } else { one.max(other) })
        }
        (MetricValue::Boolean(one), MetricValue::Boolean(other)) => {
            MetricValue::Boolean(if metric.more_is_better() { one && other } else { one || other })
        }
        (MetricValue::Text(one), MetricValue::Text(other)) => {
            let pixels = |text: &str| text.parse().ok().map(FrameSize::pixels);
            MetricValue::Text(match (pixels(&one), pixels(&other)) {
                (Some(first), Some(second)) => {
                    if first <= second {
                        one
                    } else {
                        other
                    }
                }
                _ if one == other => one,
                _ => format!("{one}, {other}"),
            })
        }
        // A metric has values of one kind.
        (one, _) => one,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CallEventKind, EventCount, ReceivedVideo};

    fn subscription(publisher: &str, frame_rate: Option<f64>, resolution: &str) -> SubscriptionResult {
        SubscriptionResult {
            publisher: publisher.to_owned(),
            stream: "camera".to_owned(),
            video: Some(ReceivedVideo { frame_rate, resolution: resolution.parse().ok(), ..ReceivedVideo::default() }),
            ..SubscriptionResult::default()
        }
    }

    fn call() -> CallResult {
        let events = |from: &str, count, reason: Option<&str>| EventCount {
            what: CallEventKind::StreamDestroyed,
            from: Some(from.to_owned()),
            count,
            reason: reason.map(str::to_owned),
        };
        let bob = ParticipantResult {
            name: "bob".to_owned(),
            connect_time: Some(0.3),
            events: vec![events("alice", 2, Some("clientDisconnected")), events("carol", 1, None)],
            subscriptions: vec![
                subscription("alice", Some(29.0), "640x480"),
                subscription("carol", Some(12.0), "320x240"),
                SubscriptionResult { publisher: "dave".to_owned(), ..SubscriptionResult::default() },
            ],
            ..ParticipantResult::default()
        };
        let alice = ParticipantResult { name: "alice".to_owned(), connect_time: Some(0.5), ..bob.clone() };
        let alice = ParticipantResult { events: Vec::new(), subscriptions: Vec::new(), ..alice };
        CallResult { participants: vec![alice, bob] }
    }

    fn subject(participant: &str, publisher: Option<&str>) -> Subject {
        Subject { participant: participant.to_owned(), publisher: publisher.map(str::to_owned) }
    }

    #[test]
    fn values_are_the_worst_of_what_is_selected() {
        let call = call();
        let number = |metric, subject: Option<&Subject>| call.metric(metric, subject).and_then(|value| value.number());
        let (bob, of_alice) = (subject("bob", None), subject("bob", Some("alice")));
        assert_eq!(number(Metric::VideoFrameRate, None), Some(12.0), "a stream without video does not count");
        assert_eq!(number(Metric::VideoFrameRate, Some(&of_alice)), Some(29.0));
        assert_eq!(number(Metric::ConnectTime, None), Some(0.5));
        assert_eq!(number(Metric::ConnectTime, Some(&bob)), Some(0.3));
        assert_eq!(number(Metric::EventsStreamDestroyed, None), Some(3.0));
        assert_eq!(number(Metric::EventsStreamDestroyed, Some(&of_alice)), Some(2.0));
        assert_eq!(number(Metric::EventsStreamDestroyed, Some(&subject("alice", None))), Some(0.0));
        assert_eq!(number(Metric::VideoFrameRate, Some(&subject("nobody", None))), None);
        let text = |metric, subject: &Subject| call.metric(metric, Some(subject));
        assert_eq!(text(Metric::VideoResolution, &bob), Some(MetricValue::Text("320x240".to_owned())));
        let reason = MetricValue::Text("clientDisconnected".to_owned());
        assert_eq!(text(Metric::StreamDestroyedReason, &of_alice), Some(reason));
    }

    #[test]
    fn a_value_that_is_missing_is_not_left_out() {
        let mut call = call();
        call.participants[1].subscriptions[0] = subscription("alice", None, "640x480");
        assert_eq!(call.metric(Metric::VideoFrameRate, None), None);
        let of_carol = subject("bob", Some("carol"));
        assert_eq!(call.metric(Metric::VideoFrameRate, Some(&of_carol)), Some(MetricValue::Number(12.0)));
    }
}
