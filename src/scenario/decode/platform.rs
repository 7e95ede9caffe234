//! `[platform]`.

use crate::fault::{Faults, Leg, parse_fault};
use crate::scenario::model::{PlatformSpec, RelayTransport, SessionKind, TokenKind};
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
    let relay = reader.choice("relay", &[("udp", RelayTransport::Udp), ("tcp", RelayTransport::Tcp)], problems);
    let faults = reader.table("faults", problems).map(|table| faults(table, problems)).unwrap_or_default();
    if relay.is_none() && faults.of(Leg::Relay).is_some() {
        let message = "`faults.relay` without a relay: media does not go through one here";
        problems.add(reader.span(), message, "no relay", "write `relay = \"udp\"` or `\"tcp\"` as well");
    }
    reader.finish(problems);
    PlatformSpec { token, session, relay, faults }
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
