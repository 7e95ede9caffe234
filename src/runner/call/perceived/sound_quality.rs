//! The quality of received speech, held against what the microphone played. Pure.

use std::f64::consts::PI;
use std::ops::Range;
use std::sync::OnceLock;

use precall_browser::{SPEECH_SAMPLE_RATE, SPEECH_SPURTS, VOICES, Voice, speech_samples};

/// Samples per second of a recording.
const RATE: usize = 16_000;

/// The samples of a recording: twelve seconds, which hold each of the four spurts of the speech once at least.
pub(super) const LENGTH: usize = 12 * RATE;

/// The least quality that the measure gives (P.862.2, of a raw score of -0.5).
pub(super) const LEAST: f64 = 1.04;

/// The length of the blocks by whose loudness a recording is found in the original, in samples: 10 ms.
const BLOCK: usize = RATE / 100;

/// Half the length of the low-pass filter before samples are left out, in samples of a recording.
const HALF_TAPS: usize = 16;

/// The filter lets half of the amplitude through at this share of the highest frequency that a recording can have.
const CUTOFF: f64 = 0.9;

/// The least likeness of the loudness of a recording and that of the original: less is not the same speech, or not all
/// of it.
const MIN_CORRELATION: f64 = 0.5;

/// How much of the pauses around a spurt of speech is compared with it, in blocks. The shortest pause of a voice is
/// more than twice as long.
const MARGIN: usize = 25;

/// The means of so many samples tell one spurt from another and find its place: the pitch and the first formant of a
/// voice are below 1 kHz.
const COARSE: usize = 8;

/// By how much a jitter buffer may have moved a spurt, in samples: 0.3 s.
const MAX_SHIFT: usize = 3 * RATE / 10;

/// Within so many samples, 60 ms, a spurt is looked for when the four of them are told apart.
const NEAR: usize = 6 * RATE / 100;

/// Returns the MOS-LQO of a recording by ITU-T P.862.2 (wideband PESQ), 1.04 to 4.64; `None` of a recording in which
/// the speech of a microphone with this voice is not found.
///
/// The microphone plays the same speech again and again, so the part that was recorded is found by its loudness. The
/// spurts have the same rhythm, so their samples say which is which. Each whole spurt is then found exactly, and the
/// spurts are compared one behind the other. A jitter buffer that makes the pause between two of them some milliseconds
/// shorter changes nothing that anybody hears, but the measure would count it as a fault.
pub(super) fn of(recording: &[i16], voice: Voice) -> Option<f64> {
    let original = original(voice);
    let place = original_place(original, recording)?;
    let (mut played, mut heard) = (Vec::new(), Vec::new());
    for spurt in spurts(&original[place..][..recording.len()]) {
        let spoken = &original[place..][spurt.clone()];
        let at = place_of(spoken, recording, spurt.start);
        played.extend_from_slice(spoken);
        heard.extend_from_slice(&recording[at..][..spoken.len()]);
    }
    let quality = f64::from(pesq::pesq_wb(&played, &heard).ok()?);
    quality.is_finite().then_some(quality)
}

/// Returns what the microphone plays, three times, at the rate of recordings: as long as any recording from any place.
fn original(voice: Voice) -> &'static [i16] {
    static ORIGINALS: [OnceLock<Vec<i16>>; VOICES] = [const { OnceLock::new() }; VOICES];
    ORIGINALS[voice.index()].get_or_init(|| {
        let once = fewer_samples(&speech_samples(voice), SPEECH_SAMPLE_RATE as usize / RATE);
        let once: Vec<_> = once.into_iter().map(|sample| (sample * f64::from(i16::MAX)) as i16).collect();
        once.repeat(REPEATS)
    })
}

/// How often the original holds the speech.
const REPEATS: usize = 3;

/// Returns every n-th sample of a sound that repeats, after a low-pass filter: a sinc under a Blackman window, as that
/// of the page.
fn fewer_samples(samples: &[f64], factor: usize) -> Vec<f64> {
    let half = HALF_TAPS * factor;
    let taps: Vec<f64> = (0..=2 * half)
        .map(|index| {
            let at = (index as f64 - half as f64) / factor as f64;
            let sinc = if at == 0.0 { CUTOFF } else { (PI * CUTOFF * at).sin() / (PI * at) };
            let turn = PI * index as f64 / half as f64;
            sinc * (0.42 - 0.5 * turn.cos() + 0.08 * (2.0 * turn).cos())
        })
        .collect();
    let sum: f64 = taps.iter().sum();
    let filtered = |place: usize| {
        let first = place + samples.len() - half;
        taps.iter().enumerate().map(|(tap, weight)| weight * samples[(first + tap) % samples.len()]).sum::<f64>() / sum
    };
    (0..samples.len()).step_by(factor).map(filtered).collect()
}

