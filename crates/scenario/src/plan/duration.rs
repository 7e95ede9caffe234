//! The durations of cases.

use std::collections::HashMap;
use std::time::Duration;

use super::case::Case;
use crate::ModuleSpec;

/// Expected durations of cases: as measured in an earlier run, or else estimated from their tests.
#[derive(Debug, Clone, Default)]
pub struct Durations(HashMap<String, Duration>);

impl Durations {
    /// Measured durations by case id. A repeat that was not measured is expected to take the mean of the measured ones.
    pub fn measured(durations: impl IntoIterator<Item = (String, Duration)>) -> Self {
        let mut all: HashMap<String, Duration> = HashMap::new();
        let mut repeats: HashMap<String, (Duration, u32)> = HashMap::new();
        for (id, duration) in durations {
            let duration = duration.min(LONGEST);
            if let Some((cell, _)) = id.rsplit_once(REPEAT) {
                let (sum, count) = repeats.entry(cell.to_owned()).or_default();
                *sum += duration;
                *count += 1;
            }
            all.insert(id, duration);
        }
        all.extend(repeats.into_iter().map(|(cell, (sum, count))| (cell, sum / count)));
        Self(all)
    }

    /// Returns the expected duration of a case.
    pub fn of(&self, case: &Case) -> Duration {
        let known = self.0.get(&case.id);
        known
            .or_else(|| self.0.get(case.id.rsplit_once(REPEAT)?.0))
            .copied()
            .unwrap_or_else(|| Phases::of(case).usual())
    }

    /// Returns the longest duration of a case on a host that keeps up.
    pub fn longest(&self, case: &Case) -> Duration {
        self.of(case).max(Phases::of(case).longest())
    }
}

/// The longest accepted measured duration. A file can contain any number, and the sum over a plan must fit in a
/// duration.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 3600);

/// Separates the number of the repeat from the rest of an id.
const REPEAT: &str = ",repeat=";

/// Durations of the phases of a case. Measured on two CPUs, on networks with round-trip times of 0 to 300 ms. Phases
/// that wait for responses grow with the round-trip time; measurements do not.
struct Phases {
    around: Duration,
    quality: Option<QualityPhase>,
}

struct QualityPhase {
    usual: Duration,
    longest: Duration,
}

/// Loading the page and the SDK on an unimpaired network, and leaving the session.
const PREPARE: Duration = Duration::from_secs(2);
/// What a call takes after its end: the last statistics, and leaving the session.
const AFTER_CALL: Duration = Duration::from_secs(2);
/// A successful connectivity test, and its number of round trips: HTTP, WebSocket, ICE, DTLS.
const CONNECTIVITY: (Duration, u32) = (Duration::from_millis(2500), 24);
/// The part of a quality test before its measurement.
const SESSION: (Duration, u32) = (Duration::from_millis(1500), 16);
/// The longest measurement of a quality test, with video and without.
const WITH_VIDEO: Duration = Duration::from_secs(30);
const AUDIO_ONLY: Duration = Duration::from_secs(10);
/// The usual duration until the built-in module considers the rate stable. Random loss and jitter make it longer.
const STEADY: Duration = Duration::from_secs(11);
const STEADY_AT_RANDOM: Duration = Duration::from_secs(14);

impl Phases {
    fn of(case: &Case) -> Self {
        if let Some(call) = &case.spec.call {
            return Self { around: PREPARE + AFTER_CALL + call.duration, quality: None };
        }
        let (test, network) = (&case.spec.test, &case.spec.network);
        let round_trip = network.up.delay + network.down.delay;
        let with = |(time, trips): (Duration, u32)| time + round_trip * trips;
        let longest = test.timeout.unwrap_or(if test.audio_only { AUDIO_ONLY } else { WITH_VIDEO });
        let is_random = [&network.up, &network.down].iter().any(|link| {
            !link.jitter.is_zero()
                || link.loss.is_some_and(|loss| loss.get() > 0.0)
                || link.burst.is_some()
                || link.trace.is_some()
        });
        let steady = if is_random { STEADY_AT_RANDOM } else { STEADY };
        // A module from npm or from disk can measure for any time.
        let usual = if case.module == ModuleSpec::BuiltIn { steady.min(longest) } else { longest };
        Self {
            around: PREPARE + if test.connectivity { with(CONNECTIVITY) } else { Duration::ZERO },
            quality: test
                .quality
                .then(|| QualityPhase { usual: with(SESSION) + usual, longest: with(SESSION) + longest }),
        }
    }

    fn usual(&self) -> Duration {
        self.around + self.quality.as_ref().map_or(Duration::ZERO, |quality| quality.usual)
    }

    fn longest(&self) -> Duration {
        self.around + self.quality.as_ref().map_or(Duration::ZERO, |quality| quality.longest)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::plan::{Releases, expand};

    fn case(text: &str) -> Case {
        let scenario = crate::parse(&format!("{text}\n[[case]]\nname = \"a\""), Path::new("test.toml"));
        expand(&[scenario.expect("a scenario")], &Releases::default()).expect("a plan").swap_remove(0)
    }

    /// Medians of recorded runs on a host that kept up.
    #[test]
    fn recorded_cases_match_the_prediction() {
        let camera = "[test.camera]\npicture = \"detailed\"\nresolution = \"640x480\"\n";
        for (network, recorded) in
            [("profile = \"3g\"", 28.9), ("profile = \"wifi-hotel\"", 21.9), ("rate = \"500 kbit/s\"", 15.5)]
        {
            let case = case(&format!("{camera}[network]\n{network}"));
            let predicted = Durations::default().of(&case).as_secs_f64();
            assert!((predicted / recorded - 1.0).abs() < 0.2, "{network}: {predicted} s, took {recorded} s");
            assert!(Durations::default().longest(&case).as_secs_f64() > recorded);
        }
        // A test of 8 s on a 3G network, with Chrome's own pattern.
        let short = case("[test]\ntimeout = \"8 s\"\n[network]\nprofile = \"3g\"");
        assert!((Durations::default().of(&short).as_secs_f64() / 26.6 - 1.0).abs() < 0.2);
    }

    #[test]
    fn unmeasured_repeats_take_the_mean_of_measured_ones() {
        let mut case = case("repeat = 4");
        let seconds = Duration::from_secs;
        let durations =
            Durations::measured([("a,repeat=1".to_owned(), seconds(10)), ("a,repeat=2".to_owned(), seconds(20))]);
        assert_eq!(durations.of(&case), seconds(10));
        case.id = "a,repeat=4".to_owned();
        assert_eq!(durations.of(&case), seconds(15));
    }
}
