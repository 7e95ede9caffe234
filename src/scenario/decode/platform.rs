//! `[platform]`.

use std::path::Path;

use super::cloud::{self, Kind};
use crate::fault::{Faults, Leg, parse_fault};
use crate::scenario::platform::{EmbeddedSpec, PlatformSpec, SessionKind, TokenKind};
use crate::scenario::table::{Problems, Reader};

/// Reads the table.
pub(super) fn decode(mut reader: Reader<'_>, directory: &Path, problems: &mut Problems) -> PlatformSpec {
    let kind = Kind::read(&mut reader, problems);
    let embedded = embedded(&mut reader, problems);
    let cloud = cloud::decode(&mut reader, kind, directory, problems);
    let platform = match cloud {
        None => PlatformSpec::Embedded(embedded),
        Some(cloud) => {
            cloud::refuse_what_is_embedded(&reader, &embedded, cloud.kind, problems);
            PlatformSpec::Cloud(cloud)
        }
    };
    reader.finish(problems);
    platform
}

fn embedded(reader: &mut Reader<'_>, problems: &mut Problems) -> EmbeddedSpec {
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
    EmbeddedSpec { token, session, faults }
}

fn faults(mut reader: Reader<'_>, problems: &mut Problems) -> Faults {
    let read = |leg: Leg| {
        let example = if matches!(leg, Leg::PublisherMedia | Leg::SubscriberMedia) { "block" } else { "status 503" };
        reader.quantity(leg.as_str(), example, |text| parse_fault(leg, text), problems).map(|(fault, _)| fault)
    };
    let faults = Leg::ALL.into_iter().filter_map(read).collect();
    reader.finish(problems);
    Faults(faults)
}
