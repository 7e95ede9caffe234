//! Decodes `[devices]`.

use crate::devices::{DeviceAccess, DevicesSpec};
use crate::problems::Problems;
use crate::suggest::closest;
use crate::table::TableReader;
use precall_netem::units::{UnitError, parse_duration};

/// The factors by which Chrome can slow down the scripts of a page.
const SLOWDOWNS: std::ops::RangeInclusive<u32> = 1..=20;

/// Decodes the table.
pub(super) fn decode(mut reader: TableReader<'_>, problems: &mut Problems) -> DevicesSpec {
    let mut read = |key| reader.quantity(key, "denied", access, problems).map(|(access, _)| access);
    let camera = read("camera").unwrap_or_default();
    let microphone = read("microphone").unwrap_or_default();
    let cpu_slowdown = reader.integer_within("cpuSlowdown", SLOWDOWNS, "`cpuSlowdown` is out of range", problems);
    reader.finish(problems);
    DevicesSpec { camera, microphone, cpu_slowdown: cpu_slowdown.unwrap_or(DevicesSpec::default().cpu_slowdown) }
}

fn access(text: &str) -> Result<DeviceAccess, UnitError> {
    let at = |prefix: &str| text.strip_prefix(prefix);
    match text {
        "granted" => Ok(DeviceAccess::Granted),
        "denied" => Ok(DeviceAccess::Denied),
        "none" => Ok(DeviceAccess::Absent),
        _ => match (at("withdrawn at "), at("lost at ")) {
            (Some(time), _) => parse_duration(time).map(DeviceAccess::WithdrawnAt),
            (_, Some(time)) => parse_duration(time).map(DeviceAccess::LostAt),
            (None, None) => {
                let known = "\"granted\", \"denied\", \"none\", \"withdrawn at 6 s\" and \"lost at 6 s\"";
                let reason = format!("{text:?} is not one of {known}");
                Err(match closest(text, &["granted", "denied", "none"]) {
                    Some(word) => UnitError::corrected(reason, word),
                    None => UnitError::new(reason, "write one of them"),
                })
            }
        }
        .map_err(|error| match text.split_once(" at ") {
            Some((what, _)) => error.within(&format!("{what} at "), ""),
            None => error,
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn device_access_is_parsed() {
        let six = Duration::from_secs(6);
        for (text, wanted) in [
            ("granted", DeviceAccess::Granted),
            ("denied", DeviceAccess::Denied),
            ("none", DeviceAccess::Absent),
            ("withdrawn at 6 s", DeviceAccess::WithdrawnAt(six)),
            ("lost at 6 s", DeviceAccess::LostAt(six)),
        ] {
            assert_eq!(access(text).ok(), Some(wanted));
        }
        for wrong in ["", "no", "withdrawn", "withdrawn at noon", "lost"] {
            assert!(access(wrong).is_err(), "{wrong}");
        }
    }
}
