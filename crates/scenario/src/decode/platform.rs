//! Decodes `[platform]`.

use super::cloud::{self, PlatformKind};
use crate::platform::{Access, EmbeddedSpec, PlatformSpec, RelayTransport, SessionKind, TokenKind, VideoCodec};
use crate::problems::Problems;
use crate::table::TableReader;
use precall_netem::fault::{Faults, Service, parse_fault};
use precall_results::IpVersion;

/// Decodes the table.
pub(super) fn decode(mut reader: TableReader<'_>, problems: &mut Problems) -> PlatformSpec {
    let kind = PlatformKind::read(&mut reader, problems);
    let embedded = embedded(&mut reader, problems);
    let cloud = cloud::decode(&mut reader, kind, problems);
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

fn embedded(reader: &mut TableReader<'_>, problems: &mut Problems) -> EmbeddedSpec {
    let tokens = [
        ("valid", TokenKind::Valid),
        ("wrong-secret", TokenKind::WrongSecret),
        ("wrong-session", TokenKind::WrongSession),
        ("expired", TokenKind::Expired),
        ("subscriber", TokenKind::Subscriber),
    ];
    let token = reader.choice("token", &tokens, problems).unwrap_or_default();
    let accesses = [("ip-proxy", Access::IpProxy), ("intercept", Access::Intercept)];
    let access = reader.choice("access", &accesses, problems).unwrap_or_default();
    let sessions = [("own", SessionKind::Own), ("unknown", SessionKind::Unknown)];
    let session = reader.choice("session", &sessions, problems).unwrap_or_default();
    let transports = [("udp", RelayTransport::Udp), ("tcp", RelayTransport::Tcp), ("tls", RelayTransport::Tls)];
    let relay = reader.choice("relay", &transports, problems);
    let ice_tcp = reader.boolean("iceTcp", problems).unwrap_or_default();
    let ip_versions = [("ipv4", IpVersion::IpV4), ("ipv6", IpVersion::IpV6)];
    let ip_version = reader.choice("ipVersion", &ip_versions, problems);
    let codecs =
        [("vp8", VideoCodec::Vp8), ("vp9", VideoCodec::Vp9), ("h264", VideoCodec::H264), ("av1", VideoCodec::Av1)];
    let video_codec = reader.choice("videoCodec", &codecs, problems).unwrap_or_default();
    let faults = reader.table("faults", problems).map(|table| faults(table, problems)).unwrap_or_default();
    if relay.is_none() && faults.of(Service::Relay).is_some() {
        let message = "`faults.relay` needs a relay, and media goes directly to the media router";
        let help = "write `relay = \"udp\"`, `\"tcp\"` or `\"tls\"` as well";
        problems.add(reader.span(), message, "no relay", help);
    }
    if relay.is_some() && ice_tcp {
        let span = reader.key_span("iceTcp").unwrap_or_else(|| reader.span().clone());
        let message = "`iceTcp` has no effect with a relay: all media goes through the relay";
        problems.add(&span, message, "has no effect", "remove `iceTcp` or `relay`");
    }
    EmbeddedSpec { access, token, session, relay, ice_tcp, ip_version, video_codec, faults }
}

fn faults(mut reader: TableReader<'_>, problems: &mut Problems) -> Faults {
    let read = |service: Service| {
        let example = match service {
            Service::PublisherMedia | Service::SubscriberMedia => "block",
            Service::Relay => "status 486",
            _ => "status 503",
        };
        reader.quantity(service.as_str(), example, |text| parse_fault(service, text), problems).map(|(fault, _)| fault)
    };
    let faults = Service::ALL.into_iter().filter_map(read).collect();
    reader.finish(problems);
    Faults(faults)
}
