//! The network test in a real Firefox, on the embedded platform.
//!
//! Firefox offers no loopback candidates, and pairs none of its own with one. So each test runs in a network namespace
//! of its own, in which there is another interface; nothing leads out of it.

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::common::firefox::{Firefox, find};
use crate::common::line_page::{Endpoint, LinePage};
use crate::common::stage::{PageSetup, newest_opentok_js};
use nix::sched::{CloneFlags, unshare};
use precall::page::{NETWORK_TEST_PATH, RelayOnly, Setup};
use precall::sdk::Sdk;
use precall_platform::{LocalPlatform, MediaOptions};
use precall_results::ScoringProfile;
use precall_scenario::TestSpec;
use serde_json::{Value, json};

/// How long a whole test may take.
const LIMIT: Duration = Duration::from_secs(90);

/// An address for documentation (RFC 5737): there is no such host to reach by mistake.
const HOST: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);

/// Runs a test in a new Firefox, and then a connectivity test with each of `microphones`. Gives the events of all.
/// `None`, with the reason printed, where that cannot be.
fn run(test: &TestSpec, microphones: &[&str]) -> Option<Vec<Value>> {
    let (program, sdk) = set_up()?;
    Some(runtime().block_on(async {
        let setup = PageSetup::open_on(sdk, HOST).await;
        let mut firefox = Firefox::launch(program).await;
        let mut events = follow(&setup, &mut firefox, test).await;
        if !microphones.is_empty() {
            firefox.evaluate(&setup.call("devices", "run", json!({ "audioSources": microphones }))).await;
            events.extend(until_done(&mut firefox).await);
        }
        firefox.close().await;
        events
    }))
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime")
}

/// Finds Firefox and OpenTok.js, and moves this thread, and what it begins from now on, into a network namespace.
/// `None`, with the reason printed, where that cannot be.
fn set_up() -> Option<(PathBuf, Sdk)> {
    let not_run = |why: &str| {
        println!("not run: {why}");
        None
    };
    let Some(program) = find() else { return not_run("there is no Firefox; `make firefox` installs it") };
    // npm needs the network that the namespace does not have.
    let sdk = runtime().block_on(newest_opentok_js());
    if let Err(error) = unshare(CloneFlags::CLONE_NEWNET) {
        return not_run(&format!("a network namespace needs root rights ({error})"));
    }
    let setup = [
        "link set lo up",
        "link add media0 type veth peer name media1",
        &format!("address add {HOST}/24 dev media0"),
        "link set media0 up",
        "link set media1 up",
        // To nowhere; without one Firefox holds itself to be offline, and gathers no candidates.
        "route add default dev media0",
    ];
    for arguments in setup {
        match Command::new("ip").args(arguments.split(' ')).status() {
            Ok(status) if status.success() => {}
            failed => return not_run(&format!("`ip {arguments}` failed ({failed:?}); `make firefox` installs it")),
        }
    }
    // Threads and processes begin in the namespace of whoever begins them.
    Some((program, sdk))
}

async fn follow(setup: &PageSetup, firefox: &mut Firefox, test: &TestSpec) -> Vec<Value> {
    firefox.goto(&setup.harness()).await;
    let setup = Setup {
        sdk_url: &format!("{}{}", setup.http.origin(), setup.bundle),
        module_url: &format!("{}{NETWORK_TEST_PATH}", setup.http.origin()),
        api_key: &setup.project.api_key,
        session_id: &setup.session_id,
        token: &setup.token,
        relay: RelayOnly::No,
        proxy_url: Some(&setup.proxy_url),
        test,
        connects_to: None,
    };
    firefox.evaluate(&setup.prepare_call()).await;
    until_done(firefox).await
}

async fn until_done(firefox: &mut Firefox) -> Vec<Value> {
    let mut events = Vec::new();
    loop {
        let event = firefox.event(LIMIT).await;
        match event["type"].as_str() {
            Some("ready") => firefox.evaluate(Setup::RUN_CALL).await,
            Some("failed") => panic!("{event}"),
            Some("done") => return events,
            _ => events.push(event),
        }
    }
}

/// The first event of a type.
fn first<'a>(events: &'a [Value], kind: &str) -> &'a Value {
    events.iter().find(|event| event["type"] == kind).unwrap_or_else(|| panic!("no {kind} in {events:#?}"))
}

/// Microphones by the ids that people give: `default`, which Firefox does not list, and one of an earlier profile.
const OTHER_MICROPHONES: [&str; 2] = ["default", "of an earlier profile"];