/// Returns the place in the original, in samples, at which a recording begins.
fn original_place(original: &[i16], recording: &[i16]) -> Option<usize> {
    let (whole, part) = (loudness(original), loudness(recording));
    let period = original.len() / REPEATS;
    let best = (0..period / BLOCK).filter_map(|at| Some((correlation(whole.get(at..at + part.len())?, &part)?, at)));
    let (likeness, at) = best.max_by(|one, other| one.0.total_cmp(&other.0))?;
    if likeness < MIN_CORRELATION {
        return None;
    }
    // As many spurts as the speech has, one as far from the next.
    let places = (0..SPEECH_SPURTS).map(|spurt| (at * BLOCK + spurt * period / SPEECH_SPURTS) % period);
    let alike = |place: &usize| -> f64 {
        let spurts = spurts(&original[*place..][..recording.len()]);
        spurts.iter().map(|spurt| best_place(&original[*place..][spurt.clone()], recording, spurt.start, NEAR).1).sum()
    };
    places.map(|place| (alike(&place), place)).max_by(|one, other| one.0.total_cmp(&other.0)).map(|(_, place)| place)
}

/// Returns the samples of the first whole spurts of speech, one of each, with a part of the pauses around them.
fn spurts(played: &[i16]) -> Vec<Range<usize>> {
    let levels = loudness(played);
    let mut spurts: Vec<Range<usize>> = Vec::new();
    for (block, _) in levels.iter().enumerate().filter(|(_, level)| **level > 0.0) {
        match spurts.last_mut() {
            // Between syllables it is quiet for less.
            Some(spurt) if block - spurt.end < 2 * MARGIN => spurt.end = block + 1,
            _ => spurts.push(block..block + 1),
        }
    }
    let whole = spurts.into_iter().filter(|spurt| spurt.start >= MARGIN && spurt.end + MARGIN <= levels.len());
    // Where there is room for a fifth one, it is the first one again.
    whole.map(|spurt| (spurt.start - MARGIN) * BLOCK..(spurt.end + MARGIN) * BLOCK).take(SPEECH_SPURTS).collect()
}

/// Returns where a part of the original is in a recording, in samples, around the place where it is expected.
fn place_of(spoken: &[i16], recording: &[i16], expected: usize) -> usize {
    let (around, _) = best_place(spoken, recording, expected, MAX_SHIFT);
    let last = recording.len() - spoken.len();
    let product = |place: usize| {
        let pairs = spoken.iter().zip(&recording[place..]);
        pairs.map(|(one, other)| i64::from(*one) * i64::from(*other)).sum::<i64>()
    };
    let places = around.saturating_sub(COARSE)..=(around + COARSE).min(last);
    places.max_by_key(|place| product(*place)).unwrap_or(around)
}

/// Returns the place within `most` samples of the expected one at which a part of the original is most like a
/// recording, to a few samples, and the correlation there; 0 where there is only silence.
fn best_place(spoken: &[i16], recording: &[i16], expected: usize, most: usize) -> (usize, f64) {
    let (spoken, recording) = (coarse(spoken), coarse(recording));
    let last = recording.len().saturating_sub(spoken.len());
    let expected = expected / COARSE;
    let places = expected.saturating_sub(most / COARSE)..=(expected + most / COARSE).min(last);
    let own: f64 = spoken.iter().map(|sample| sample * sample).sum();
    // The energy of all samples before each.
    let mut before = Vec::with_capacity(recording.len() + 1);
    before.push(0.0);
    let mut sum = 0.0;
    before.extend(recording.iter().map(|sample| {
        sum += sample * sample;
        sum
    }));
    let mut best = (expected.min(last), 0.0);
    for place in places {
        let part = &recording[place..][..spoken.len()];
        let product: f64 = spoken.iter().zip(part).map(|(one, other)| one * other).sum();
        let scale = (own * (before[place + spoken.len()] - before[place])).sqrt();
        if scale > 0.0 && product / scale > best.1 {
            best = (place, product / scale);
        }
    }
    (best.0 * COARSE, best.1)
}

/// Returns the means of every few samples.
fn coarse(samples: &[i16]) -> Vec<f64> {
    let mean = |part: &[i16]| part.iter().map(|sample| f64::from(*sample)).sum::<f64>() / COARSE as f64;
    samples.chunks_exact(COARSE).map(mean).collect()
}

/// Returns the level of each block, as the root of the mean energy.
fn loudness(samples: &[i16]) -> Vec<f64> {
    let energy = |block: &[i16]| block.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>();
    samples.chunks_exact(BLOCK).map(|block| (energy(block) / BLOCK as f64).sqrt()).collect()
}

