//! Explanations of what looks odd about a recommendation.

use super::limit::{SenderLimit, limit};
use super::module_rule::ModuleRule;
use crate::score::{BANDWIDTH_TOO_LOW, CAPACITY_LADDER, CLASSIC_TABLE, LARGEST_OF_LADDER, classic_resolution, score};
use precall_netem::units::{apart, exact};
use precall_results::CaseResult;
use precall_results::ScoringProfile;
use precall_results::{FrameSize, QualityResult, Sample};

/// Returns the table by which a case's result was scored, as the result itself states.
pub fn scoring_of(case: &CaseResult) -> ScoringProfile {
    let results = [case.recomputed.as_ref(), case.measured.quality.as_ref()];
    let has = |is: fn(&QualityResult) -> bool| results.into_iter().flatten().any(is);
    if has(|result| result.video.confidence.is_some()) {
        ScoringProfile::Capacity
    } else if has(|result| result.video.recommendation_basis.is_some()) {
        ScoringProfile::Bandwidth
    } else {
        ScoringProfile::Classic
    }
}

/// Explains what looks odd about the recommendations of a case, a sentence each: a table that recommends more on a
/// worse network, which of bitrate and loss fails, what limited the sender, and the rule of another module. Empty when
/// nothing is odd.
///
/// `estimates` are the sender's bandwidth estimates (`availableOutgoingBitrate`) by seconds since the network was
/// applied, for modules whose samples do not have them.
pub fn notes(case: &CaseResult, scoring: ScoringProfile, samples: &[Sample], estimates: &[(f64, f64)]) -> Vec<String> {
    let Some(reported) = &case.measured.quality else { return Vec::new() };
    let recomputed = score(samples, scoring);
    let rule = ModuleRule::of(&case.module);
    let has_video = recomputed.video.bitrate.is_some();
    let mut notes = Vec::new();
    notes.extend(audio(reported));
    if !has_video {
        return notes;
    }
    notes.extend(other_rule(case, reported, &recomputed, rule));
    if scoring == ScoringProfile::Classic && rule.is_by_table() {
        notes.extend(table(reported, &recomputed));
    }
    if !is_largest(reported, rule, scoring) {
        let sum = recomputed.audio.bitrate.unwrap_or(0.0) + recomputed.video.bitrate.unwrap_or(0.0);
        let loss = recomputed.video.packet_loss_ratio.unwrap_or(0.0);
        notes.extend(limit(case, samples, estimates, (sum, loss)).map(|limit| limited(limit, sum)));
    }
    notes
}

/// Explains the module's reason for audio that is not supported, which does not name what fails.
fn audio(reported: &QualityResult) -> Option<String> {
    let is_named = !reported.audio.supported && reported.audio.reason.as_deref() == Some(BANDWIDTH_TOO_LOW);
    is_named.then(|| {
        format!(
            "audio: \"{BANDWIDTH_TOO_LOW}\" are fixed words of the module; what fails is the MOS of audio, which follows from loss and \
             round-trip time, not from the bitrate"
        )
    })
}

/// Explains the rule of another module, whose recommendation need not be that of the table.
fn other_rule(
    case: &CaseResult,
    reported: &QualityResult,
    recomputed: &QualityResult,
    rule: ModuleRule,
) -> Option<String> {
    let of_module = rule.describe()?;
    let module = named(case);
    let differs = match reported.video.recommended_resolution == recomputed.video.recommended_resolution {
        true => format!("the rule of precall's own module gives what {module} advises"),
        false => format!(
            "{module} advises {} and the rule of precall's own module {}, which is no fault of either",
            size(reported),
            size(recomputed)
        ),
    };
    Some(format!("{differs}; {of_module}"))
}

/// Returns the name of a case's module for people.
fn named(case: &CaseResult) -> String {
    match case.module.source.strip_prefix("npm ") {
        Some(package) => format!("{package} {}", case.module.version),
        None => "this module".to_owned(),
    }
}

fn size(result: &QualityResult) -> &str {
    result.video.recommended_resolution.as_deref().unwrap_or("no video")
}

/// Explains what is odd about the classic table with these figures.
fn table(reported: &QualityResult, recomputed: &QualityResult) -> Option<String> {
    let (rate, loss) = (recomputed.video.bitrate?, recomputed.video.packet_loss_ratio.unwrap_or(0.0));
    match classic_resolution(rate, loss) {
        Some(size) => not_monotonic(rate, loss, &size),
        None => Some(format!("{}{}", module_words(reported, loss), what_fails(rate, loss))),
    }
}

/// Returns the highest loss that a row allows, and the lowest bitrate that a row needs.
fn bounds() -> (f64, f64) {
    let most = CLASSIC_TABLE.iter().map(|row| row.max_loss_ratio).fold(0.0, f64::max);
    (most, CLASSIC_TABLE.iter().map(|row| row.min_bitrate).fold(f64::INFINITY, f64::min))
}