#[test]
fn connectivity_and_audio_work_in_firefox() {
    let spec = TestSpec { audio_only: true, ..TestSpec::default() };
    let Some(events) = run(&spec, &OTHER_MICROPHONES) else { return };
    assert_eq!(first(&events, OTHER_MICROPHONES[0])["result"]["success"], true, "{events:#?}");
    let missing = &first(&events, OTHER_MICROPHONES[1])["result"]["failedTests"];
    assert_eq!(missing[0]["error"]["name"], "NoAudioCaptureDevicesError", "{missing:#}");
    assert_eq!(first(&events, "connectivity")["result"]["success"], true, "{events:#?}");
    let audio = &first(&events, "quality")["result"]["audio"];
    assert_eq!(audio["supported"], true, "{audio}");
    assert!(audio["mos"].as_f64() >= Some(4.0), "{audio}");
    assert!(audio["bitrate"].as_f64() > Some(20_000.0), "{audio}");
    assert!(audio["roundTripTime"].is_number(), "{audio}");
}

/// The page on which a person tests their own line, as Firefox shows it.
mod nightly {
    use precall_netem::fault::{Faults, Service, parse_fault};
    use precall_netem::{LinkConfig, NetworkConfig};
    use precall_platform::LocalPlatformBuilder;

    use super::*;
    use crate::common::line_page::{DESK, DESK_DARK, Equipment, PHONE, PHONE_DARK, Person, View};

    fn builder() -> LocalPlatformBuilder {
        LocalPlatform::builder().media(MediaOptions { host: Some(HOST.into()), ..MediaOptions::default() })
    }

    /// Lets people with Firefox use the page. Nothing runs, with the reason printed, where that cannot be.
    fn people<F: Future<Output = ()>>(use_page: impl FnOnce(PathBuf, Sdk) -> F) {
        let Some((program, sdk)) = set_up() else { return };
        runtime().block_on(use_page(program, sdk));
    }

    fn with(firefox: &std::path::Path) -> Equipment {
        Equipment { firefox: Some(firefox.to_owned()), ..Equipment::default() }
    }

    #[test]
    fn a_person_has_a_verdict_after_two_clicks() {
        people(async |firefox, sdk| {
            let page = LinePage::host_with(&sdk, builder(), Endpoint::Session).await;
            let options = "lang=en&duration=10&transports=false";
            let mut person = Person::open(&page.url(), options, DESK_DARK, with(&firefox)).await;
            person.look("firefox-start", "start", &["start", "start-audio"]).await;
            person.press("start").await;
            person.look("firefox-devices", "devices", &["camera", "microphone", "tone", "test"]).await;
            person.press("tone").await;
            person.look("firefox-devices-tone", "devices", &["tone-heard", "tone-not-heard"]).await;
            person.press("tone-heard").await;
            person.press("test").await;
            person.look("firefox-running-connectivity", "running", &["api", "quality", "stop"]).await;
            person.until("root.querySelector('.tiles')?.offsetHeight > 0").await;
            person.ask("(root.querySelector('details').open = true)").await;
            person.look("firefox-running-quality", "running", &["left"]).await;
            person.look("firefox-result", "result", &["again"]).await;
            let grade = person.ask("JSON.parse(localStorage['precall-test:attempts'])[0].grade").await;
            assert!(["pass", "warn"].contains(&grade.as_str().unwrap_or_default()), "{grade}");
            person.press("again").await;
            person.until_screen("devices").await;
            person.close().await;
        });
    }

    #[test]
    fn sound_alone_is_enough() {
        people(async |firefox, sdk| {
            let page = LinePage::host_with(&sdk, builder(), Endpoint::Session).await;
            let options = "lang=en&duration=7&audio-only&transports=false";
            let mut person = Person::open(&page.url(), options, PHONE, with(&firefox)).await;
            person.look("firefox-start-audio", "start", &["start"]).await;
            person.press("start").await;
            person.look("firefox-devices-sound", "devices", &["microphone", "test"]).await;
            person.press("test").await;
            person.look("firefox-result-good-audio", "result", &["pass", "goodAudio"]).await;
            person.close().await;
        });
    }

    #[test]
    fn it_speaks_every_language() {
        people(async |firefox, sdk| {
            let page = LinePage::host_with(&sdk, builder(), Endpoint::Broken).await;
            let mut person = Person::open(&page.url(), "lang=en", PHONE, with(&firefox)).await;
            for language in ["en", "de", "es", "fr", "pt", "ja", "ar"] {
                person.reload(&format!("lang={language}"), PHONE).await;
                person.look(&format!("firefox-start-{language}"), "start", &["start"]).await;
                let direction = person.ask("getComputedStyle(root.querySelector('section')).direction").await;
                assert_eq!(direction, if language == "ar" { "rtl" } else { "ltr" });
                person.press("start").await;
                person.look(&format!("firefox-devices-{language}"), "devices", &["test"]).await;
                person.press("test").await;
                person.look(&format!("firefox-failure-{language}"), "failure", &["endpoint", "again"]).await;
            }
            person.close_after_complaints().await;
        });
    }