/// Returns the correlation coefficient of two lists of the same length; `None` where one is constant.
fn correlation(one: &[f64], other: &[f64]) -> Option<f64> {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (mean_one, mean_other) = (mean(one), mean(other));
    let (mut both, mut first, mut second) = (0.0, 0.0, 0.0);
    for (x, y) in one.iter().zip(other) {
        let (x, y) = (x - mean_one, y - mean_other);
        both += x * y;
        first += x * x;
        second += y * y;
    }
    let product: f64 = first * second;
    (product > 0.0).then(|| both / product.sqrt())
}

#[cfg(test)]
mod tests {
    use precall_netem::rng::SeededRng;

    use super::*;

    /// What is recorded from so many samples after the beginning of the original on.
    fn recorded(from: usize) -> Vec<i16> {
        recorded_of(Voice::default(), from)
    }

    fn recorded_of(voice: Voice, from: usize) -> Vec<i16> {
        original(voice)[from..from + LENGTH].to_vec()
    }

    #[test]
    fn speech_that_nothing_happened_to_is_of_the_best_quality_wherever_it_begins() {
        for from in [0, 112_345] {
            let quality = of(&recorded(from), Voice::default()).expect("found");
            assert!(quality > 4.5, "{from}: {quality}");
        }
    }

    #[test]
    fn a_recording_holds_four_whole_spurts_wherever_it_begins() {
        // Those with the shortest and the longest pauses.
        let mut voices: Vec<_> = (0..VOICES).map(Voice::of).collect();
        voices.sort_by(|one, other| one.interval_seconds().total_cmp(&other.interval_seconds()));
        for voice in [voices[0], voices[VOICES - 1]] {
            for from in (0..original(voice).len() / REPEATS).step_by(9_123) {
                assert_eq!(spurts(&recorded_of(voice, from)).len(), SPEECH_SPURTS, "{voice:?} from {from}");
            }
        }
    }

    #[test]
    fn a_pause_that_a_jitter_buffer_shortens_is_no_fault() {
        let whole = recorded(30_000);
        // The samples of a pause are silent.
        let pause = spurts(&whole)[0].end - BLOCK;
        let shorter: Vec<_> = [&whole[..pause], &whole[pause + 98..], &[0; 98]].concat();
        let quality = of(&shorter, Voice::default()).expect("found");
        assert!(quality > 4.5, "{quality}");
    }

    /// Where much is lost, the spurts still are not taken for one another: then the measure would compare other vowels.
    #[test]
    fn spurts_are_told_apart_where_much_is_lost() {
        let mut random = SeededRng::new(3, "loss");
        for (place, from) in [25_600, 120_000].into_iter().enumerate() {
            let voice = Voice::of(place);
            let mut outage = recorded_of(voice, from);
            outage[40_000..56_000].fill(0);
            let mut lossy = recorded_of(voice, from);
            lossy.chunks_mut(RATE / 50).filter(|_| random.uniform() < 0.3).for_each(|frame| frame.fill(0));
            for recording in [outage, lossy] {
                let found = original_place(original(voice), &recording).expect("found");
                assert!(found.abs_diff(from) <= BLOCK, "{voice:?} from {from}: {found}");
            }
        }
    }

    #[test]
    fn quality_falls_with_noise_and_with_gaps() {
        let mut random = SeededRng::new(1, "noise");
        let noisy = |amplitude: f64, random: &mut SeededRng| -> Vec<i16> {
            let add = |sample: i16| (f64::from(sample) + amplitude * (random.uniform() - 0.5)) as i16;
            recorded(30_000).into_iter().map(add).collect()
        };
        let [clean, few, many] =
            [0.0, 100.0, 1_000.0].map(|amplitude| of(&noisy(amplitude, &mut random), Voice::default()).expect("found"));
        assert!(clean > few && few > many, "{clean}, {few}, {many}");
        // Of every fifth of a second, so many milliseconds are silent.
        let gaps = |length: usize| {
            let mut samples = recorded(30_000);
            samples.chunks_mut(RATE / 5).for_each(|part| part[..length * RATE / 1_000].fill(0));
            of(&samples, Voice::default()).expect("found")
        };
        let [few, many] = [20, 60].map(gaps);
        assert!(clean > few && few > many, "{clean}, {few}, {many}");
    }

    #[test]
    fn what_is_not_the_speech_of_the_microphone_has_no_quality() {
        assert_eq!(of(&vec![0; LENGTH], Voice::default()), None);
        let mut random = SeededRng::new(2, "noise");
        let noise: Vec<_> = (0..LENGTH).map(|_| ((random.uniform() - 0.5) * 20_000.0) as i16).collect();
        assert_eq!(of(&noise, Voice::default()), None);
    }
}
