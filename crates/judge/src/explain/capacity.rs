//! The steps of the `capacity` profile in words.

use crate::score::{CAPACITY_LADDER, Capacity, CapacityRung, MAX_CALL_LOSS, capacity};
use precall_results::{Phase, Sample};

/// Returns the steps by which the profile comes to its advice.
pub(super) fn by_capacity(samples: &[Sample]) -> Vec<String> {
    let with_video: Vec<Sample> = samples.iter().filter(|sample| sample.phase == Phase::AudioVideo).cloned().collect();
    let Some(judged) = capacity(&with_video) else {
        return vec!["too few samples: a judgement takes three after the first two seconds".to_owned()];
    };
    let of = if judged.is_estimate { "the sender's estimate" } else { "what was received" };
    let mut lines =
        vec![format!("the network carries {:.0} kbit/s, by the last values of {of}:", judged.capacity / 1e3)];
    for rung in CAPACITY_LADDER {
        let CapacityRung { width, height, rate, .. } = rung;
        let round_trip = rung.round_trip(judged.capacity);
        let is_late = judged.round_trip.is_some_and(|trip| trip > round_trip);
        let verdict = match judged.capacity >= rate {
            false => "too slow",
            true if is_late => "too late",
            true => "fits",
        };
        lines.push(format!(
            "  {width}x{height} from {:.0} kbit/s on, with round trips up to {:.0} ms: {verdict}",
            rate / 1e3,
            round_trip * 1e3
        ));
        if verdict == "fits" {
            break;
        }
    }
    lines.extend(judged.loss.map(|loss| {
        let verdict = if loss <= MAX_CALL_LOSS { "no call suffers" } else { "calls would conceal too much" };
        format!(
            "  {:.2} % of the audio was lost, at most {:.1} % may be: {verdict}",
            loss * 100.0,
            MAX_CALL_LOSS * 100.0
        )
    }));
    lines.extend(
        judged.has_stopped.then(|| "  the video stopped: in most of the last seconds no frame came".to_owned()),
    );
    lines.extend(judged.round_trip.map(|trip| format!("  a round trip takes {:.0} ms", trip * 1e3)));
    lines.extend(by_computer(&judged));
    lines.push(format!("a longer test would recommend the same with a chance of {:.0} %", judged.confidence * 100.0));
    lines
}

fn by_computer(judged: &Capacity) -> Option<String> {
    judged.is_by_computer.then(|| {
        "  the computer, and not the network, is the limit: the encoder was held back by the CPU, or too few frames came"
            .to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use precall_results::{AudioCounters, VideoCounters};

    fn samples(estimate: f64, lost: f64, round_trip: f64) -> Vec<Sample> {
        let sample = |second: u32| {
            let at = f64::from(second);
            Sample {
                phase: Phase::AudioVideo,
                timestamp: at * 1e3,
                elapsed: None,
                limit: None,
                network_seconds: None,
                audio: Some(AudioCounters {
                    bytes_received: at * 4000.0,
                    packets_received: at * (50.0 - lost),
                    packets_lost: at * lost,
                    round_trip_time: Some(round_trip),
                    ..AudioCounters::default()
                }),
                video: Some(VideoCounters { frame_rate: Some(30.0), ..VideoCounters::default() }),
                available_outgoing_bitrate: Some(estimate),
                quality_limitation_reason: None,
                simulcast: None,
            }
        };
        (0..10).map(sample).collect()
    }

    #[test]
    fn every_step_is_said() {
        let text = [(2e6, 0.0, 0.05), (7e5, 0.0, 0.2), (1e5, 0.0, 0.05), (2e6, 3.0, 0.4)]
            .map(|(estimate, lost, trip)| by_capacity(&samples(estimate, lost, trip)).join("\n"));
        insta::assert_snapshot!(text.join("\n\n"));
    }

    #[test]
    fn video_that_stopped_is_said() {
        let mut samples = samples(6e5, 0.0, 0.01);
        samples.iter_mut().filter_map(|sample| sample.video.as_mut()).for_each(|video| video.frame_rate = Some(0.0));
        let text = by_capacity(&samples).join("\n");
        assert!(text.contains("the video stopped"), "{text}");
        assert_eq!(capacity(&samples).expect("a judgement").recommended, None);
    }

    #[test]
    fn too_few_samples_are_said() {
        assert_eq!(by_capacity(&samples(2e6, 0.0, 0.05)[..3]).len(), 1);
    }
}
