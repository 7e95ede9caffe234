//! `[devices]`.

use crate::scenario::model::{DevicesSpec, Permission};
use crate::scenario::table::{Problems, Reader};
use crate::units::{UnitError, parse_duration};

/// Reads the table.
pub(super) fn decode(mut reader: Reader<'_>, problems: &mut Problems) -> DevicesSpec {
    let mut read = |key| reader.quantity(key, "denied", permission, problems).map(|(permission, _)| permission);
    let devices =
        DevicesSpec { camera: read("camera").unwrap_or_default(), microphone: read("microphone").unwrap_or_default() };
    reader.finish(problems);
    devices
}

fn permission(text: &str) -> Result<Permission, UnitError> {
    match (text, text.strip_prefix("withdrawn at ")) {
        ("granted", _) => Ok(Permission::Granted),
        ("denied", _) => Ok(Permission::Denied),
        (_, Some(at)) => parse_duration(at).map(Permission::WithdrawnAt),
        _ => Err(UnitError(format!("{text:?} is none of \"granted\", \"denied\" and \"withdrawn at 6 s\""))),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_permission_is_granted_denied_or_withdrawn() {
        assert_eq!(permission("granted").ok(), Some(Permission::Granted));
        assert_eq!(permission("denied").ok(), Some(Permission::Denied));
        assert_eq!(permission("withdrawn at 6 s").ok(), Some(Permission::WithdrawnAt(Duration::from_secs(6))));
        for wrong in ["", "no", "withdrawn", "withdrawn at noon"] {
            assert!(permission(wrong).is_err(), "{wrong}");
        }
    }
}
