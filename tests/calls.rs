//! Calls between two pages, with several releases of OpenTok.js and Vonage's client: routed and relayed.

mod common;

use std::net::Ipv4Addr;
use std::time::Duration;

use common::stage::{Ground, browser, page, payload};
use precall::browser::Page;
use precall::credentials::{Role, TokenClaims};
use precall::platform::{MediaMode, SessionOptions};
use precall::scenario::SdkSpec;
use precall::sdk::{Npm, Resolver, cache_directory};
use serde_json::Value;

/// The oldest release that is supported.
const FIRST_RELEASE: &str = "2.18.2";

const LIMIT: Duration = Duration::from_secs(60);

/// Connects; publishes and hears itself when told to, and else subscribes to the first stream of somebody else. Says when frames came.
const CLIENT: &str = r"
    const tell = (type, more) => precallEvent(JSON.stringify({ type, ...more }));
    const script = Object.assign(document.createElement('script'), { src: BUNDLE });
    await new Promise((resolve) => { script.onload = resolve; document.head.append(script); });
    OT.setProxyUrl(PROXY);
    const element = () => document.body.appendChild(document.createElement('div'));
    const then = (act) => (error) => error ? tell('failed', { name: error.name, message: error.message }) : act();
    const session = OT.initSession(KEY, SESSION);
    session.on('signal', ({ data }) => tell('signal', { data }));
    session.on('streamDestroyed', ({ reason }) => tell('streamDestroyed', { reason }));
    session.on('streamCreated', ({ stream }) => {
        const subscriber = session.subscribe(stream, element(), {}, then(() => {
            const poll = setInterval(async () => {
                const video = document.querySelector('video');
                if (video && video.videoWidth > 0 && video.getVideoPlaybackQuality().totalVideoFrames > 20) {
                    clearInterval(poll);
                    tell('playing', { width: video.videoWidth });
                }
            }, 200);
        }));
    });
    session.connect(TOKEN, then(() => {
        tell('connected', { canMute: typeof session.forceMuteAll === 'function' });
        if (IS_PUBLISHER) {
            const publisher = OT.initPublisher(element(), {}, then(() => {}));
            // As a network test does, it hears itself too.
            const hear = () => session.subscribe(publisher.stream, element(), { testNetwork: true }, then(() => tell('published')));
            session.publish(publisher, then(hear));
            publisher.on('muteForced', () => tell('muteForced'));
            window.leave = () => session.unpublish(publisher);
        } else {
            window.mute = () => session.forceMuteAll([]);
            window.greet = () => session.signal({ data: 'hello' }, then(() => {}));
        }
    }));
";

async fn next(page: &mut Page, kind: &str) -> Value {
    loop {
        let event = payload(page, LIMIT).await;
        assert_ne!(event["type"], "failed", "{event}");
        if event["type"] == kind {
            return event;
        }
    }
}

async fn call(sdk: SdkSpec, media_mode: MediaMode) {
    let first_release = sdk == SdkSpec::release(FIRST_RELEASE);
    let resolver = Resolver { cache: cache_directory(), npm: Npm::default() };
    let ground = Ground::open_on(resolver.sdk(&sdk).await.expect("the SDK"), Ipv4Addr::LOCALHOST).await;
    let session =
        ground.platform.create_session(&ground.project, SessionOptions { media_mode, ..SessionOptions::default() });
    let now = u64::try_from(jiff::Timestamp::now().as_second()).expect("after 1970");
    let token = TokenClaims::new(&session, Role::Moderator, now, 3600).sign(&ground.project).expect("signed");
    let quoted = |text: &str| serde_json::to_string(text).expect("JSON");
    let script = |is_publisher: bool| {
        let body = CLIENT
            .replace("BUNDLE", &quoted(&ground.bundle))
            .replace("PROXY", &quoted(&ground.proxy_url))
            .replace("KEY", &quoted(&ground.project.api_key))
            .replace("SESSION", &quoted(session.as_str()))
            .replace("TOKEN", &quoted(token.expose()))
            .replace("IS_PUBLISHER", &is_publisher.to_string());
        format!("void (async () => {{ {body} }})()")
    };
    let browser = browser(Vec::new()).await;
    let mut pages = Vec::new();
    for _ in 0..3 {
        let mut page = page(&browser, ground.http.origin()).await;
        page.goto(&ground.harness()).await.expect("the harness");
        assert_eq!(payload(&mut page, LIMIT).await["type"], "loaded");
        pages.push(page);
    }
    let [publisher, first, second] = pages.as_mut_slice() else { panic!("three pages") };
    publisher.evaluate(&script(true)).await.expect("it runs");
    next(publisher, "published").await;
    // The first release has no such call.
    let mut can_mute = false;
    for subscriber in [&mut *first, &mut *second] {
        subscriber.evaluate(&script(false)).await.expect("it runs");
        can_mute = next(subscriber, "connected").await["canMute"] == true;
        assert!(next(subscriber, "playing").await["width"].as_u64() > Some(0));
    }
    assert_eq!(can_mute, !first_release);
    first.evaluate("greet()").await.expect("it runs");
    assert_eq!(next(publisher, "signal").await["data"], "hello");
    if can_mute {
        first.evaluate("mute()").await.expect("it runs");
        next(publisher, "muteForced").await;
    }
    publisher.evaluate("leave()").await.expect("it runs");
    for subscriber in [first, second] {
        assert_eq!(next(subscriber, "streamDestroyed").await["reason"], "clientDisconnected");
    }
    for page in pages {
        page.close().await;
    }
    ground.platform.stop();
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_routed_call_with_the_first_release() {
    call(SdkSpec::release(FIRST_RELEASE), MediaMode::Routed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_routed_call_with_vonages_client() {
    let package = "@vonage/client-sdk-video".to_owned();
    call(SdkSpec::Npm { package, version: "latest".to_owned() }, MediaMode::Routed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relayed_call_with_the_first_release() {
    call(SdkSpec::release(FIRST_RELEASE), MediaMode::Relayed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relayed_call_with_a_release_between() {
    call(SdkSpec::release("2.27.6"), MediaMode::Relayed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relayed_call_with_the_newest_release() {
    call(SdkSpec::default(), MediaMode::Relayed).await;
}
