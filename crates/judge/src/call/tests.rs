use std::path::Path;

use super::*;
use precall_results::{
    AudioReceived, CallEvent, CallEventKind, CallEventLine, CallResult, NamedError, NetworkCheck, Outcome, Perceived,
    Presented, Quantity, StreamTracks, SubscriptionSample, VideoReceived, Window,
};
use precall_scenario::{CallSpec, CaseSpec};

/// A call of alice, who publishes, and bob, who subscribes, as it is recorded.
struct Recorded {
    case: CaseSpec,
    lines: Vec<CallEventLine>,
    samples: Vec<SubscriptionSample>,
}

fn of_alice(what: CallEventKind) -> CallEvent {
    CallEvent { from: Some("alice".to_owned()), stream: Some("camera".to_owned()), ..CallEvent::of(what) }
}

impl Recorded {
    /// A call of 20 s in which nothing goes wrong.
    fn good(expect: &str) -> Self {
        let text = format!(
            "[call]\nduration = \"20 s\"\n[[participant]]\nname = \"alice\"\n[[participant]]\nname = \"bob\"\npublish = false\n\
             [expect]\n{expect}\n"
        );
        let scenario = precall_scenario::parse(&text, Path::new("test.toml")).unwrap_or_else(|error| panic!("{error}"));
        let mut recorded =
            Self { case: scenario.cases[0].clone(), lines: Vec::new(), samples: (1..=20).map(sample).collect() };
        let has = Some(StreamTracks { audio: true, video: true });
        recorded.add("bob", 0.3, CallEvent { seconds: Some(0.3), ..CallEvent::of(CallEventKind::Connected) });
        recorded.add("alice", 0.4, CallEvent { seconds: Some(0.4), ..CallEvent::of(CallEventKind::Connected) });
        let published = CallEvent { stream: Some("camera".to_owned()), ..CallEvent::of(CallEventKind::Published) };
        recorded.add("alice", 0.9, CallEvent { seconds: Some(0.5), ..published });
        recorded.add("bob", 0.9, CallEvent { has, ..of_alice(CallEventKind::StreamCreated) });
        recorded.add("bob", 0.9, CallEvent { has, ..of_alice(CallEventKind::Subscribing) });
        recorded.add("bob", 1.2, CallEvent { seconds: Some(0.3), ..of_alice(CallEventKind::Subscribed) });
        recorded.add("bob", 1.3, CallEvent { seconds: Some(0.4), ..of_alice(CallEventKind::FirstFrame) });
        recorded
    }

    fn add(&mut self, participant: &str, at: f64, event: CallEvent) {
        self.lines.push(CallEventLine { participant: participant.to_owned(), at, event });
        self.lines.sort_by(|one, other| one.at.total_cmp(&other.at));
    }

    fn without(mut self, what: CallEventKind) -> Self {
        self.lines.retain(|line| line.event.what != what);
        self
    }

    fn call(&self) -> &CallSpec {
        self.case.call.as_ref().expect("a call")
    }

    fn record(&self) -> CallRecord<'_> {
        CallRecord { lines: &self.lines, samples: &self.samples }
    }

    fn result(&self) -> CallResult {
        CallResult { participants: score_call(self.call(), self.record(), None) }
    }

    fn verdict(&self) -> (Outcome, Vec<String>) {
        let verdict = judge_call(&self.case, self.call(), &self.result(), self.record());
        (verdict.outcome, verdict.reasons)
    }
}

/// Returns the counters after so many seconds: 30 frames/s, 400 kbit/s of video and 40 of audio, without loss.
fn sample(second: u32) -> SubscriptionSample {
    let (number, seconds) = (u64::from(second), f64::from(second));
    SubscriptionSample {
        participant: "bob".to_owned(),
        publisher: "alice".to_owned(),
        stream: "camera".to_owned(),
        at: seconds,
        video: Some(VideoReceived {
            timestamp: seconds * 1e3,
            bytes_received: number * 50_000,
            packets_received: number * 50,
            frames_decoded: number * 30,
            frame_width: 640,
            frame_height: 480,
            jitter_buffer_delay: seconds * 30.0 * 0.04,
            jitter_buffer_emitted_count: number * 30,
            ..VideoReceived::default()
        }),
        audio: Some(AudioReceived {
            timestamp: seconds * 1e3,
            bytes_received: number * 5_000,
            packets_received: number * 50,
            total_samples_received: number * 48_000,
            total_audio_energy: seconds * 0.01,
            total_samples_duration: seconds,
            ..AudioReceived::default()
        }),
        presented: Some(Presented { timestamp: seconds * 1e3, frames: number * 30, dropped: 0, frozen: 0.0 }),
        perceived: None,
    }
}

