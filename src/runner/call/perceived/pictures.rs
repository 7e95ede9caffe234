//! Which captured frame each presented frame is. Pure.
//!
//! A film repeats after about two seconds, so a number alone is ambiguous. The RTP timestamps of received frames say
//! how much film lies between two of them; only the first frame is taken for the newest one with its number.

use std::collections::VecDeque;

use precall_results::Perceived;

/// Captured frames are kept for so long, in milliseconds: longer than media can be on its way.
const KEPT_MS: f64 = 30_000.0;

/// The most captured frames that are kept, at any frame rate.
const MAX_KEPT: usize = 3_600;

/// A presented frame is met at the latest when so many wait.
const MAX_WAITING: usize = 1_000;

/// Ticks of the RTP clock of video in a second (RFC 3551, section 5).
const RTP_CLOCK: f64 = 90_000.0;

/// A gap between RTP timestamps beyond which the stream has begun anew, in seconds.
const MAX_GAP: f64 = 60.0;

/// A frame can be presented so much before it seems to be captured, in milliseconds: clocks are read with errors.
const TOLERANCE_MS: f64 = 5.0;

/// A frame of a film.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct FilmFrame {
    /// Its number in the film.
    pub(super) number: u32,
    /// When it was captured or presented, in milliseconds since the Unix epoch.
    pub(super) at: f64,
    /// The RTP timestamp; `None` for captured frames and where the browser does not report it.
    pub(super) rtp_timestamp: Option<f64>,
}

/// The captured frames of a stream, in order.
#[derive(Debug, Default)]
pub(super) struct CapturedFrames {
    frames: VecDeque<(i64, FilmFrame)>,
    /// The number of frames of the film.
    count: u32,
}

impl CapturedFrames {
    /// Notes a frame of a film with this frame rate and number of frames.
    pub(super) fn note(&mut self, frame: FilmFrame, rate: f64, count: u32) {
        self.count = count;
        let index = self.frames.back().map_or(i64::from(frame.number), |(index, last)| {
            let passed = (frame.at - last.at) / 1e3 * rate;
            let count = f64::from(count.max(1));
            let step = f64::from(frame.number) - f64::from(last.number);
            // The step to this number that is nearest to the time that has passed.
            let step = step + ((passed - step) / count).round() * count;
            // Time goes on: a frame is not before the one that was captured before it.
            index + (step as i64).max(0)
        });
        self.frames.push_back((index, frame));
        while self.frames.len() > MAX_KEPT
            || self.frames.front().is_some_and(|(_, oldest)| oldest.at < frame.at - KEPT_MS)
        {
            self.frames.pop_front();
        }
    }

    /// Returns the index and the time of the captured frame with a number: the one nearest to the expected index, or
    /// the newest that was captured before `at`. `None` if that very frame is not known, since the page of the
    /// publisher may have missed it: another frame with its number is a whole film earlier or later.
    fn find(&self, number: u32, at: f64, expected: Option<f64>) -> Option<(i64, f64)> {
        // Frames with the same number are so many frames apart, and an index is its number in the first film.
        let count = i64::from(self.count.max(1));
        let (newest, _) = self.frames.iter().rev().find(|(_, frame)| frame.at <= at + TOLERANCE_MS)?;
        let number = i64::from(number);
        let wanted = match expected {
            None => newest - (newest - number).rem_euclid(count),
            Some(expected) => number + ((expected - number as f64) / count as f64).round() as i64 * count,
        };
        let place = self.frames.partition_point(|(index, _)| *index < wanted);
        let (index, frame) = self.frames.get(place)?;
        (*index == wanted && frame.at <= at + TOLERANCE_MS).then_some((*index, frame.at))
    }

    /// Returns when the newest frame was captured.
    fn newest(&self) -> f64 {
        self.frames.back().map_or(f64::NEG_INFINITY, |(_, frame)| frame.at)
    }
}

/// The presented frames of a subscription that have not met their captured frames.
#[derive(Debug, Default)]
pub(super) struct PresentedFrames {
    waiting: VecDeque<FilmFrame>,
    /// The index and the RTP timestamp of the last frame that was met, and when it was presented.
    last: Option<(i64, FilmFrame)>,
}

impl PresentedFrames {
    /// Notes presented frames.
    pub(super) fn note(&mut self, frames: impl Iterator<Item = FilmFrame>) {
        self.waiting.extend(frames);
    }

    /// Adds the frames that can meet what was captured. Others wait: the page of the publisher reports once a second.
    pub(super) fn meet(&mut self, captured: &CapturedFrames, rate: f64, sum: &mut Perceived) {
        while let Some(frame) = self.waiting.front().copied() {
            if frame.at > captured.newest() && self.waiting.len() <= MAX_WAITING {
                break;
            }
            self.waiting.pop_front();
            sum.read += 1;
            let expected = self.last.and_then(|(index, last)| {
                let seconds = match (frame.rtp_timestamp, last.rtp_timestamp) {
                    (Some(now), Some(then)) => rtp_seconds(then, now),
                    _ => (frame.at - last.at) / 1e3,
                };
                (seconds.abs() <= MAX_GAP).then_some(index as f64 + seconds * rate)
            });
            let Some((index, at)) = captured.find(frame.number, frame.at, expected) else { continue };
            sum.delays.push(((frame.at - at) * 10.0).round() / 10.0);
            if let Some((last, _)) = self.last.filter(|_| expected.is_some()) {
                match u64::try_from(index - last) {
                    // Chrome's camera films the last frame of the film twice: that is another captured frame.
                    Ok(0) => sum.repeated += u64::from(expected.is_some_and(|expected| expected < last as f64 + 0.5)),
                    Ok(step) => sum.missing += step - 1,
                    // It was presented out of order.
                    Err(_) => {}
                }
            }
            self.last = Some((index, frame));
        }
    }
}

