//! Firewalls and proxies in real Chrome, and what the network test says behind each.

use crate::common::capture::Capture;
use crate::common::{Workspace, case, said};

/// Those that are told of at once. What is blocked takes its limits, up to half a minute each:
/// `tests/it/nightly/releases.rs` has them all.
const QUICK: [&str; 3] = ["open", "tls-only", "http-proxy-login"];

#[test]
fn behind_a_firewall_the_test_says_what_it_should() {
    let workspace = Workspace::new();
    let filters: Vec<_> = QUICK.iter().flat_map(|name| ["--filter", name]).collect();
    let arguments = [&["--slots", "4"], &filters[..]].concat();
    let (output, results) = workspace.run(include_str!("../../scenarios/firewalls.toml"), &arguments);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let signalling = |name: &str| case(&results, name)["signalling"].clone();
    let dropped = |name: &str| case(&results, name)["network"]["firewall"]["datagramsDropped"].as_u64();
    // Production's hosts were asked for, and nobody else.
    for name in ["open", "tls-only"] {
        let signalling = signalling(name);
        for leg in ["config", "api", "messaging", "logging"] {
            assert!(signalling["requests"][leg].as_u64() > Some(0), "{name}: {signalling}");
        }
        assert!(signalling["refused"].is_null(), "{name}: {signalling}");
    }
    // Chrome tried without the relay first.
    for name in ["tls-only", "http-proxy-login"] {
        assert!(dropped(name) > Some(0), "{name} dropped nothing");
        let through_relay = case(&results, name)["network"]["counters"]["up"]["packetsOut"].as_u64();
        assert!(through_relay > Some(20), "{name}: {through_relay:?}");
    }
    assert_eq!(dropped("open"), None);
    assert_eq!(results["cases"].as_array().map(Vec::len), Some(3));
}

/// Cases of the ready scenario, which expects of each how its media travels. All of them run nightly.
#[test]
fn every_transport_is_the_one_that_was_asked_for() {
    let scenario = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/transports.toml");
    let workspace = Workspace::new();
    let mut names = vec!["ice-tcp", "av1"];
    if std::net::UdpSocket::bind("[::1]:0").is_ok() {
        names.push("udp-ipv6");
    } else {
        println!("skipped: the case over IPv6, since this host has no IPv6 loopback address (::1)");
    }
    let filters = names.iter().flat_map(|name| ["--filter", name]);
    let arguments: Vec<_> = ["run", scenario, "--slots", "4"].into_iter().chain(filters).collect();
    let output = workspace.precall(&arguments).output().expect("precall runs");
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let results = workspace.results();
    for name in names {
        let media = &case(&results, name)["media"];
        for way in ["up", "down"] {
            assert_eq!(media[way]["audioCodec"], "opus", "{name}: {media}");
            assert!(media[way]["routes"].as_array().is_some_and(|routes| routes.len() == 1), "{name}: {media}");
        }
        assert_eq!(media["up"]["videoLayers"], 1, "{name}: {media}");
    }
}

mod nightly {
    use super::*;

    #[test]
    fn the_oldest_and_the_newest_ask_their_production_hosts_through_the_network() {
        let workspace = Workspace::new();
        let scenario = r#"
            [platform]
            access = "intercept"
            [network]
            delay = "50 ms"
            [test]
            quality = false
            [expect]
            connectivity.success = true
            [[case]]
            name = "newest"
            [[case]]
            name = "oldest"
            sdk.version = "2.18.2"
            [[case]]
            name = "walled"
            firewall.profile = "tls-only"
        "#;
        let (output, results) = workspace.run(scenario, &["--slots", "2"]);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        for name in ["newest", "oldest", "walled"] {
            let case = case(&results, name);
            let link = &case["signalling"]["linkCounters"];
            for way in ["up", "down"] {
                let (packets, total) = (link[way]["packetsOut"].as_f64(), link[way]["delayTotalMs"].as_f64());
                let mean = total.expect("a time") / packets.expect("a number");
                assert!(mean >= 50.0, "{name} {way}: {mean} ms");
            }
            assert!(case["network"]["counters"]["down"]["packetsOut"].as_u64() > Some(20), "{name}: no media came");
        }
    }

    mod alone {
        use super::*;

        #[test]
        fn where_the_router_takes_tcp_media_needs_no_relay() {
            let workspace = Workspace::new();
            let scenario = r#"
                [platform]
                iceTcp = true
                [firewall]
                profile = "udp-blocked"
                [network]
                delay = "40 ms"
                loss = "5 %"
                [test]
                quality = false
                [expect]
                connectivity.success = true
                [[case]]
                name = "newest"
                [[case]]
                name = "oldest"
                sdk.version = "2.18.2"
                [[case]]
                name = "direct"
                platform.access = "intercept"
                [[case]]
                name = "quality"
                test = { quality = true, timeout = "8 s" }
                expect = { video.supported = true, video.packetLossRatio = "< 1 %" }
                [[case]]
                name = "udp-passes"
                firewall.profile = "open"
            "#;
            let (output, results) = workspace.run(scenario, &["--pcap", "--slots", "2"]);
            assert_eq!(output.status.code(), Some(0), "{}", said(&output));
            let run = workspace.run_directory().expect("a run");
            for name in ["newest", "oldest", "direct", "quality"] {
                let case = case(&results, name);
                let link = &case["network"]["counters"];
                for way in ["up", "down"] {
                    assert!(link[way]["packetsOut"].as_u64() > Some(20), "{name}: {link}");
                    assert!(case["network"]["measured"][way]["meanDelayMs"].as_f64() >= Some(40.0), "{name}: {case:#}");
                    assert_eq!(link[way]["packetsDroppedLoss"], 0, "{name}: a stream loses nothing");
                }
                // Chrome tried UDP first.
                assert!(case["network"]["firewall"]["datagramsDropped"].as_u64() > Some(0), "{name}: {case:#}");
                let capture = Capture::of(&run, name);
                assert!(capture.media.iter().all(|packets| *packets > 20), "{name}: {capture:?}");
            }
            let quality = case(&results, "quality");
            println!("by TCP: {} {}", quality["network"]["measured"], quality["measured"]["quality"]["video"]);
            assert!(quality["network"]["measured"]["roundTripTime"].as_f64() >= Some(0.08), "{quality:#}");
            // Otherwise UDP is what it goes by, and is lost of.
            let passes = &case(&results, "udp-passes")["network"]["counters"]["up"];
            assert!(passes["packetsDroppedLoss"].as_u64() > Some(0), "{passes}");
        }
    }
}
