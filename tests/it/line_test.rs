//! The page on which a person tests their own line, in real Chrome: each state has the right screen and sentence, can
//! be used by everyone, and leaves no camera on. Pictures of all states are in `target/pictures/precall`.

use precall_browser::{FakeCamera, FakeDevices, FakePicture};
use precall_netem::NetworkConfig;
use precall_netem::fault::{Faults, Service, parse_fault};
use precall_netem::units::Ratio;
use precall_platform::LocalPlatform;
use precall_scenario::named_network;
use serde_json::Value;

use crate::common::line_page::{DESK, DESK_DARK, Endpoint, Equipment, LinePage, PHONE, PHONE_DARK, Person, View};

/// Looks at the first screens in these languages.
async fn look_in(languages: &[(&str, View)]) {
    let page = LinePage::host(LocalPlatform::builder(), Endpoint::Broken).await;
    let mut person = Person::open(&page.url(), "lang=en", PHONE, Equipment::default()).await;
    for (language, view) in languages {
        person.reload(&format!("lang={language}"), *view).await;
        person.until_screen("start").await;
        person.look(&format!("start-{language}"), "start", &["start"]).await;
        let direction = person.ask("getComputedStyle(root.querySelector('section')).direction").await;
        assert_eq!(direction, if *language == "ar" { "rtl" } else { "ltr" });
        person.press("start").await;
        person.look(&format!("devices-{language}"), "devices", &["test"]).await;
        person.press("test").await;
        // The test itself failed, which says nothing of the line.
        person.look(&format!("failure-{language}"), "failure", &["endpoint", "again"]).await;
    }
    person.close_after_complaints().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_read_from_left_to_right_and_from_right_to_left() {
    look_in(&[("de", PHONE), ("ar", PHONE_DARK)]).await;
}

/// Tests a line on which a service fails, and looks at the verdict.
async fn look_without(service: Service, fault: &str, reason: &str, view: View) {
    let faults = Faults(vec![parse_fault(service, fault).expect("a fault")]);
    let page = LinePage::host(LocalPlatform::builder().faults(faults), Endpoint::Session).await;
    let mut person = Person::open(&page.url(), "lang=en", view, Equipment::default()).await;
    person.show_devices("start").await;
    person.press("test").await;
    person.look(&format!("blocked-{reason}"), "result", &["fail", "blocked", reason, "admin.copy"]).await;
    person.close_after_complaints().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_server_is_told_from_a_bad_line() {
    look_without(Service::Api, "reset", "api", PHONE).await;
}

/// The page says which network of the catalogue a line is like. Its figures are those of the catalogue.
#[test]
fn figures_of_networks_are_those_of_the_catalogue() {
    let source = include_str!("../../harness-page/precall/src/networks.js");
    let lines: Vec<_> = source.lines().filter(|line| line.contains("{ name: '")).collect();
    assert!(lines.len() >= 8, "{source}");
    for line in lines {
        let value = |key: &str| {
            let (_, rest) = line.split_once(&format!("{key}: ")).unwrap_or_else(|| panic!("{key} in {line}"));
            rest.split([',', ' ', '}']).next().expect("a value").trim_matches('\'').to_owned()
        };
        let figure = |key: &str| value(key).parse::<f64>().expect("a number");
        let up = named_network(&value("name")).expect("in the catalogue").network.up;
        let rate = up.rate.expect("a rate").bits_per_second() as f64 / 1e3;
        let loss = up.loss.map_or(0.0, Ratio::get).max(up.burst.map_or(0.0, |burst| burst.mean_loss().get()));
        assert_eq!(figure("kbps"), rate, "{line}");
        assert_eq!(figure("delayMs"), up.delay.as_secs_f64() * 1e3, "{line}");
        assert!((figure("lossPercent") - loss * 100.0).abs() < 0.06, "{line}: {loss}");
    }
}

mod nightly {
    use std::path::Path;

    use super::*;
    use precall_netem::LinkConfig;
    use precall_netem::firewall::{Firewall, Udp};
    use precall_platform::{LocalPlatformBuilder, RelayOptions};

    #[tokio::test(flavor = "multi_thread")]
    async fn a_person_has_a_verdict_after_two_clicks() {
        let page = LinePage::host(LocalPlatform::builder(), Endpoint::Session).await;
        let mut person = Person::open(&page.url(), "lang=en&duration=7", DESK, Equipment::default()).await;
        person.look("start", "start", &["start", "start-audio"]).await;
        person.press("start").await;
        person.look("devices", "devices", &["camera", "microphone", "tone", "test"]).await;
        person.press("tone").await;
        person.look("devices-tone", "devices", &["tone-heard", "tone-not-heard"]).await;
        person.press("tone-heard").await;
        person.press("test").await;
        person.look("running-connectivity", "running", &["api", "quality", "stop"]).await;
        person
            .until("named('quality').dataset.state === 'running' && root.querySelector('.tiles')?.offsetHeight > 0")
            .await;
        person.ask("(root.querySelector('details').open = true)").await;
        person.look("running-quality", "running", &["left"]).await;
        person.look("result-good", "result", &["pass", "good", "again"]).await;
        assert_eq!(person.ask("JSON.parse(localStorage['precall-test:attempts'])[0].grade").await, "pass");
        let heading = person.ask("root.querySelector('h2').innerText.replace(/\\s+/g, ' ')").await;
        assert_eq!(heading, "✓ Good Your connection is good for video calls.");
        person.close().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn it_speaks_the_other_languages() {
        look_in(&[("es", PHONE_DARK), ("fr", DESK), ("pt", DESK_DARK), ("ja", PHONE)]).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_blocked_is_named() {
        look_without(Service::Messaging, "reset", "messaging", DESK).await;
        look_without(Service::Publish, "status 500", "media", PHONE_DARK).await;
    }

    fn network(change: impl FnOnce(&mut LinkConfig)) -> LocalPlatformBuilder {
        let mut link = LinkConfig::default();
        change(&mut link);
        LocalPlatform::builder().network(&NetworkConfig { up: link.clone(), down: link, ..NetworkConfig::default() }, 1)
    }

    /// Tests a line, and looks at the verdict.
    async fn verdict(builder: LocalPlatformBuilder, state: &str, view: View, parts: &[&str]) {
        let page = LinePage::host(builder, Endpoint::Session).await;
        let mut person = Person::open(&page.url(), "lang=en&duration=12", view, Equipment::default()).await;
        person.show_devices("start").await;
        person.press("test").await;
        person.look(state, "result", parts).await;
        person.close_after_complaints().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_bad_line_is_told_from_a_good_one() {
        let rate = |text: &str| Some(text.parse().expect("a rate"));
        let share = |text: &str| Some(text.parse().expect("a share"));
        let delay = |milliseconds| std::time::Duration::from_millis(milliseconds);
        verdict(
            network(|link| link.loss = share("8 %")),
            "result-loss",
            PHONE,
            &["warn", "limited", "loss", "blame-line"],
        )
        .await;
        verdict(network(|link| link.delay = delay(250)), "result-delay", DESK_DARK, &["warn", "limited", "delay"])
            .await;
        verdict(
            network(|link| link.rate = rate("90 kbit/s")),
            "result-audio-only",
            PHONE_DARK,
            &["warn", "audioOnly", "bandwidth"],
        )
        .await;
        verdict(network(|link| link.loss = share("30 %")), "result-too-slow", DESK, &["fail", "tooSlow"]).await;
        let fault = parse_fault(Service::Logging, "reset").expect("a fault");
        let no_logging = LocalPlatform::builder().faults(Faults(vec![fault]));
        verdict(no_logging, "result-no-logging", PHONE, &["pass", "good", "logging"]).await;
        let firewall = Firewall { udp: Udp::Blocked, ..Firewall::default() };
        let by_tcp = LocalPlatform::builder().relay(RelayOptions::default()).firewall(firewall);
        verdict(by_tcp, "result-relay", DESK, &["warn", "limited", "relay", "admin.copy"]).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn ways_of_media_are_compared() {
        let builder = LocalPlatform::builder().relay(RelayOptions::default());
        let page = LinePage::host(builder, Endpoint::SessionWithRelays).await;
        let mut person = Person::open(&page.url(), "lang=en&duration=7", DESK, Equipment::default()).await;
        person.show_devices("start").await;
        person.press("test").await;
        person.until("named('tcp')?.dataset.state === 'passed'").await;
        assert_eq!(person.ask("named('udp').dataset.state").await, "passed");
        person.look("running-ways", "running", &["udp", "tcp"]).await;
        // Stopped early, the test keeps what it has.
        person.until("root.querySelector('.tiles')?.offsetHeight > 0").await;
        person.press("stop").await;
        person.look("result-stopped", "result", &["pass", "short"]).await;
        person.close().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_device_is_told_from_the_line() {
        let directory = tempfile::tempdir().expect("a directory");
        let silence = directory.path().join("silence.wav");
        std::fs::write(&silence, wave_of_silence()).expect("written");
        write_black(&directory.path().join("black.y4m"));
        let file = |flag: &str, name: &str| {
            format!("--use-file-for-fake-{flag}-capture={}", directory.path().join(name).display())
        };
        let arguments = vec![file("audio", "silence.wav"), file("video", "black.y4m")];
        let page = LinePage::host(LocalPlatform::builder(), Endpoint::Session).await;
        let equipment = Equipment { arguments, ..Equipment::default() };
        let mut person = Person::open(&page.url(), "lang=en&duration=7", PHONE, equipment).await;
        person.show_devices("start").await;
        person.look("devices-silent-black", "devices", &["silent", "black"]).await;
        person.press("test").await;
        person.look("result-device", "result", &["silent", "black", "blame-device"]).await;
        person.close().await;
    }

    /// A second of silence: 8 kHz, 16 bit, one channel.
    fn wave_of_silence() -> Vec<u8> {
        let (rate, bytes) = (8000_u32, 16_000_u32);
        let mut wave = b"RIFF".to_vec();
        wave.extend((36 + bytes).to_le_bytes());
        wave.extend(b"WAVEfmt ");
        wave.extend(16_u32.to_le_bytes());
        wave.extend([1, 0, 1, 0]);
        wave.extend(rate.to_le_bytes());
        wave.extend((rate * 2).to_le_bytes());
        wave.extend([2, 0, 16, 0]);
        wave.extend(b"data");
        wave.extend(bytes.to_le_bytes());
        wave.extend(vec![0; bytes as usize]);
        wave
    }

    /// A camera's picture with its cover on: YUV4MPEG2, black in its limited range.
    fn write_black(path: &Path) {
        let (width, height) = (640, 480);
        let mut film = format!("YUV4MPEG2 W{width} H{height} F30:1 Ip A1:1 C420jpeg\n").into_bytes();
        for _ in 0..5 {
            film.extend(b"FRAME\n");
            film.extend(vec![16; width * height]);
            film.extend(vec![128; width * height / 2]);
        }
        std::fs::write(path, film).expect("written");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_failure_of_the_test_says_nothing_of_the_line() {
        for (endpoint, what, view) in [
            (Endpoint::WrongToken, "credentials", PHONE),
            (Endpoint::NoSdk, "sdk", DESK),
            (Endpoint::Broken, "endpoint", PHONE_DARK),
        ] {
            let page = LinePage::host(LocalPlatform::builder(), endpoint).await;
            let mut person = Person::open(&page.url(), "lang=en", view, Equipment::default()).await;
            person.show_devices("start").await;
            person.press("test").await;
            person.look(&format!("failure-{what}"), "failure", &[what, "again"]).await;
            person.press("again").await;
            person.until_screen("devices").await;
            person.close_after_complaints().await;
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn browsers_that_cannot_say_what_is_wrong() {
        let page = LinePage::host(LocalPlatform::builder(), Endpoint::Session).await;
        // What Lockdown Mode and old browsers do cannot be caused in a current Chrome.
        let script = "delete window.RTCPeerConnection;";
        let equipment = Equipment { script, ..Equipment::default() };
        let mut person = Person::open(&page.url(), "lang=en", PHONE, equipment).await;
        person.look("unsupported", "unsupported", &["webrtc"]).await;
        person.close().await;

        let agent = "--user-agent=Mozilla/5.0 (Linux; Android 16; wv) AppleWebKit/537.36 Version/4.0 Chrome/150.0 Mobile Safari/537.36 Instagram 400.0";
        let equipment = Equipment { arguments: vec![agent.to_owned()], ..Equipment::default() };
        let mut person = Person::open(&page.url(), "lang=en", PHONE, equipment).await;
        person.look("start-in-app", "start", &["inApp", "start"]).await;
        person.close().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn sound_alone_is_enough() {
        let page = LinePage::host(LocalPlatform::builder(), Endpoint::Session).await;
        let mut person = Person::open(&page.url(), "lang=en&duration=7&audio-only", PHONE, Equipment::default()).await;
        person.look("start-audio", "start", &["start"]).await;
        person.press("start").await;
        person.look("devices-sound", "devices", &["microphone", "test"]).await;
        person.press("test").await;
        person.look("result-good-audio", "result", &["pass", "goodAudio"]).await;
        person.press("again").await;
        person.until_screen("devices").await;
        person.press("test").await;
        person.look("result-again", "result", &["pass", "goodAudio"]).await;
        assert_eq!(person.ask("root.querySelectorAll('section > details').length").await, 3, "with earlier tests");
        person.close().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn devices_that_cannot_be_had_have_a_remedy() {
        let page = LinePage::host(LocalPlatform::builder(), Endpoint::Session).await;
        let denied = Equipment { is_denied: true, ..Equipment::default() };
        let mut person = Person::open(&page.url(), "lang=en", PHONE, denied).await;
        person.until_screen("start").await;
        person.press("start").await;
        person.look("denied", "denied", &["again", "audio-only"]).await;
        person.press("audio-only").await;
        person.until("element.getAttribute('screen') === 'denied' && !named('audio-only')").await;
        person.look("denied-audio", "denied", &["again"]).await;
        person.close().await;

        let picture = FakePicture::NoCamera;
        let devices = FakeDevices { camera: FakeCamera { picture, ..FakeCamera::default() }, ..FakeDevices::default() };
        let no_camera = Equipment { devices, ..Equipment::default() };
        let mut person = Person::open(&page.url(), "lang=en&theme=dark", DESK, no_camera).await;
        person.until_screen("start").await;
        person.press("start").await;
        person.look("no-camera", "missing", &["again", "audio-only"]).await;
        person.press("audio-only").await;
        person.look("devices-audio", "devices", &["microphone", "test"]).await;
        person.close().await;

        // Chrome cannot be launched without its fake microphone.
        let script = include_str!("../../crates/browser/src/hide_microphones.js");
        let mut person =
            Person::open(&page.url(), "lang=en", PHONE, Equipment { script, ..Equipment::default() }).await;
        person.until_screen("start").await;
        person.press("start").await;
        person.look("no-microphone", "missing", &["again"]).await;
        assert_eq!(person.ask("named('audio-only')").await, Value::Null, "sound alone would fail as well");
        assert!(person.ask("root.querySelector('.note').textContent").await.to_string().contains("no microphone"));
        person.close().await;
    }
}
