//! The repeats of a case together: how many passed, and the median and the range of each figure.

use std::collections::HashMap;

use super::format::NONE;
use crate::figures::{CaseFigures, sum};
use precall_judge::statistics::median;
use precall_results::Outcome;
use precall_results::QualityResult;
use precall_results::{CaseKey, CaseResult, MeasuredAgain, Metric};
use precall_support::text::listed;

/// The repeats of one case, in the order of their numbers.
#[derive(Debug, Clone)]
pub(super) struct CaseRepeats<'a> {
    pub cases: Vec<&'a CaseResult>,
}

/// The median and the range of several measurements of one figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spread {
    pub median: f64,
    pub low: f64,
    pub high: f64,
    /// The number of measurements. Repeats that say nothing about the SDK are not counted.
    pub count: usize,
}

/// The figures of a case over its repeats. Each is `None` if no repeat measured it.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Spreads {
    pub audio_mos: Option<Spread>,
    pub video_mos: Option<Spread>,
    /// Received video, in bit/s.
    pub video_bitrate: Option<Spread>,
    /// Received audio and video together, in bit/s.
    pub bitrate: Option<Spread>,
    pub audio_loss: Option<Spread>,
    pub video_loss: Option<Spread>,
    pub round_trip_time: Option<Spread>,
    /// Durations of the final attempts, in seconds.
    pub seconds: Option<Spread>,
}

/// Groups the cases of a run by case, in the order of the run.
pub(super) fn group_repeats<'a>(cases: impl IntoIterator<Item = &'a CaseResult>) -> Vec<CaseRepeats<'a>> {
    let mut cells: Vec<CaseRepeats<'a>> = Vec::new();
    let mut places: HashMap<CaseKey, usize> = HashMap::new();
    for case in cases {
        let place = *places.entry(CaseKey::of(case)).or_insert(cells.len());
        match cells.get_mut(place) {
            // A case without a repeat number is a group of its own.
            Some(cell) if case.repeat.is_some() => cell.cases.push(case),
            _ => cells.push(CaseRepeats { cases: vec![case] }),
        }
    }
    cells.iter_mut().for_each(|cell| cell.cases.sort_by_key(|case| case.repeat));
    cells
}

impl Spread {
    /// Returns the spread of some values. `None` if there are none.
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let values: Vec<f64> = values.into_iter().filter(|value| value.is_finite()).collect();
        let low = values.iter().copied().reduce(f64::min)?;
        let high = values.iter().copied().reduce(f64::max)?;
        Some(Self { median: median(&values)?, low, high, count: values.len() })
    }

    /// Returns the median as text: `3.41`.
    pub(crate) fn middle(&self, text: impl Fn(f64) -> String) -> String {
        text(self.median)
    }

    /// Returns the range as text: `1.48 to 3.37`, or `all equal`. `None` for a single value.
    pub(crate) fn range(&self, text: impl Fn(f64) -> String) -> Option<String> {
        let (low, high) = (text(self.low), text(self.high));
        (self.count > 1).then(|| match low.rsplit_once(' ').zip(high.rsplit_once(' ')) {
            _ if low == high => "all equal".to_owned(),
            // The unit is written once: `52 to 359 kbit/s`.
            Some(((number, unit), (_, same))) if unit == same => format!("{number} to {high}"),
            _ => format!("{low} to {high}"),
        })
    }
}

