//! Warnings about tests that end too early.

use std::collections::HashSet;
use std::time::Duration;

use super::case_names::CaseNames;
use super::compared::{DETAILED, pairs};
use super::warning::PlacedMessage;
use precall_netem::units::format_duration;
use precall_results::{Metric, Source};
use precall_scenario::Picture;
use precall_scenario::plan::Case;

/// The time that Chrome takes to reach the full bitrate of a camera when it begins with a small picture.
pub(super) const RAMP: Duration = Duration::from_secs(20);

/// The usual time of a case before its tests: loading and the session.
const AROUND: Duration = Duration::from_secs(2);
/// The usual time of the connectivity test.
const CONNECTIVITY: Duration = Duration::from_secs(6);

/// Returns the time after which a case is usually over, counted from when its network is applied.
pub(super) fn usual_end(case: &Case) -> Duration {
    let test = &case.spec.test;
    let own = Duration::from_secs(if test.audio_only { 10 } else { 30 });
    let quality = if test.quality { test.timeout.unwrap_or(own) } else { Duration::ZERO };
    AROUND + quality + if test.connectivity { CONNECTIVITY } else { Duration::ZERO }
}

/// Warns of a test that ends before Chrome has reached its bitrate, where that matters: in a comparison, or for
/// expectations of video.
pub(super) fn too_short<'a>(cases: &[&'a Case]) -> Vec<PlacedMessage<'a>> {
    let compared: HashSet<_> =
        pairs(cases).into_iter().flat_map(|pair| pair.cases).map(|case| case.id.as_str()).collect();
    let said = cases.iter().filter_map(|case| {
        let timeout = case.spec.test.timeout.filter(|timeout| *timeout < RAMP)?;
        let is_compared = compared.contains(case.id.as_str());
        if !climbs(case) || !(is_compared || expects_video(case)) {
            return None;
        }
        let message = format!(
            "the test ends after {}, and Chrome takes some {} s to reach its rate: take `timeout` out, or write `{DETAILED}` \
             below [test], a picture that begins at its full size",
            format_duration(timeout),
            RAMP.as_secs()
        );
        Some((case.spec.places.get("test.timeout"), message))
    });
    said.collect()
}

/// Whether Chrome begins with a small picture of this camera.
fn climbs(case: &Case) -> bool {
    let test = &case.spec.test;
    let is_large = match test.camera.picture {
        Picture::Pattern => true,
        Picture::Detailed { width, height } => width * height > 640 * 480,
    };
    test.quality && !test.audio_only && is_large
}

/// Whether an expectation depends on the bitrate of video.
fn expects_video(case: &Case) -> bool {
    let grows = |metric| {
        matches!(
            metric,
            Metric::VideoBitrate
                | Metric::VideoMos
                | Metric::VideoRecommendedResolution
                | Metric::LinkUpBitrate
                | Metric::LinkDownBitrate
        )
    };
    case.spec.expect.iter().any(|expectation| grows(expectation.metric))
}

/// Warns of steps and outages of a network that come after the test.
pub(super) fn never<'a>(cases: &[&'a Case]) -> Vec<PlacedMessage<'a>> {
    let mut found: Vec<(Option<&'a Source>, String, CaseNames)> = Vec::new();
    for case in cases {
        let end = usual_end(case);
        let network = &case.spec.network;
        let step = network.steps.iter().map(|step| step.at).find(|at| *at >= end);
        let links = [&network.up, &network.down];
        let outage = links.iter().flat_map(|link| &link.outages).map(|outage| outage.at).find(|at| *at >= end);
        for (what, at) in [("step", step), ("outage", outage)] {
            let Some(at) = at else { continue };
            let place = case.spec.places.get("network");
            let message = format!(
                "the {what} at {} hardly ever comes: the test is usually over after {}",
                format_duration(at),
                format_duration(end)
            );
            match found.iter_mut().find(|(known, text, _)| (*known, text.as_str()) == (place, message.as_str())) {
                Some((.., names)) => names.add(case),
                None => found.push((place, message, CaseNames::of(case))),
            }
        }
    }
    let said = found.into_iter().map(|(place, message, names)| (place, format!("{message} ({names})")));
    said.collect()
}
