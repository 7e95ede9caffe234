//! The content of events: no figure that cannot be one, no text without end.

use serde_json::Value;

use super::event::PageEvent;
use super::fault::PageFault;
use super::limits::{MAX_DICTIONARIES, MAX_FAILED_TESTS, MAX_FIGURE, MAX_MESSAGE_CHARS, MAX_NAME_CHARS, MAX_TRACKS};
use super::policy::blocked_by;
use super::text::cut;
use precall_results::{CallEvent, NamedError, Presented, QualityResult, Sample};

/// Refuses an event with a figure that cannot be one, and cuts its texts.
pub(super) fn sane(event: &mut PageEvent) -> Result<(), PageFault> {
    match event {
        PageEvent::Loaded | PageEvent::Phase { .. } | PageEvent::StepEnded { .. } | PageEvent::Done => Ok(()),
        PageEvent::Ready { sdk_version, user_agent } => {
            sdk_version.iter_mut().chain([user_agent]).for_each(|text| cut(text, MAX_NAME_CHARS));
            Ok(())
        }
        PageEvent::Connectivity { result } => {
            let came = result.failed_tests.len();
            if came > MAX_FAILED_TESTS {
                return Err(PageFault::TooMuch { what: "failed tests", came, most: MAX_FAILED_TESTS });
            }
            for test in &mut result.failed_tests {
                cut(&mut test.kind, MAX_NAME_CHARS);
                cut_error(&mut test.error);
            }
            Ok(())
        }
        PageEvent::Sample { sample } => sample_is_sane(sample),
        PageEvent::Quality { result } => quality_is_sane(result),
        PageEvent::QualityError { error } | PageEvent::Failed { error, .. } => {
            cut_error(error);
            Ok(())
        }
        PageEvent::RtcStats(report) => report_is_sane(report),
        PageEvent::Call { event } => call_is_sane(event),
        PageEvent::Subscription { from, stream, tracks, presented } => {
            tracks_are_few(tracks)?;
            [from, stream].into_iter().chain(tracks).for_each(|text| cut(text, MAX_NAME_CHARS));
            presented_is_sane(presented.as_ref())
        }
        PageEvent::Perceived(report) => report.check(),
        PageEvent::Displayed { tracks, presented, is_first: _ } => {
            tracks_are_few(tracks)?;
            tracks.iter_mut().for_each(|text| cut(text, MAX_NAME_CHARS));
            presented_is_sane(presented.as_ref())
        }
        PageEvent::Release { version } => {
            cut(version, MAX_NAME_CHARS);
            Ok(())
        }
        PageEvent::Barrier { name } => {
            cut(name, MAX_NAME_CHARS);
            Ok(())
        }
        PageEvent::Blocked { uri, directive } => {
            *uri = blocked_by(uri);
            [uri, directive].into_iter().for_each(|text| cut(text, MAX_NAME_CHARS));
            Ok(())
        }
        PageEvent::TooLong { bytes } => {
            Err(PageFault::TooLong { bytes: usize::try_from(*bytes).unwrap_or(usize::MAX) })
        }
    }
}

fn tracks_are_few(tracks: &[String]) -> Result<(), PageFault> {
    let (came, most) = (tracks.len(), MAX_TRACKS);
    if came > most { Err(PageFault::TooMuch { what: "tracks of a stream", came, most }) } else { Ok(()) }
}

fn presented_is_sane(presented: Option<&Presented>) -> Result<(), PageFault> {
    presented.map_or(Ok(()), |presented| {
        count("presented.timestamp", presented.timestamp)?;
        count("presented.frozen", presented.frozen)
    })
}

fn call_is_sane(event: &mut CallEvent) -> Result<(), PageFault> {
    event.seconds.map_or(Ok(()), |seconds| count("seconds", seconds))?;
    event.value.map_or(Ok(()), |value| figure("value", value))?;
    event.from.iter_mut().chain(&mut event.stream).for_each(|text| cut(text, MAX_NAME_CHARS));
    event.detail.iter_mut().for_each(|text| cut(text, MAX_MESSAGE_CHARS));
    event.error.iter_mut().for_each(cut_error);
    Ok(())
}

fn cut_error(error: &mut NamedError) {
    cut(&mut error.name, MAX_NAME_CHARS);
    cut(&mut error.message, MAX_MESSAGE_CHARS);
}

fn figure(field: &str, value: f64) -> Result<(), PageFault> {
    // Not `>`: what is not a number is not sane either.
    if value.abs() <= MAX_FIGURE { Ok(()) } else { Err(PageFault::NotSane { field: field.to_owned(), value }) }
}

