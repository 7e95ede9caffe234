//! The network test in a real Firefox, on the embedded platform.
//!
//! Firefox offers no loopback candidates, and pairs none of its own with one. So each test runs in a network namespace
//! of its own, in which there is another interface; nothing leads out of it.

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::common::firefox::{Firefox, find};
use crate::common::line_page::{Endpoint, LinePage, axe};
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

mod nightly {
    use super::*;

    /// Goes through the page on which a person tests their own line, and tells what it finds at each screen.
    const PERSON: &str = r#"void (async () => {
        const element = document.querySelector('precall-test');
        const named = (name) => element.shadowRoot.querySelector(`[data-name="${name}"]`);
        const refused = [];
        document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => refused.push(`${effectiveDirective} ${blockedURI}`));
        const until = async (screen) => {
            for (let n = 0; n < 600 && element.getAttribute('screen') !== screen; n += 1) await new Promise((go) => setTimeout(go, 100));
            const { violations } = await axe.run(document, { resultTypes: ['violations'] });
            const section = element.shadowRoot.querySelector('section');
            console.log(JSON.stringify({
                type: 'screen',
                wanted: screen,
                screen: element.getAttribute('screen'),
                text: section.innerText,
                errors: [...element.shadowRoot.querySelectorAll('.error')].map(({ textContent }) => textContent),
                refused,
                focus: element.shadowRoot.activeElement?.tagName,
                findings: violations.map(({ id, nodes }) => `${id} ${nodes.map(({ target }) => target)}`),
                fits: document.documentElement.scrollWidth <= document.documentElement.clientWidth,
                foreign: performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => !/^(http:..127\.0\.0\.1:|data:|blob:)/.test(name)),
            }));
        };
        await until('start');
        named('start').click();
        await until('devices');
        named('test').click();
        await until('running');
        await until('result');
        console.log(JSON.stringify({ type: 'done', report: localStorage['precall-test:attempts'] }));
    })()"#;

    #[test]
    fn a_person_tests_their_own_line_in_firefox() {
        let Some((program, sdk)) = set_up() else { return };
        let events = runtime().block_on(async {
            let media = MediaOptions { host: Some(HOST.into()), ..MediaOptions::default() };
            let page = LinePage::host_with(&sdk, LocalPlatform::builder().media(media), Endpoint::Session).await;
            let mut firefox = Firefox::launch(program).await;
            firefox.goto(&format!("{}?lang=en&duration=10&transports=false", page.url())).await;
            firefox.evaluate(&axe()).await;
            firefox.evaluate(PERSON).await;
            let events = until_done(&mut firefox).await;
            firefox.close().await;
            events
        });
        let screens: Vec<_> = events.iter().filter(|event| event["type"] == "screen").collect();
        assert_eq!(screens.len(), 4, "{events:#?}");
        for screen in &screens {
            assert_eq!(screen["screen"], screen["wanted"], "{screen:#}");
            assert_eq!(screen["findings"], json!([]), "{screen:#}");
            assert_eq!(
                (&screen["fits"], &screen["foreign"], &screen["refused"]),
                (&json!(true), &json!([]), &json!([])),
                "{screen:#}"
            );
            if screen["screen"] != "start" {
                assert_eq!(screen["focus"], "H2", "{screen:#}");
            }
        }
        let verdict = screens[3]["text"].as_str().expect("a text");
        assert!(
            ["good for video calls", "not at their best"].iter().any(|part| verdict.contains(part)),
            "{:#}",
            screens[3]
        );
    }
}