impl<'a> CaseRepeats<'a> {
    /// Returns the first repeat.
    pub(crate) fn first(&self) -> &'a CaseResult {
        self.cases[0]
    }

    /// Returns the number of repeats that passed.
    pub(crate) fn passed(&self) -> usize {
        self.cases.iter().filter(|case| case.outcome == Outcome::Passed).count()
    }

    /// Returns the repeats that did not pass.
    pub(crate) fn not_passed(&self) -> impl Iterator<Item = &'a CaseResult> {
        self.cases.iter().copied().filter(|case| case.outcome != Outcome::Passed)
    }

    /// Returns the most severe outcome of the repeats.
    pub(crate) fn outcome(&self) -> Outcome {
        Outcome::worst(&self.cases.iter().map(|case| case.outcome).collect::<Vec<_>>())
    }

    /// Returns `passed`, or for several repeats `6 of 6 passed`.
    pub(crate) fn verdict(&self) -> String {
        match self.cases[..] {
            [case] => case.outcome.as_str().to_owned(),
            _ => format!("{} of {} passed", self.passed(), self.cases.len()),
        }
    }

    /// Returns the repeats that did not pass, grouped by outcome: `#2 and #5 failed`, `#3 hung`. Empty for a case
    /// without repeats.
    pub(crate) fn not_passed_by_outcome(&self) -> Vec<String> {
        let mut troubles: Vec<(Outcome, Vec<String>)> = Vec::new();
        for case in self.not_passed() {
            let Some(repeat) = case.repeat else { continue };
            match troubles.iter_mut().find(|(outcome, _)| *outcome == case.outcome) {
                Some((_, repeats)) => repeats.push(format!("#{repeat}")),
                None => troubles.push((case.outcome, vec![format!("#{repeat}")])),
            }
        }
        let said = |(outcome, repeats): &(Outcome, Vec<String>)| format!("{} {}", listed(repeats), outcome.as_str());
        troubles.iter().map(said).collect()
    }

    /// Returns the repeats that were measured more than once, grouped by the reason.
    pub(crate) fn measured_again(&self) -> Vec<(MeasuredAgain, Vec<&'a CaseResult>)> {
        let mut found: Vec<(MeasuredAgain, Vec<&'a CaseResult>)> = Vec::new();
        for case in &self.cases {
            let Some(why) = case.measured_again() else { continue };
            match found.iter_mut().find(|(known, _)| *known == why) {
                Some((_, cases)) => cases.push(case),
                None => found.push((why, vec![case])),
            }
        }
        found
    }

    /// Returns the repeats whose figures count: those that say something about the SDK, or all if there are none.
    pub(crate) fn counted(&self) -> Vec<&'a CaseResult> {
        let counts = |case: &&CaseResult| case.outcome.is_conclusive();
        let counting: Vec<_> = self.cases.iter().copied().filter(|case| counts(case)).collect();
        if counting.is_empty() { self.cases.clone() } else { counting }
    }

    /// Returns the spread of a figure over the repeats that count.
    pub(crate) fn spread(&self, figure: impl Fn(&CaseResult) -> Option<f64>) -> Option<Spread> {
        Spread::of(self.counted().into_iter().filter_map(figure))
    }

    /// Returns the main figures over the repeats that count.
    pub(crate) fn spreads(&self) -> Spreads {
        let quality = |figure: fn(&QualityResult) -> Option<f64>| {
            self.spread(|case| case.measured.quality.as_ref().and_then(figure))
        };
        if self.first().call.is_some() {
            return self.spreads_of_calls();
        }
        Spreads {
            audio_mos: quality(|quality| quality.audio.mos),
            video_mos: quality(|quality| quality.video.mos),
            video_bitrate: quality(|quality| quality.video.bitrate),
            bitrate: quality(|quality| sum(quality.audio.bitrate, quality.video.bitrate)),
            audio_loss: quality(|quality| quality.audio.packet_loss_ratio),
            video_loss: quality(|quality| quality.video.packet_loss_ratio),
            round_trip_time: self.spread(|case| Some(case.network.measured.round_trip_time?.as_secs_f64())),
            seconds: self.spread(|case| Some(case.duration_of_last_attempt().as_secs_f64())),
        }
    }

    /// Returns the main figures of calls: the worst of the participants or subscriptions of each.
    fn spreads_of_calls(&self) -> Spreads {
        let figure = |metric| self.spread(move |case| case.metric(metric)?.number());
        Spreads {
            audio_mos: None,
            video_mos: None,
            video_bitrate: figure(Metric::VideoBitrate),
            bitrate: figure(Metric::VideoBitrate),
            audio_loss: figure(Metric::AudioPacketLossRatio),
            video_loss: figure(Metric::VideoPacketLossRatio),
            round_trip_time: figure(Metric::LinkRoundTripTime),
            seconds: self.spread(|case| Some(case.duration_of_last_attempt().as_secs_f64())),
        }
    }

    /// Returns the advice of the repeats that count, the most frequent first: `640x480 at 30`. Different advice is
    /// listed with the number of repeats that gave it: `640x480 at 30 (4 of 6)`.
    pub(crate) fn advice(&self) -> Vec<String> {
        self.distinct_texts(|case| CaseFigures::of(case).advice)
    }

    /// Returns the results of the connectivity test, in the form of [`CaseRepeats::advice`].
    pub(crate) fn connectivity(&self) -> Vec<String> {
        self.distinct_texts(|case| CaseFigures::of(case).connectivity)
    }

    /// Returns a text from each repeat that counts, in the form of [`CaseRepeats::advice`].
    pub(crate) fn distinct_texts(&self, what: impl Fn(&CaseResult) -> String) -> Vec<String> {
        let cases = self.counted();
        let mut counts: Vec<(String, usize)> = Vec::new();
        for text in cases.iter().map(|case| what(case)) {
            match counts.iter_mut().find(|(known, _)| *known == text) {
                Some((_, count)) => *count += 1,
                None => counts.push((text, 1)),
            }
        }
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        match &counts[..] {
            [(text, _)] => vec![text.clone()],
            several => several.iter().map(|(text, count)| format!("{text} ({count} of {})", cases.len())).collect(),
        }
    }
}

