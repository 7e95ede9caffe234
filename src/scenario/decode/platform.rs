//! `[platform]`.

use crate::fault::{Faults, Leg, parse_fault};
use crate::scenario::model::{PlatformSpec, SessionKind, TokenKind};
use crate::scenario::table::{Problems, Reader};

/// Reads the table.
pub(super) fn decode(mut reader: Reader<'_>, problems: &mut Problems) -> PlatformSpec {
    let tokens = [
        ("valid", TokenKind::Valid),
        ("wrong-secret", TokenKind::WrongSecret),
        ("wrong-session", TokenKind::WrongSession),
        ("expired", TokenKind::Expired),
        ("subscriber", TokenKind::Subscriber),
    ];
    let token = reader.choice("token", &tokens, problems).unwrap_or_default();
    let sessions = [("own", SessionKind::Own), ("unknown", SessionKind::Unknown)];
    let session = reader.choice("session", &sessions, problems).unwrap_or_default();
    let faults = reader.table("faults", problems).map(|table| faults(table, problems)).unwrap_or_default();
    reader.finish(problems);
    PlatformSpec { token, session, faults }
}

fn faults(mut reader: Reader<'_>, problems: &mut Problems) -> Faults {
    let read = |leg: Leg| {
        let example = match leg {
            Leg::PublisherMedia | Leg::SubscriberMedia => "block",
            Leg::Relay => "status 486",
            _ => "status 503",
        };
        reader.quantity(leg.as_str(), example, |text| parse_fault(leg, text), problems).map(|(fault, _)| fault)
    };
    let faults = Leg::ALL.into_iter().filter_map(read).collect();
    reader.finish(problems);
    Faults(faults)
}
