//! What a page reports of the frames that it presents and of the speech that it plays.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::fault::PageFault;
use super::limits::{MAX_FIGURE, MAX_NAME_CHARS};
use super::text::cut;
use precall_results::SoundSum;

/// The most frames, and the most beginnings of speech, in one report. A second has at most 60 frames, and a page that
/// was busy reports of several seconds at once.
const MAX_REPORTED: usize = 1_000;

/// The largest size of a frame in either direction, in pixels.
const MAX_PIXELS: u32 = 8_192;

/// The largest patch, in pixels.
const MAX_PATCH_PIXELS: u32 = 64 * 1024;

/// What a page has shown and played of a stream since its last report. Times are in milliseconds since `origin`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PerceivedReport {
    /// The participant that publishes the stream; `None` for the page's own.
    pub from: Option<String>,
    /// The name of the stream.
    pub stream: String,
    /// When the page's clock began, in milliseconds since the Unix epoch.
    pub origin: f64,
    /// The numbers of the frames that were presented.
    pub numbers: Vec<u32>,
    /// When each was presented; of the page's own camera, when it was captured.
    pub times: Vec<f64>,
    /// The RTP timestamp of each; `None` of captured frames, and where the browser reports none.
    pub rtp_timestamps: Vec<Option<f64>>,
    /// The number of presented frames whose number could not be read.
    pub unread: u64,
    /// A part of one of the frames; `None` in most reports of the page's own camera.
    pub patch: Option<Patch>,
    /// When speech began after a silence.
    pub onsets: Vec<f64>,
    /// How much of the sound was silent or clipped.
    pub sound: SoundSum,
    /// A part of a recording of the sound; `None` while none is made.
    pub recorded: Option<Recorded>,
}

/// A part of a recording of a received sound.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Recorded {
    /// How many samples of the recording came before it.
    pub first: u32,
    /// Its samples as base64 of 16-bit integers, the low byte first.
    pub pcm: String,
}

impl Recorded {
    /// Returns the samples; `None` unless it is made of whole samples.
    pub fn samples(&self) -> Option<Vec<i16>> {
        let bytes = STANDARD.decode(&self.pcm).ok()?;
        let samples = bytes.chunks_exact(2);
        samples.remainder().is_empty().then(|| samples.map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect())
    }
}

/// A part of a presented frame.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Patch {
    /// The number of the frame.
    pub number: u32,
    /// The width of the whole frame, in pixels.
    pub frame_width: u32,
    /// The height of the whole frame, in pixels.
    pub frame_height: u32,
    /// The left edge of the part.
    pub x: u32,
    /// The upper edge of the part.
    pub y: u32,
    /// The width of the part.
    pub width: u32,
    /// The height of the part.
    pub height: u32,
    /// Its luma as base64, row by row.
    pub luma: String,
}

impl Patch {
    /// Returns the luma, row by row; `None` unless it has as many pixels as the patch.
    pub fn pixels(&self) -> Option<Vec<u8>> {
        let pixels = STANDARD.decode(&self.luma).ok()?;
        (pixels.len() == self.width as usize * self.height as usize).then_some(pixels)
    }

    /// Whether the patch lies within its frame and has a size that can be compared.
    fn is_sane(&self) -> bool {
        let fits = |at: u32, size: u32, all: u32| at.checked_add(size).is_some_and(|end| size > 0 && end <= all);
        let is_frame = |size: u32| size <= MAX_PIXELS;
        is_frame(self.frame_width)
            && is_frame(self.frame_height)
            && fits(self.x, self.width, self.frame_width)
            && fits(self.y, self.height, self.frame_height)
            && self.width.saturating_mul(self.height) <= MAX_PATCH_PIXELS
    }
}

impl PerceivedReport {
    /// Refuses a report that no page of precall makes, and cuts its texts.
    pub(super) fn check(&mut self) -> Result<(), PageFault> {
        self.from.iter_mut().chain([&mut self.stream]).for_each(|text| cut(text, MAX_NAME_CHARS));
        let came = [self.numbers.len(), self.times.len(), self.rtp_timestamps.len(), self.onsets.len()];
        let came = came.into_iter().fold(0, usize::max);
        if came > MAX_REPORTED {
            return Err(PageFault::TooMuch { what: "presented frames in a report", came, most: MAX_REPORTED });
        }
        let all = [self.origin].into_iter().chain(self.times.iter().copied());
        let all = all.chain(self.rtp_timestamps.iter().copied().flatten()).chain(self.onsets.iter().copied());
        for value in all {
            // Not `>`: what is not a number is not sane either.
            let is_sane = value.abs() <= MAX_FIGURE;
            if !is_sane {
                return Err(PageFault::NotSane { field: "perceived".to_owned(), value });
            }
        }
        if [self.times.len(), self.rtp_timestamps.len()] != [self.numbers.len(); 2] {
            let value = self.times.len() as f64;
            return Err(PageFault::NotSane { field: "perceived.times".to_owned(), value });
        }
        // The rest of the report can be used.
        self.patch.take_if(|patch| !patch.is_sane());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn report(changes: &[(&str, Value)]) -> PerceivedReport {
        let mut report = json!({
            "from": "alice", "stream": "camera", "origin": 1.7e12, "numbers": [1, 2], "times": [5.0, 38.3],
            "rtpTimestamps": [90_000, null], "unread": 0, "onsets": [],
            "sound": { "samples": 48_000, "silent": 0, "clipped": 0 },
            "patch": {
                "number": 1, "frameWidth": 4, "frameHeight": 2, "x": 2, "y": 0, "width": 2, "height": 2, "luma": "AQIDBA==",
            },
            "recorded": { "first": 0, "pcm": "AQD/fw==" },
        });
        changes.iter().for_each(|(pointer, value)| *report.pointer_mut(pointer).expect("a member") = value.clone());
        serde_json::from_value(report).expect("a report")
    }

    #[test]
    fn a_patch_has_the_pixels_of_its_size() {
        let mut sane = report(&[]);
        assert!(sane.check().is_ok());
        assert_eq!(sane.patch.and_then(|patch| patch.pixels()), Some(vec![1, 2, 3, 4]));
        let short = report(&[("/patch/luma", json!("AQID"))]);
        assert_eq!(short.patch.and_then(|patch| patch.pixels()), None);
    }

    #[test]
    fn a_recording_has_samples_of_two_bytes() {
        let samples = |pcm: &str| Recorded { first: 0, pcm: pcm.to_owned() }.samples();
        assert_eq!(report(&[]).recorded.and_then(|part| part.samples()), Some(vec![1, i16::MAX]));
        assert_eq!((samples("AQD/"), samples("?")), (None, None));
    }

    #[test]
    fn what_no_page_of_precall_reports_is_refused() {
        for (pointer, value) in [
            ("/times", json!([5.0])),
            ("/rtpTimestamps", json!([])),
            ("/times", json!([5.0, 1e300])),
            ("/onsets", json!(vec![1.0; MAX_REPORTED + 1])),
            ("/origin", json!(-1e300)),
        ] {
            assert!(report(&[(pointer, value.clone())]).check().is_err(), "{pointer} {value}");
        }
        for (pointer, value) in [
            ("/patch/x", json!(3)),
            ("/patch/width", json!(0)),
            ("/patch/y", json!(u32::MAX)),
            ("/patch/frameWidth", json!(100_000)),
        ] {
            let mut unusual = report(&[(pointer, value.clone())]);
            assert!(unusual.check().is_ok());
            assert_eq!(unusual.patch, None, "{pointer} {value}");
        }
    }
}