/// Returns a spread as text, or [`NONE`].
pub(super) fn or_none(spread: Option<Spread>, text: impl Fn(&Spread) -> String) -> String {
    spread.map_or_else(|| NONE.to_owned(), |spread| text(&spread))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::repeated;
    use crate::format;

    #[test]
    fn repeats_are_grouped_with_median_and_range() {
        let mut run = repeated(&[400e3, 52e3, 359e3, 410e3]);
        run.cases[1].outcome = Outcome::Failed;
        run.cases[3].outcome = Outcome::Inconclusive;
        run.cases.reverse();
        let cells = group_repeats(&run.cases);
        let [cell] = &cells[..] else { panic!("one cell of {}", cells.len()) };
        assert_eq!(cell.cases.iter().map(|case| case.repeat).collect::<Vec<_>>(), [Some(1), Some(2), Some(3), Some(4)]);
        assert_eq!((cell.verdict().as_str(), cell.outcome()), ("2 of 4 passed", Outcome::Failed));
        assert_eq!(cell.not_passed_by_outcome(), ["#2 failed", "#4 inconclusive"]);
        let bitrate = cell.spreads().video_bitrate.expect("measured");
        assert_eq!(bitrate.middle(format::bits_per_second), "359 kbit/s");
        assert_eq!(bitrate.range(format::bits_per_second).as_deref(), Some("52 to 400 kbit/s"));
        assert_eq!(bitrate.count, 3);
        assert_eq!(cell.advice(), ["Bandwidth too low."]);
    }

    #[test]
    fn cases_without_repeat_numbers_are_groups_of_their_own() {
        let mut run = repeated(&[1e6, 2e6]);
        run.cases.iter_mut().for_each(|case| case.repeat = None);
        let cells = group_repeats(&run.cases);
        assert_eq!(cells.len(), 2);
        assert_eq!(cells[0].verdict(), "passed");
        let bitrate = cells[0].spreads().video_bitrate.expect("measured");
        assert_eq!(bitrate.middle(format::bits_per_second), "1.00 Mbit/s");
        assert_eq!(bitrate.range(format::bits_per_second), None);
    }

    #[test]
    fn different_advice_is_counted() {
        let mut run = repeated(&[1e6, 2e6, 3e6]);
        let video = |case: &mut CaseResult| {
            let quality = case.measured.quality.get_or_insert_default();
            quality.video.recommended_resolution = Some("640x480".to_owned());
            quality.video.recommended_frame_rate = Some(30.0);
        };
        run.cases[..2].iter_mut().for_each(video);
        let cells = group_repeats(&run.cases);
        assert_eq!(cells[0].advice(), ["640x480 at 30 (2 of 3)", "Bandwidth too low. (1 of 3)"]);
    }

    #[test]
    fn a_range_has_its_unit_once() {
        let spread = Spread::of([900e3, 1.2e6]).expect("values");
        assert_eq!(spread.range(format::bits_per_second).as_deref(), Some("900 kbit/s to 1.20 Mbit/s"));
        let same = Spread::of([2.0, 2.0]).expect("values");
        assert_eq!(same.range(format::mos).as_deref(), Some("all equal"));
        assert_eq!(Spread::of([f64::NAN]), None);
    }
}
