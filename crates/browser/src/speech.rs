//! The sound file that a fake microphone plays as speech.

use std::f64::consts::TAU;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use precall_netem::rng::SeededRng;

/// Samples per second of the speech.
pub const SPEECH_SAMPLE_RATE: u32 = 48_000;
/// The mean length of talk spurts in seconds (ITU-T P.59, table 1).
const SPURT_SECONDS: f64 = 1.004;
/// The length of the pauses of each voice in seconds; ITU-T P.59, table 1, has a mean of 1.587 s. No two are the same,
/// so that two people who begin to speak at once soon do not. All are long enough for the delays of sound to be told,
/// and short enough for twelve seconds to hold each spurt with its pauses.
const PAUSE_SECONDS: [f64; VOICES] = [1.587, 1.43, 1.54, 1.46, 1.61, 1.49, 1.565, 1.515];
/// The number of talk spurts, each with a pause. Then the file repeats.
pub const SPEECH_SPURTS: usize = 4;
/// The number of syllables in a talk spurt.
const SYLLABLES: u32 = 5;
/// The amplitude as a share of full scale. It gives an active speech level (ITU-T P.56) of about 26 dB below full
/// scale, a typical level of telephone speech.
const PEAK: f64 = 0.25;
/// The first and second formants of five vowels, in Hz (Peterson and Barney, 1952).
const VOWELS: [[f64; 2]; 5] = [[730.0, 1090.0], [530.0, 1840.0], [270.0, 2290.0], [570.0, 840.0], [300.0, 870.0]];

/// The number of voices.
pub const VOICES: usize = 8;

/// A voice: what it says, how it sounds, and how long it pauses. An echo canceller would take a voice that it plays for
/// an echo when the microphone hears it too, so no two of eight people have the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Voice(u8);

impl Voice {
    /// Returns the voice of a person, by the person's place among all. The ninth has that of the first.
    pub fn of(place: usize) -> Self {
        // It is below the number of voices.
        Self((place % VOICES) as u8)
    }

    /// Returns its place among the voices, less than [`VOICES`].
    pub fn index(self) -> usize {
        self.0.into()
    }

    /// Returns the time from one beginning of speech to the next, in seconds: 2.43 to 2.61.
    pub fn interval_seconds(self) -> f64 {
        SPURT_SECONDS + PAUSE_SECONDS[self.index()]
    }
}

/// Writes artificial speech as 16-bit PCM in a WAV file: spurts of voiced syllables with hissing onsets, and silence
/// between them. An encoder treats it as real speech, and uses its discontinuous transmission. The bytes of a
/// voice are always the same.
pub(super) fn write_speech(path: &Path, voice: Voice) -> io::Result<()> {
    let samples = speech_samples(voice);
    let bytes = u32::try_from(samples.len() * 2).map_err(io::Error::other)?;
    let mut file = BufWriter::new(File::create(path)?);
    file.write_all(b"RIFF")?;
    file.write_all(&(36 + bytes).to_le_bytes())?;
    // A format chunk of 16 bytes: PCM, one channel.
    file.write_all(b"WAVEfmt \x10\0\0\0\x01\0\x01\0")?;
    file.write_all(&SPEECH_SAMPLE_RATE.to_le_bytes())?;
    file.write_all(&(SPEECH_SAMPLE_RATE * 2).to_le_bytes())?;
    // Two bytes a sample, of 16 bits.
    file.write_all(b"\x02\0\x10\0data")?;
    file.write_all(&bytes.to_le_bytes())?;
    for sample in samples {
        file.write_all(&((sample.clamp(-1.0, 1.0) * f64::from(i16::MAX)) as i16).to_le_bytes())?;
    }
    file.flush()
}

/// Returns the samples of the speech, at most 1 in size. After them it begins again.
pub fn speech_samples(voice: Voice) -> Vec<f64> {
    let mut random = SeededRng::new(1 + u64::from(voice.0), "speech");
    let count = |seconds: f64| (seconds * f64::from(SPEECH_SAMPLE_RATE)) as usize;
    let mut samples = Vec::new();
    for _ in 0..SPEECH_SPURTS {
        for _ in 0..SYLLABLES {
            syllable(&mut samples, count(SPURT_SECONDS / f64::from(SYLLABLES)), &mut random);
        }
        samples.resize(samples.len() + count(PAUSE_SECONDS[voice.index()]), 0.0);
    }
    samples
}