/// Explains the reason `Bandwidth too low.` when it is the loss that fails.
fn module_words(reported: &QualityResult, loss: f64) -> String {
    match reported.video.reason.as_deref() {
        Some(BANDWIDTH_TOO_LOW) if loss > bounds().0 => {
            format!("\"{BANDWIDTH_TOO_LOW}\" are fixed words of the module, which it says of loss as well: ")
        }
        _ => String::new(),
    }
}

/// Explains which of bitrate and loss no row of the table allows.
fn what_fails(rate: f64, loss: f64) -> String {
    let (most, least) = bounds();
    let rows = CLASSIC_TABLE.len();
    let enough = CLASSIC_TABLE.iter().filter(|row| rate >= row.min_bitrate).count();
    let received = format!("{} kbit/s", apart(rate / 1e3, least / 1e3, 0));
    let lost = format!("{} %", apart(loss * 100.0, most * 100.0, 1));
    let (most, least) = (exact(most * 100.0, 0), exact(least / 1e3, 0));
    match enough {
        0 if lost_too_much(loss) => format!(
            "both rate and loss fail here: the table asks for {least} kbit/s at least, and {received} were received; it allows a loss of \
             {most} % at most, and {lost} were lost"
        ),
        0 => format!(
            "the rate fails here, not the loss: the table asks for {least} kbit/s at least, and {received} were received"
        ),
        enough => format!(
            "loss fails here, not the rate: {received} are enough for {enough} of the {rows} rows, but {lost} of the packets were lost, and \
             no row allows more than {most} %"
        ),
    }
}

fn lost_too_much(loss: f64) -> bool {
    loss > bounds().0
}

/// Explains that the same bitrate with another loss gives an unexpected resolution.
fn not_monotonic(rate: f64, loss: f64, size: &str) -> Option<String> {
    let clean = CLASSIC_TABLE.iter().map(|row| row.max_loss_ratio).fold(f64::INFINITY, f64::min);
    let (most, _) = bounds();
    let published = "as published: the table asks fewer kbit/s of lossy links";
    let received = format!("{:.0} kbit/s", rate / 1e3);
    let (clean_percent, most_percent) = (exact(clean * 100.0, 1), exact(most * 100.0, 0));
    let is_larger = |a: &str, b: Option<&str>| b.is_none_or(|b| pixels(a) > pixels(b));
    if loss > clean {
        let without = classic_resolution(rate, 0.0);
        return is_larger(size, without.as_deref()).then(|| {
            let without = without.as_deref().unwrap_or("no video at all");
            format!("{published}; {received} with at most {clean_percent} % lost would give {without} and not {size}")
        });
    }
    let lossy = classic_resolution(rate, most)?;
    is_larger(&lossy, Some(size)).then(|| {
        format!(
            "{published}; {received} with more than {clean_percent} and at most {most_percent} % lost would give {lossy} and not {size}"
        )
    })
}

/// Returns the number of pixels of a resolution; 0 of a text that is not a resolution.
fn pixels(size: &str) -> u64 {
    size.parse().map_or(0, FrameSize::pixels)
}

/// Whether a module recommends the largest resolution that it knows. Then the limit of the sender does not matter.
fn is_largest(reported: &QualityResult, rule: ModuleRule, scoring: ScoringProfile) -> bool {
    let is_by_ladder = scoring != ScoringProfile::Classic || !rule.is_by_table();
    let (width, height) = match scoring {
        ScoringProfile::Capacity => (CAPACITY_LADDER[0].width, CAPACITY_LADDER[0].height),
        ScoringProfile::Classic | ScoringProfile::Bandwidth => LARGEST_OF_LADDER,
    };
    let of_table = CLASSIC_TABLE.iter().map(|row| pixels(row.resolution)).max().unwrap_or_default();
    let largest = if is_by_ladder { u64::from(width) * u64::from(height) } else { of_table };
    reported.video.recommended_resolution.as_deref().is_some_and(|size| pixels(size) >= largest)
}

/// Describes the limit of the sender in a sentence.
fn limited(limit: SenderLimit, received: f64) -> String {
    let rate = |bits: f64| match bits >= 999_500.0 {
        true => format!("{:.2} Mbit/s", bits / 1e6),
        false => format!("{:.0} kbit/s", bits / 1e3),
    };
    let carries = |link: Option<f64>| match link {
        Some(link) => format!("the link carries {}", rate(link)),
        None => "the link has no limit of rate".to_owned(),
    };
    match limit {
        SenderLimit::Estimate { estimate, link } => format!(
            "the sender's estimate of its bandwidth ({}) was the limit: {}, and {} of audio and video were received; Chrome lowers the \
             estimate when packets are lost or late, and takes some twenty seconds to raise it",
            rate(estimate),
            carries(link),
            rate(received)
        ),
        SenderLimit::Neither { estimate, link } => format!(
            "neither the link nor the sender's estimate was the limit: {}, the estimate was {}, and {} of audio and video were received; the \
             camera's picture needs no more, or Chrome had not climbed from the size that it begins with",
            carries(link),
            rate(estimate),
            rate(received)
        ),
    }
}

#[cfg(test)]
mod tests;