/// Returns the seconds between two RTP timestamps, which have 32 bits.
fn rtp_seconds(then: f64, now: f64) -> f64 {
    let ticks = (now - then).rem_euclid(2_f64.powi(32));
    let ticks = if ticks >= 2_f64.powi(31) { ticks - 2_f64.powi(32) } else { ticks };
    ticks / RTP_CLOCK
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RATE: f64 = 30.0;
    const COUNT: u32 = 60;

    fn captured(frames: u32) -> CapturedFrames {
        let mut captured = CapturedFrames::default();
        for index in 0..frames {
            let at = 1e6 + f64::from(index) * 1e3 / RATE;
            captured.note(FilmFrame { number: index % COUNT, at, rtp_timestamp: None }, RATE, COUNT);
        }
        captured
    }

    /// Presents these frames of the film with a delay in milliseconds.
    fn present(shown: impl IntoIterator<Item = (u32, f64)>, frames: u32) -> Perceived {
        let (mut presented, mut sum) = (PresentedFrames::default(), Perceived::default());
        presented.note(shown.into_iter().map(|(index, delay)| FilmFrame {
            number: index % COUNT,
            at: 1e6 + f64::from(index) * 1e3 / RATE + delay,
            // It wraps around on the way.
            rtp_timestamp: Some((2_f64.powi(32) - 9_000.0 + f64::from(index) * 3_000.0) % 2_f64.powi(32)),
        }));
        presented.meet(&captured(frames), RATE, &mut sum);
        sum
    }

    #[test]
    fn delays_are_those_of_the_frames() {
        let sum = present((10..200).map(|index| (index, 87.5)), 300);
        assert_eq!((sum.read, sum.missing, sum.repeated), (190, 0, 0));
        assert!(sum.delays.iter().all(|delay| (delay - 87.5).abs() < 0.11), "{:?}", sum.delays);
    }

    #[test]
    fn a_delay_may_grow_beyond_the_length_of_the_film() {
        let sum = present((0..200).map(|index| (index, 100.0 + f64::from(index) * 25.0)), 500);
        let last = sum.delays.last().copied().unwrap_or_default();
        assert!((last - 5_075.0).abs() < 0.2, "{last}");
    }

    #[test]
    fn missing_and_repeated_frames_are_counted() {
        let sum = present([(10, 50.0), (11, 50.0), (11, 90.0), (14, 50.0), (90, 50.0)], 200);
        assert_eq!((sum.missing, sum.repeated), (2 + 75, 1));
    }

    #[test]
    fn a_frame_that_the_publisher_missed_is_taken_for_no_other() {
        let (mut presented, mut sum) = (PresentedFrames::default(), Perceived::default());
        let mut known = captured(300);
        known.frames.retain(|(index, _)| *index != 130 && *index != 150);
        let frame = |index: u32| FilmFrame {
            number: index % COUNT,
            at: 1e6 + f64::from(index) * 1e3 / RATE + 60.0,
            rtp_timestamp: Some(f64::from(index) * 3_000.0),
        };
        presented.note([130, 131, 150, 151].map(frame).into_iter());
        presented.meet(&known, RATE, &mut sum);
        assert_eq!(sum.read, 4);
        assert_eq!(sum.delays.iter().map(|delay| delay.round()).collect::<Vec<_>>(), [60.0, 60.0]);
    }

    #[test]
    fn frames_wait_for_the_report_of_the_publisher() {
        let (mut presented, mut sum) = (PresentedFrames::default(), Perceived::default());
        let frame =
            |number: u32| FilmFrame { number, at: 1e6 + f64::from(number) * 1e3 / RATE + 60.0, rtp_timestamp: None };
        presented.note([frame(5), frame(29)].into_iter());
        presented.meet(&captured(20), RATE, &mut sum);
        assert_eq!(sum.read, 1);
        presented.meet(&captured(60), RATE, &mut sum);
        assert_eq!((sum.read, sum.missing), (2, 23));
    }

    proptest! {
        #[test]
        fn whatever_a_page_reports_is_counted_once(
            numbers in prop::collection::vec((0_u32..200, 0.0..1e4_f64, prop::option::of(0.0..1e10_f64)), 0..80),
        ) {
            let (mut presented, mut sum) = (PresentedFrames::default(), Perceived::default());
            presented.note(numbers.iter().map(|(number, at, rtp_timestamp)| FilmFrame {
                number: *number, at: 1e6 + at, rtp_timestamp: *rtp_timestamp,
            }));
            presented.meet(&captured(400), RATE, &mut sum);
            prop_assert!(sum.read as usize <= numbers.len());
            prop_assert!(sum.delays.len() as u64 <= sum.read);
            prop_assert!(sum.delays.iter().all(|delay| delay.is_finite()));
        }
    }
}
