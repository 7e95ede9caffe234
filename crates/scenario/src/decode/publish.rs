//! Decodes what a participant publishes.

use crate::call::{PublishSpec, VideoSource};
use crate::diagnostic::Fix;
use crate::node::NodeValue;
use crate::problems::Problems;
use crate::sizes;
use crate::table::TableReader;
use crate::written::quoted;

/// The values of `resolution` that `OT.initPublisher` takes, by the type declarations of OpenTok.js.
const RESOLUTIONS: [&str; 7] = ["320x180", "320x240", "640x360", "640x480", "1280x720", "1280x960", "1920x1080"];

/// The frame rates that `OT.initPublisher` takes.
const FRAME_RATES: [u32; 4] = [1, 7, 15, 30];

/// Reads `publish`: true, false, or a table, which is at this path. An application itself decides what it publishes.
pub(super) fn publish(
    reader: &mut TableReader<'_>,
    path: &str,
    is_app: bool,
    problems: &mut Problems,
) -> Option<PublishSpec> {
    let directory = reader.directory();
    let node = reader.get("publish");
    match node.map(|node| (&node.value, node)) {
        None | Some((NodeValue::Boolean(true), _)) => Some(PublishSpec::of(VideoSource::Camera)),
        Some((NodeValue::Boolean(false), _)) => None,
        Some((NodeValue::Table(_), node)) if is_app => {
            let help = "write `publish = false` if the participant should publish nothing, or remove `publish`";
            problems.add(&node.span, "an application itself decides what it publishes", "has no effect", help);
            Some(PublishSpec::of(VideoSource::Camera))
        }
        Some((_, node)) => {
            let mut table = TableReader::new(path, node, directory, problems);
            let sources =
                [("camera", VideoSource::Camera), ("screen", VideoSource::Screen), ("canvas", VideoSource::Canvas)];
            let source = table.choice("source", &sources, problems).unwrap_or_default();
            let default = PublishSpec::of(source);
            let name = table.text("name", "camera", problems).map(|(name, _)| name.to_owned());
            let audio = table.boolean("audio", problems).unwrap_or(default.audio);
            let video = table.boolean("video", problems).unwrap_or(default.video);
            if !audio && !video {
                let help = "set `audio` or `video` to true, or write `publish = false`";
                problems.add(&node.span, "a stream without audio and video", "nothing to publish", help);
            }
            let audio_processing = table.boolean("audioProcessing", problems);
            if audio_processing.is_some() && !audio {
                let help = "set `audio` to true, or remove `audioProcessing`";
                problems.add(&node.span, "`audioProcessing` of a stream without audio", "has no effect", help);
            }
            let audio_processing = audio_processing.unwrap_or(default.audio_processing);
            let resolution = resolution(&mut table, problems);
            let frame_rate = frame_rate(&mut table, problems);
            table.finish(problems);
            let name = name.unwrap_or(default.name);
            Some(PublishSpec { name, source, resolution, frame_rate, audio, video, audio_processing })
        }
    }
}

/// Reads a size that OpenTok.js publishes.
pub(super) fn resolution(reader: &mut TableReader<'_>, problems: &mut Problems) -> Option<String> {
    let (text, node) = reader.text("resolution", "640x480", problems)?;
    if !RESOLUTIONS.contains(&text) {
        let meant = sizes::meant(text).filter(|meant| RESOLUTIONS.contains(&meant.as_str()));
        let help = match &meant {
            Some(meant) => format!("write `resolution = {meant:?}`"),
            None => format!("write one of {}", RESOLUTIONS.join(", ")),
        };
        let fix = meant.map(|meant| Fix::of(node, quoted(&meant)));
        problems.add_fixed(&node.span, format!("OpenTok.js does not publish {text:?}"), "not a size", help, fix);
    }
    Some(text.to_owned())
}

/// Reads a frame rate that OpenTok.js publishes.
pub(super) fn frame_rate(reader: &mut TableReader<'_>, problems: &mut Problems) -> Option<u32> {
    let (number, node) = reader.integer("frameRate", problems)?;
    let rate = u32::try_from(number).ok().filter(|rate| FRAME_RATES.contains(rate));
    if rate.is_none() {
        let nearest = FRAME_RATES.into_iter().min_by_key(|rate| (i64::from(*rate) - number).unsigned_abs());
        let nearest = nearest.unwrap_or(30).to_string();
        let help = format!("write 1, 7, 15 or 30, such as `frameRate = {nearest}`");
        let fix = Some(Fix::of(node, nearest));
        problems.add_fixed(&node.span, "OpenTok.js does not have this frame rate", "not a frame rate", help, fix);
    }
    rate
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::parse;

    /// Returns whether the browser processes the sound of a participant with this `publish`, or the problem.
    fn processes_audio(publish: &str) -> Result<bool, String> {
        let text = format!("[[participant]]\nname = \"alice\"\npublish = {publish}\n");
        let scenario = parse(&text, Path::new("test.toml")).map_err(|error| error.to_string())?;
        let call = scenario.cases[0].call.as_ref().expect("a call");
        Ok(call.participants[0].publish.as_ref().expect("a stream").audio_processing)
    }

    #[test]
    fn sound_is_processed_unless_a_stream_with_audio_says_no() {
        assert_eq!(processes_audio("true"), Ok(true));
        assert_eq!(processes_audio("{ resolution = \"640x480\" }"), Ok(true));
        assert_eq!(processes_audio("{ audioProcessing = false }"), Ok(false));
        for silent in ["{ audio = false, audioProcessing = false }", "{ source = \"canvas\", audioProcessing = true }"]
        {
            let problem = processes_audio(silent).expect_err(silent);
            assert!(problem.contains("`audioProcessing` of a stream without audio"), "{problem}");
        }
    }
}