    #[test]
    fn devices_that_cannot_be_had_have_a_remedy() {
        people(async |firefox, sdk| {
            let page = LinePage::host_with(&sdk, builder(), Endpoint::Session).await;
            let denied = Equipment { is_denied: true, ..with(&firefox) };
            let mut person = Person::open(&page.url(), "lang=en", PHONE_DARK, denied).await;
            person.until_screen("start").await;
            person.press("start").await;
            person.look("firefox-denied", "denied", &["again", "audio-only"]).await;
            person.press("audio-only").await;
            person.until("element.getAttribute('screen') === 'denied' && !named('audio-only')").await;
            person.look("firefox-denied-audio", "denied", &["again"]).await;
            person.close().await;

            let missing = Equipment { has_no_devices: true, ..with(&firefox) };
            let mut person = Person::open(&page.url(), "lang=en", DESK, missing).await;
            person.until_screen("start").await;
            person.press("start").await;
            person.look("firefox-missing", "missing", &["again"]).await;
            person.close().await;
        });
    }

    #[test]
    fn a_browser_that_cannot_says_so() {
        people(async |firefox, sdk| {
            let page = LinePage::host_with(&sdk, builder(), Endpoint::Session).await;
            // `media.peerconnection.enabled` set to false does the same to a whole browser.
            let equipment = Equipment { script: "delete window.RTCPeerConnection;", ..with(&firefox) };
            let mut person = Person::open(&page.url(), "lang=en", PHONE, equipment).await;
            person.look("firefox-unsupported", "unsupported", &["webrtc"]).await;
            person.close().await;
        });
    }

    /// Tests a line, and looks at the verdict or the failure.
    async fn verdict(
        (firefox, sdk): (&std::path::Path, &Sdk),
        (builder, endpoint): (LocalPlatformBuilder, Endpoint),
        (state, screen, view): (&str, &str, View),
        parts: &[&str],
    ) {
        let page = LinePage::host_with(sdk, builder, endpoint).await;
        let options = "lang=en&duration=12&transports=false";
        let mut person = Person::open(&page.url(), options, view, with(firefox)).await;
        person.show_devices("start").await;
        person.press("test").await;
        person.look(state, screen, parts).await;
        person.close_after_complaints().await;
    }

    #[test]
    fn a_bad_line_a_blocked_one_and_a_broken_test_are_told_apart() {
        people(async |firefox, sdk| {
            let with = (firefox.as_path(), &sdk);
            let link = LinkConfig { loss: Some("30 %".parse().expect("a share")), ..LinkConfig::default() };
            let lossy =
                builder().network(&NetworkConfig { up: link.clone(), down: link, ..NetworkConfig::default() }, 1);
            let at = ("firefox-result-too-slow", "result", DESK);
            verdict(with, (lossy, Endpoint::Session), at, &["fail", "tooSlow"]).await;
            let link = LinkConfig { rate: Some("90 kbit/s".parse().expect("a rate")), ..LinkConfig::default() };
            let slow =
                builder().network(&NetworkConfig { up: link.clone(), down: link, ..NetworkConfig::default() }, 1);
            let at = ("firefox-result-slow", "result", PHONE_DARK);
            verdict(with, (slow, Endpoint::Session), at, &["bandwidth"]).await;
            for (service, fault, reason, view) in [
                (Service::Api, "reset", "api", PHONE),
                (Service::Messaging, "reset", "messaging", DESK_DARK),
                (Service::Publish, "status 500", "media", PHONE_DARK),
            ] {
                let faults = Faults(vec![parse_fault(service, fault).expect("a fault")]);
                let state = format!("firefox-blocked-{reason}");
                let at = (state.as_str(), "result", view);
                let blocked = (builder().faults(faults), Endpoint::Session);
                verdict(with, blocked, at, &["fail", "blocked", reason, "admin.copy"]).await;
            }
            let at = ("firefox-failure-credentials", "failure", PHONE);
            verdict(with, (builder(), Endpoint::WrongToken), at, &["credentials", "again"]).await;
            let at = ("firefox-failure-sdk", "failure", DESK);
            verdict(with, (builder(), Endpoint::NoSdk), at, &["sdk", "again"]).await;
        });
    }

    /// Firefox has no `availableOutgoingBitrate`: the result says that it goes by what was received.
    #[test]
    fn video_in_firefox_is_judged_by_what_was_received() {
        let test = TestSpec {
            connectivity: false,
            scoring: ScoringProfile::Bandwidth,
            timeout: Some(Duration::from_secs(15)),
            ..TestSpec::default()
        };
        let Some(events) = run(&test, &[]) else { return };
        let result = &first(&events, "quality")["result"];
        println!("Firefox: {result}");
        assert_eq!(result["audio"]["supported"], true, "{result}");
        assert_eq!(result["video"]["recommendationBasis"], "bitrate", "{result}");
        assert!(result["video"]["bitrate"].as_f64() > Some(50_000.0), "{result}");
        assert!(result["video"]["qualityLimitationReason"].is_null(), "{result}");
        assert_eq!(result["video"]["mediaRouting"], "Routed", "{result}");
        let last = events.iter().rev().find(|event| event["type"] == "sample").expect("samples");
        assert!(last["sample"]["availableOutgoingBitrate"].is_null(), "{last}");
    }
}