#[test]
fn counters_and_times_of_a_good_call() {
    let recorded = Recorded::good("bob.alice.video.freezeDuration = \"<= 2 %\"\nconnectTime = \"< 1 s\"");
    let result = recorded.result();
    let bob = result.participant("bob").expect("bob");
    assert_eq!((bob.connect_time, bob.publish_time), (Some(0.3), None));
    let [received] = &bob.subscriptions[..] else { panic!("{bob:?}") };
    let (video, audio) = (received.video.clone().expect("video"), received.audio.clone().expect("audio"));
    assert_eq!((video.bitrate, video.frame_rate, video.freeze_ratio), (Some(400e3), Some(30.0), Some(0.0)));
    assert_eq!((video.time_to_first_frame, received.subscribe_time), (Some(0.4), Some(0.3)));
    assert_eq!(video.jitter_buffer_delay.map(|delay| (delay * 1e3).round()), Some(40.0));
    assert_eq!((audio.bitrate, audio.level), (Some(40e3), Some(0.1)));
    assert_eq!(recorded.verdict(), (Outcome::Passed, Vec::new()));
}

#[test]
fn time_in_which_video_is_off_does_not_count() {
    let mut recorded = Recorded::good("");
    for (at, is_on) in [(8.0, false), (11.0, true)] {
        let changed = of_alice(CallEventKind::StreamPropertyChanged);
        recorded.add("bob", at, CallEvent { detail: Some("hasVideo".to_owned()), passed: Some(is_on), ..changed });
    }
    // No frame comes from 8 s to 11 s, and the browser then counts a freeze.
    for sample in &mut recorded.samples {
        let video = sample.video.as_mut().expect("video");
        let off = sample.at.clamp(8.0, 11.0) - 8.0;
        video.frames_decoded -= (off * 30.0) as u64;
        video.bytes_received -= (off * 50_000.0) as u64;
        video.total_freezes_duration = if sample.at > 11.0 { 3.0 } else { 0.0 };
    }
    let video = recorded.result().participants[1].subscriptions[0].video.clone().expect("video");
    assert_eq!((video.frame_rate, video.freeze_ratio, video.bitrate), (Some(30.0), Some(0.0), Some(400e3)));
}

#[test]
fn a_window_is_a_part_of_the_call() {
    let mut recorded = Recorded::good("video.frameRate = [\"< 20 after 10 s\", \">= 29 between 1 s and 10 s\"]");
    for sample in &mut recorded.samples {
        let late = (sample.at - 10.0).max(0.0);
        sample.video.as_mut().expect("video").frames_decoded -= (late * 20.0) as u64;
    }
    assert_eq!(recorded.verdict().0, Outcome::Passed);
    let last = score_call(recorded.call(), recorded.record(), Some(Window::Last(5.0)));
    let rate = last[1].subscriptions[0].video.as_ref().and_then(|video| video.frame_rate);
    assert_eq!(rate, Some(10.0));
}

#[test]
fn counters_of_a_new_track_begin_again() {
    let mut recorded = Recorded::good("");
    for sample in recorded.samples.iter_mut().skip(10) {
        let seconds = sample.at as u32 - 10;
        let fresh = self::sample(seconds);
        let at = sample.at;
        let timestamp = sample.video.map(|video| video.timestamp).unwrap_or_default();
        *sample = SubscriptionSample { at, ..fresh };
        sample.video.as_mut().expect("video").timestamp = timestamp;
    }
    let video = recorded.result().participants[1].subscriptions[0].video.clone().expect("video");
    assert_eq!((video.frame_rate, video.bitrate), (Some(30.0), Some(400e3)));
}