/// Adds a hiss, then harmonics of a gliding pitch, which are strongest near the vowel's formants.
fn syllable(samples: &mut Vec<f64>, length: usize, random: &mut SeededRng) {
    let formants = VOWELS[random.below(VOWELS.len() as u64) as usize];
    let (pitch, glide) = (95.0 + 50.0 * random.uniform(), 30.0 * (random.uniform() - 0.5));
    let onset = length / 5;
    let mut phase = 0.0;
    for index in 0..length {
        let place = index as f64 / length as f64;
        let envelope = (place * TAU / 2.0).sin().powi(2);
        phase += TAU * (pitch + glide * place) / f64::from(SPEECH_SAMPLE_RATE);
        let voice: f64 = (1..=30)
            .map(|harmonic| strength(pitch * f64::from(harmonic), formants) * (phase * f64::from(harmonic)).sin())
            .sum();
        let hiss =
            if index < onset { (random.uniform() - 0.5) * 0.4 * (1.0 - index as f64 / onset as f64) } else { 0.0 };
        samples.push(PEAK * (0.4 * voice * envelope + hiss));
    }
}

/// Returns the strength of a harmonic: resonances of at least 100 Hz width, on a voice that falls by 6 dB an octave.
fn strength(frequency: f64, formants: [f64; 2]) -> f64 {
    let resonance = |formant: f64| 1.0 / (1.0 + ((frequency - formant) / 120.0).powi(2));
    (0.05 + formants.iter().map(|formant| resonance(*formant)).sum::<f64>()) * (200.0 / (200.0 + frequency)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speech_is_a_wav_file_with_sound_two_fifths_of_the_time() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("speech.wav");
        write_speech(&path, Voice::default()).expect("written");
        let bytes = std::fs::read(&path).expect("read");
        assert_eq!((&bytes[..4], &bytes[8..16], &bytes[36..40]), (&b"RIFF"[..], &b"WAVEfmt "[..], &b"data"[..]));
        let length = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four")) as usize;
        assert_eq!((length(4), length(40)), (bytes.len() - 8, bytes.len() - 44));
        let samples: Vec<i16> =
            bytes[44..].chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
        let loudest = samples.iter().map(|sample| sample.unsigned_abs()).max().unwrap_or_default();
        assert!((4_000..32_000).contains(&loudest), "{loudest}");
        let power = |sample: &i16| (f64::from(*sample) / f64::from(i16::MAX)).powi(2);
        let active: Vec<f64> = samples.iter().filter(|sample| **sample != 0).map(power).collect();
        let level = 10.0 * (active.iter().sum::<f64>() / active.len() as f64).log10();
        assert!((-27.5..-24.5).contains(&level), "{level} dB");
        // A tenth of a second counts as speech if any sample of it is audible.
        let tenths = samples.chunks(4800).map(|tenth| tenth.iter().any(|sample| sample.unsigned_abs() > 300));
        let (spoken, all) = tenths.fold((0, 0), |(spoken, all), is_spoken| (spoken + u32::from(is_spoken), all + 1));
        assert!((0.35..0.47).contains(&(f64::from(spoken) / f64::from(all))), "{spoken} of {all}");
    }

    #[test]
    fn voices_differ_in_what_they_say_and_in_their_rhythm() {
        let [one, other] = [0, 1].map(|place| speech_samples(Voice::of(place)));
        assert_ne!(one[..48_000], other[..48_000]);
        let mut intervals: Vec<_> = (0..VOICES).map(|place| Voice::of(place).interval_seconds()).collect();
        let seconds = other.len() as f64 / f64::from(SPEECH_SAMPLE_RATE) / SPEECH_SPURTS as f64;
        assert!((seconds - intervals[1]).abs() < 1e-3, "{seconds} s");
        intervals.sort_by(f64::total_cmp);
        assert!(intervals.is_sorted_by(|one, next| next - one > 0.02), "{intervals:?}");
        assert_eq!(Voice::of(VOICES), Voice::default());
    }
}