fn count(field: &str, value: f64) -> Result<(), PageFault> {
    figure(field, value)?;
    if value >= 0.0 { Ok(()) } else { Err(PageFault::NotSane { field: field.to_owned(), value }) }
}

fn figures<'a>(fields: impl IntoIterator<Item = (&'a str, Option<f64>)>) -> Result<(), PageFault> {
    fields.into_iter().try_for_each(|(field, value)| value.map_or(Ok(()), |value| figure(field, value)))
}

fn sample_is_sane(sample: &mut Sample) -> Result<(), PageFault> {
    figures([
        ("timestamp", Some(sample.timestamp)),
        ("elapsed", sample.elapsed),
        ("limit", sample.limit),
        ("availableOutgoingBitrate", sample.available_outgoing_bitrate),
    ])?;
    // precall says when it came, no page does.
    sample.network_seconds = None;
    if let Some(reason) = &mut sample.quality_limitation_reason {
        cut(reason, MAX_NAME_CHARS);
    }
    if let Some(audio) = &sample.audio {
        count("audio.bytesReceived", audio.bytes_received)?;
        count("audio.packetsReceived", audio.packets_received)?;
        count("audio.bytesSent", audio.bytes_sent.unwrap_or_default())?;
        // It may be negative: RFC 3550 counts duplicates against the loss.
        figures([
            ("audio.packetsLost", Some(audio.packets_lost)),
            ("audio.roundTripTime", audio.round_trip_time),
            ("audio.jitter", audio.jitter),
        ])?;
    }
    if let Some(video) = &mut sample.video {
        count("video.bytesReceived", video.bytes_received)?;
        count("video.packetsReceived", video.packets_received)?;
        count("video.bytesSent", video.bytes_sent.unwrap_or_default())?;
        figures([
            ("video.packetsLost", Some(video.packets_lost)),
            ("video.frameRate", video.frame_rate),
            ("video.frameWidth", video.frame_width),
            ("video.frameHeight", video.frame_height),
        ])?;
        if let Some(routing) = &mut video.media_routing {
            cut(routing, MAX_NAME_CHARS);
        }
    }
    Ok(())
}

/// Accepts anything in a result that a double holds exactly. A negative share, for example, is left to the verdict.
fn quality_is_sane(result: &mut QualityResult) -> Result<(), PageFault> {
    let (audio, video) = (&mut result.audio, &mut result.video);
    figures([
        ("audio.bitrate", audio.bitrate),
        ("audio.packetLossRatio", audio.packet_loss_ratio),
        ("audio.roundTripTime", audio.round_trip_time),
        ("audio.jitter", audio.jitter),
        ("audio.mos", audio.mos),
        ("video.bitrate", video.bitrate),
        ("video.packetLossRatio", video.packet_loss_ratio),
        ("video.frameRate", video.frame_rate),
        ("video.recommendedFrameRate", video.recommended_frame_rate),
        ("video.mos", video.mos),
        ("video.capacity", video.capacity),
        ("video.confidence", video.confidence),
    ])?;
    let texts = [
        &mut audio.reason,
        &mut video.reason,
        &mut video.recommended_resolution,
        &mut video.recommendation_basis,
        &mut video.quality_limitation_reason,
        &mut video.limited_by,
        &mut video.media_routing,
    ];
    texts.into_iter().flatten().for_each(|text| cut(text, MAX_NAME_CHARS));
    Ok(())
}

fn report_is_sane(report: &mut Value) -> Result<(), PageFault> {
    let came = report.get("stats").and_then(Value::as_array).map_or(0, Vec::len);
    if came > MAX_DICTIONARIES {
        return Err(PageFault::TooMuch {
            what: "dictionaries in a report of statistics",
            came,
            most: MAX_DICTIONARIES,
        });
    }
    values_are_sane("rtcStats", report)
}

fn values_are_sane(field: &str, value: &mut Value) -> Result<(), PageFault> {
    match value {
        // Of a pair of candidates it has 64 bits (RFC 8445, 6.1.2.3), and no figure is computed from it.
        Value::Number(number) if field == "priority" && number.is_u64() => Ok(()),
        Value::Number(number) => figure(field, number.as_f64().unwrap_or(f64::NAN)),
        Value::Array(values) => values.iter_mut().try_for_each(|value| values_are_sane(field, value)),
        Value::Object(members) => members.iter_mut().try_for_each(|(name, value)| {
            let mut name = name.clone();
            cut(&mut name, MAX_NAME_CHARS);
            values_are_sane(&name, value)
        }),
        Value::String(text) => {
            cut(text, MAX_MESSAGE_CHARS);
            Ok(())
        }
        Value::Null | Value::Bool(_) => Ok(()),
    }
}
