//! `[test]`.

use std::time::Duration;

use crate::scenario::model::{Camera, ScoringProfile, TestSpec};
use crate::scenario::table::{Problems, Reader};
use crate::units::parse_duration;

/// The bounds of the module's own `timeout` option, exclusive.
const TIMEOUT_ABOVE: Duration = Duration::from_secs(5);
const TIMEOUT_BELOW: Duration = Duration::from_secs(30);

/// What a fake camera can be asked for.
const FRAME_RATES: std::ops::RangeInclusive<u32> = 5..=60;

/// Reads the table.
pub(super) fn decode(mut reader: Reader<'_>, problems: &mut Problems) -> TestSpec {
    let default = TestSpec::default();
    let connectivity = reader.boolean("connectivity", problems).unwrap_or(default.connectivity);
    let quality = reader.boolean("quality", problems).unwrap_or(default.quality);
    let audio_only = reader.boolean("audioOnly", problems).unwrap_or(default.audio_only);
    let timeout = reader.quantity("timeout", "20 s", parse_duration, problems).map(|(timeout, node)| {
        if timeout <= TIMEOUT_ABOVE || timeout >= TIMEOUT_BELOW {
            let message = "`timeout` is out of range: the module ignores values that are not between 5 s and 30 s";
            problems.add(
                &node.span,
                message,
                "out of range",
                "write more than 5 s and less than 30 s, or leave it out",
            );
        }
        timeout
    });
    let scoring = [("classic", ScoringProfile::Classic), ("bandwidth", ScoringProfile::Bandwidth)];
    let scoring = reader.choice("scoring", &scoring, problems).unwrap_or_default();
    let camera = reader.table("camera", problems).map(|table| camera(table, problems)).unwrap_or_default();
    if !connectivity && !quality {
        let help = "leave `connectivity` or `quality` at true";
        problems.add(reader.span(), "the case runs no test at all", "nothing to run", help);
    }
    reader.finish(problems);
    TestSpec { connectivity, quality, audio_only, timeout, scoring, camera }
}

fn camera(mut reader: Reader<'_>, problems: &mut Problems) -> Camera {
    let frame_rate = reader.integer("frameRate", problems).and_then(|(rate, node)| {
        let rate = u32::try_from(rate).ok().filter(|rate| FRAME_RATES.contains(rate));
        if rate.is_none() {
            let help = "write 5 to 60 frames per second";
            problems.add(&node.span, "no fake camera has this frame rate", "out of range", help);
        }
        rate
    });
    reader.finish(problems);
    frame_rate.map_or_else(Camera::default, |frame_rate| Camera { frame_rate })
}
