//! Decodes `[firewall]`.

use crate::diagnostic::Fix;
use crate::node::{Node, NodeValue};
use crate::platform::{Access, EmbeddedSpec, PlatformSpec, RelayTransport};
use crate::problems::Problems;
use crate::suggest::suggested_value;
use crate::table::TableReader;
use precall_netem::fault::Service;
use precall_netem::firewall::{Firewall, FirewallProfile, HttpProxy, Ports, Target, Udp};

/// Decodes the table of a case with this platform.
pub(super) fn decode(mut reader: TableReader<'_>, platform: &PlatformSpec, problems: &mut Problems) -> Firewall {
    let profiles = FirewallProfile::ALL.map(|profile| (profile.as_str(), profile));
    let base = reader.choice("profile", &profiles, problems).map(FirewallProfile::firewall).unwrap_or_default();
    let block = targets(&mut reader, "block", problems);
    let allow = targets(&mut reader, "allow", problems);
    let reset = targets(&mut reader, "reset", problems).unwrap_or_default();
    let udp = reader.choice("udp", &[("open", Udp::Open), ("blocked", Udp::Blocked)], problems);
    let ports = reader.choice("ports", &[("any", Ports::Any), ("tls", Ports::Tls)], problems);
    let proxies = [
        ("none", HttpProxy::None),
        ("open", HttpProxy::Open),
        ("login", HttpProxy::Login),
        ("wrong-login", HttpProxy::WrongLogin),
        ("no-login", HttpProxy::NoLogin),
    ];
    let proxy = reader.choice("proxy", &proxies, problems);
    if block.is_some()
        && allow.is_some()
        && let Some(span) = reader.key_span("allow")
    {
        let help = "keep one: `allow` blocks all traffic that it does not list";
        problems.add(&span, "a firewall has `block` or `allow`, not both", "one too many", help);
    }
    let all_but = |allowed: Vec<Target>| Target::ALL.into_iter().filter(|target| !allowed.contains(target)).collect();
    let firewall = Firewall {
        block: block.or_else(|| allow.map(all_but)).unwrap_or_default(),
        reset,
        udp: udp.unwrap_or(base.udp),
        ports: ports.unwrap_or(base.ports),
        proxy: proxy.unwrap_or(base.proxy),
    };
    match platform {
        PlatformSpec::Embedded(spec) => check(&reader, &firewall, spec, problems),
        PlatformSpec::Cloud(cloud) if !firewall.is_open() => {
            let message =
                format!("`firewall` needs the embedded platform, and this case has `kind = {:?}`", cloud.kind.as_str());
            let help = "remove it from this case, or run the case with `platform.kind = \"embedded\"`";
            problems.add(reader.span(), message, "needs the embedded platform", help);
        }
        PlatformSpec::Cloud(_) => {}
    }
    reader.finish(problems);
    firewall
}

/// Decodes one target or a list of targets.
fn targets(reader: &mut TableReader<'_>, key: &'static str, problems: &mut Problems) -> Option<Vec<Target>> {
    let node = reader.get(key)?;
    let nodes = match &node.value {
        NodeValue::Array(nodes) => nodes.as_slice(),
        _ => std::slice::from_ref(node),
    };
    let words = Target::ALL.map(Target::as_str);
    let mut target = |Node { span, value }: &Node| {
        let NodeValue::Text(text) = value else {
            let help = format!("write it as `{key} = [\"api\", \"media\"]`");
            problems.add(span, format!("`firewall.{key}` contains a value that is not a string"), "not a string", help);
            return None;
        };
        let found = Target::ALL.into_iter().find(|target| target.as_str() == text);
        if found.is_none() {
            let message = format!("{text:?} is not a kind of traffic");
            let (help, meant) = suggested_value(text, &words);
            let fix = meant.map(|text| Fix { span: span.clone(), text });
            problems.add_fixed(span, message, "unknown value", help, fix);
        }
        found
    };
    let mut targets: Vec<_> = nodes.iter().filter_map(&mut target).collect();
    targets.sort_unstable();
    targets.dedup();
    Some(targets)
}

/// Reports settings that contradict each other or the platform.
fn check(reader: &TableReader<'_>, firewall: &Firewall, platform: &EmbeddedSpec, problems: &mut Problems) {
    let span = |key: &str| reader.key_span(key).unwrap_or_else(|| reader.span().clone());
    if firewall.reset.contains(&Target::Media) {
        let help = "write `block = \"media\"`: datagrams have no connection that could be reset";
        problems.add(&span("reset"), "media cannot be reset", "has no connection", help);
    }
    for target in firewall.reset.iter().filter(|target| firewall.block.contains(target)) {
        let message = format!("`{}` is both blocked and reset", target.as_str());
        problems.add(&span("reset"), message, "also blocked", "remove it from one of them");
    }
    if platform.access == Access::IpProxy {
        for (key, is_asked) in [("proxy", firewall.proxy != HttpProxy::None), ("ports", firewall.ports == Ports::Tls)] {
            if is_asked {
                let message = format!("`firewall.{key}` needs an SDK that requests its production hosts");
                let help = "write `platform.access = \"intercept\"` as well: with `\"ip-proxy\"` all requests go to one port of this host";
                let at = reader.key_span(key).unwrap_or_else(|| span("profile"));
                problems.add(&at, message, "needs \"intercept\"", help);
            }
        }
    }
    if firewall.blocks_udp() && platform.relay == Some(RelayTransport::Udp) {
        let message = "`platform.relay = \"udp\"` behind a firewall that blocks UDP";
        let help = "remove `relay`: the page then uses the relay over TCP or TLS, whichever passes";
        problems.add(
            &span(if reader.key_span("udp").is_some() { "udp" } else { "profile" }),
            message,
            "blocks it",
            help,
        );
    }
    if firewall.ports == Ports::Tls && platform.relay == Some(RelayTransport::Tcp) {
        let message = "`platform.relay = \"tcp\"` behind a firewall that lets only TLS pass";
        let help = "write `relay = \"tls\"`, or remove it: the page then uses the relay over TLS";
        let at = reader.key_span("ports").unwrap_or_else(|| span("profile"));
        problems.add(&at, message, "blocks it", help);
    }
    if firewall.ports == Ports::Tls && platform.ice_tcp {
        let message = "`platform.iceTcp` behind a firewall that lets only TLS pass: ICE-TCP does not use TLS";
        let help = "remove `iceTcp`: the page then uses the relay over TLS";
        let at = reader.key_span("ports").unwrap_or_else(|| span("profile"));
        problems.add(&at, message, "blocks it", help);
    }
    let services = firewall.faults().map(|fault| fault.service);
    for service in services.filter(|service: &Service| platform.faults.of(*service).is_some()) {
        let message = format!("`{}` is affected by the firewall and also has a fault", service.as_str());
        let help = format!("remove `platform.faults.{}`, or remove the service from the firewall", service.as_str());
        problems.add(reader.span(), message, "one of two", help);
    }
}

#[cfg(test)]
mod tests;