#[test]
fn what_goes_wrong_is_a_reason() {
    let reasons = |recorded: Recorded| recorded.verdict().1.join("; ");
    let unconnected = Recorded::good("").without(CallEventKind::Connected);
    let silent = Recorded::good("").without(CallEventKind::FirstFrame);
    let untold = Recorded {
        lines: Recorded::good("").lines.into_iter().filter(|line| line.event.from.is_none()).collect(),
        samples: vec![],
        ..Recorded::good("")
    };
    let mut late = untold;
    late.add("bob", 19.0, CallEvent { detail: Some("bob".to_owned()), ..CallEvent::of(CallEventKind::Mark) });
    let mut refused = Recorded::good("");
    let error = NamedError { name: "OT_NOT_CONNECTED".to_owned(), message: "not connected".to_owned() };
    let failed = CallEvent { detail: Some("session.signal".to_owned()), ..CallEvent::of(CallEventKind::Error) };
    refused.add("alice", 3.0, CallEvent { error: Some(error), ..failed });
    let mut checked = Recorded::good("");
    let check = CallEvent { detail: Some("two videos".to_owned()), ..CallEvent::of(CallEventKind::Check) };
    checked.add("bob", 3.0, CallEvent { passed: Some(false), ..check });
    let all = [unconnected, silent, late, refused, checked].map(reasons);
    insta::assert_snapshot!(all.join("\n"), @r#"
    alice did not connect; bob did not connect
    bob saw no frame of alice (camera)
    bob did not subscribe to alice (camera)
    alice: session.signal failed with OT_NOT_CONNECTED: not connected
    bob: the check "two videos" failed
    "#);
}

#[test]
fn an_expectation_replaces_the_rule_that_it_is_about() {
    let mut recorded = Recorded::good("errors = 1\nvideo.timeToFirstFrame = \"< 5 s\"");
    let failed = CallEvent { detail: Some("session.signal".to_owned()), ..CallEvent::of(CallEventKind::Error) };
    recorded.add("alice", 3.0, failed);
    assert_eq!(recorded.verdict(), (Outcome::Passed, Vec::new()));
    let recorded = recorded.without(CallEventKind::FirstFrame);
    assert_eq!(recorded.verdict(), (Outcome::Failed, Vec::new()), "a frame that never came is no time");
}

#[test]
fn events_are_relied_on_where_figures_are_not() {
    let wrong =
        NetworkCheck { quantity: Quantity::Rate, direction: None, at_least: None, at_most: Some(1.0), measured: 2.0 };
    for (expect, outcome) in [
        ("bob.alice.events.streamCreated = 1", Outcome::Passed),
        ("video.frameRate = \">= 20\"", Outcome::Inconclusive),
    ] {
        let recorded = Recorded::good(expect);
        let judged = judge_call(&recorded.case, recorded.call(), &recorded.result(), recorded.record());
        assert_eq!(
            unless_unreliable(judged, &recorded.case, &[], std::slice::from_ref(&wrong)).outcome,
            outcome,
            "{expect}"
        );
    }
}

#[test]
fn who_joins_late_or_publishes_nothing_is_judged_as_well() {
    // Bob joins when the stream is there, and never subscribes.
    let late = |steps: bool| {
        let mut recorded = Recorded::good("errors = 0");
        recorded.lines.retain(|line| line.participant != "bob");
        recorded.samples.clear();
        recorded.add("bob", 8.0, CallEvent::of(CallEventKind::Connected));
        if steps {
            recorded.add("bob", 10.0, CallEvent::of(CallEventKind::Step));
        }
        recorded.add("bob", 20.0, CallEvent::of(CallEventKind::Mark));
        recorded
    };
    let missed = (Outcome::Failed, vec!["bob did not subscribe to alice (camera)".to_owned()]);
    assert_eq!(late(false).verdict(), missed);
    assert_eq!(late(true).verdict(), (Outcome::Passed, Vec::new()), "a step may have told it not to");
    let mut in_app = late(true);
    let app = "[app]\nurl = \"http://localhost:3000/\"\n[[participant]]\nname = \"alice\"";
    let scenario = precall_scenario::parse(app, Path::new("test.toml")).unwrap_or_else(|error| panic!("{error}"));
    let app = scenario.cases[0].call.as_ref().and_then(|call| call.app.clone());
    in_app.case.call.as_mut().expect("a call").app = app;
    assert_eq!(in_app.verdict(), missed, "a step is what a person does");
    let silent = Recorded::good("errors = 0").without(CallEventKind::Published);
    assert_eq!(silent.verdict(), (Outcome::Failed, vec!["alice published nothing".to_owned()]));
}

#[test]
fn a_new_subscription_knows_whether_video_is_on() {
    let mut recorded = Recorded::good("errors = 0");
    let changed = |is_on| CallEvent {
        detail: Some("hasVideo".to_owned()),
        passed: Some(is_on),
        ..of_alice(CallEventKind::StreamPropertyChanged)
    };
    recorded.add("bob", 4.0, changed(false));
    // Nobody tells bob that it was turned on while he was away.
    recorded.add("bob", 6.0, of_alice(CallEventKind::Unsubscribed));
    let has = Some(StreamTracks { audio: true, video: true });
    recorded.add("bob", 8.0, CallEvent { has, ..of_alice(CallEventKind::Subscribing) });
    recorded.add("bob", 8.4, CallEvent { seconds: Some(0.4), ..of_alice(CallEventKind::FirstFrame) });
    let result = recorded.result();
    let seconds = |recorded: &Recorded, window: Window| {
        let part = score_call(recorded.call(), recorded.record(), Some(window));
        part[1].subscriptions[0].video.as_ref().and_then(|video| video.frame_rate)
    };
    assert!(result.participants[1].subscriptions[0].video.is_some());
    assert!(seconds(&recorded, Window::After(12.0)).is_some(), "the figures go on");
    assert_eq!(seconds(&recorded, Window::Between(4.0, 8.0)), None);
}

/// Speech that nobody was sent has no quality: the publisher muted it.
#[test]
fn recordings_of_a_muted_publisher_do_not_count() {
    let quality = |muted_at: Option<f64>| {
        let mut recorded = Recorded::good("");
        if let Some(at) = muted_at {
            let muted = CallEvent {
                detail: Some("hasAudio".to_owned()),
                passed: Some(false),
                ..of_alice(CallEventKind::StreamPropertyChanged)
            };
            recorded.add("bob", at, muted);
        }
        for (second, quality) in [(15, 4.0), (20, 1.04)] {
            let perceived = Perceived { sound_quality: Some(quality), ..Perceived::default() };
            recorded.samples[second - 1].perceived = Some(perceived);
        }
        let result = recorded.result();
        let bob = result.participant("bob").expect("bob");
        bob.subscriptions[0].audio.as_ref().expect("audio").mos_lqo
    };
    assert_eq!(quality(Some(17.0)), Some(4.0));
    assert_eq!(quality(None), Some(2.52));
}
