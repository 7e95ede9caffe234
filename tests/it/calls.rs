//! Calls between two pages, with several releases of OpenTok.js and Vonage's client: routed and relayed.

use std::net::Ipv4Addr;
use std::time::Duration;

use crate::common::stage::{Ground, browser, page, payload};
use precall::sdk::{Npm, Resolver, cache_directory};
use precall_browser::Page;
use precall_platform::credentials::{Role, Token};
use precall_platform::{MediaMode, SessionOptions};
use precall_scenario::SdkSpec;
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

/// The body of an async function as a script. `BUNDLE`, `PROXY`, `KEY`, `SESSION` and `TOKEN` in it are texts.
fn script(ground: &Ground, session: &str, token: &Token, body: &str) -> String {
    let quoted = |text: &str| serde_json::to_string(text).expect("JSON");
    let body = body
        .replace("BUNDLE", &quoted(&ground.bundle))
        .replace("PROXY", &quoted(&ground.proxy_url))
        .replace("KEY", &quoted(&ground.project.api_key))
        .replace("SESSION", &quoted(session))
        .replace("TOKEN", &quoted(token.expose()));
    format!("void (async () => {{ {body} }})()")
}

/// Loads the harness in a page.
async fn load(page: &mut Page, ground: &Ground) {
    page.goto(&ground.harness()).await.expect("the harness");
    next(page, "loaded").await;
}

async fn call(sdk: SdkSpec, media_mode: MediaMode) {
    let first_release = sdk == SdkSpec::release(FIRST_RELEASE);
    let resolver = Resolver { cache: cache_directory(), npm: Npm::default() };
    let ground = Ground::open_on(resolver.sdk(&sdk).await.expect("the SDK"), Ipv4Addr::LOCALHOST).await;
    let session = ground.platform.session(SessionOptions { media_mode, ..SessionOptions::default() });
    let token = ground.platform.token(&session, Role::Moderator).expect("signed");
    let script = |is_publisher: bool| {
        script(&ground, session.as_str(), &token, &CLIENT.replace("IS_PUBLISHER", &is_publisher.to_string()))
    };
    let browser = browser(Vec::new()).await;
    let mut pages = Vec::new();
    for _ in 0..3 {
        let mut page = page(&browser, ground.http.origin()).await;
        load(&mut page, &ground).await;
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
async fn a_relayed_call_with_the_newest_release() {
    call(SdkSpec::default(), MediaMode::Relayed).await;
}

/// Publishes and hears the first stream of somebody else. Says what the console got as errors, and once the subscriber's
/// network condition is known.
const PAIR: &str = r"
    const tell = (type, more) => precallEvent(JSON.stringify({ type, ...more }));
    const error = console.error;
    console.error = (...all) => {
        const text = all.map(String).join(' ');
        // OpenTok.js says so wherever session info lists no relay, as here.
        if (!text.includes('No ice servers present')) tell('failed', { name: 'console', message: text });
        error(...all);
    };
    const script = Object.assign(document.createElement('script'), { src: BUNDLE });
    await new Promise((resolve) => { script.onload = resolve; document.head.append(script); });
    OT.setProxyUrl(PROXY);
    const element = () => document.body.appendChild(document.createElement('div'));
    const then = (act) => (error) => error ? tell('failed', { name: error.name, message: error.message }) : act();
    const session = OT.initSession(KEY, SESSION);
    session.on('streamCreated', ({ stream }) => {
        const subscriber = session.subscribe(stream, element(), {}, then(() => {
            const poll = setInterval(async () => {
                const { mediaLink } = await subscriber.getStats();
                if (mediaLink.transport) {
                    clearInterval(poll);
                    tell('measured', mediaLink.transport);
                }
            }, 500);
        }));
    });
    session.connect(TOKEN, then(() => {
        session.publish(OT.initPublisher(element(), {}, then(() => {})), then(() => tell('published')));
    }));
";

#[tokio::test(flavor = "multi_thread")]
async fn two_pages_that_hear_each_other_log_no_error_and_know_their_network_condition() {
    let ground = Ground::open().await;
    let script = script(&ground, ground.session_id.as_str(), &ground.token, PAIR);
    let browser = browser(Vec::new()).await;
    let mut pages = Vec::new();
    for _ in 0..2 {
        let mut page = page(&browser, ground.http.origin()).await;
        load(&mut page, &ground).await;
        page.evaluate(&script).await.expect("it runs");
        // The second page joins a page that publishes already: that one used to fail.
        next(&mut page, "published").await;
        pages.push(page);
    }
    for page in &mut pages {
        let condition = next(page, "measured").await["networkCondition"].clone();
        assert!(condition == "good" || condition == "excellent", "{condition}");
    }
    for page in pages {
        page.close().await;
    }
    browser.close().await;
}

/// Says when a stream of somebody else ends, and why.
const LISTENER: &str = r"
    const tell = (type, more) => precallEvent(JSON.stringify({ type, ...more }));
    const script = Object.assign(document.createElement('script'), { src: BUNDLE });
    await new Promise((resolve) => { script.onload = resolve; document.head.append(script); });
    OT.setProxyUrl(PROXY);
    const session = OT.initSession(KEY, SESSION);
    session.on('streamDestroyed', ({ reason }) => tell('streamDestroyed', { reason }));
    session.connect(TOKEN, (error) => error ? tell('failed', { name: error.name }) : tell('connected'));
";

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_reloaded_or_closed_leaves_no_ghost() {
    let ground = Ground::open().await;
    let script = |body: &str| script(&ground, ground.session_id.as_str(), &ground.token, body);
    let (listens, publishes) = (script(LISTENER), script(&CLIENT.replace("IS_PUBLISHER", "true")));
    let browser = browser(Vec::new()).await;
    let (mut listener, mut publisher) =
        (page(&browser, ground.http.origin()).await, page(&browser, ground.http.origin()).await);
    load(&mut listener, &ground).await;
    listener.evaluate(&listens).await.expect("it runs");
    next(&mut listener, "connected").await;
    for _ in 0..3 {
        load(&mut publisher, &ground).await;
        publisher.evaluate(&publishes).await.expect("it runs");
        next(&mut publisher, "published").await;
        // The platform gives a client that is not heard of half a minute, and then says `networkDisconnected`.
        load(&mut publisher, &ground).await;
        assert_eq!(next(&mut listener, "streamDestroyed").await["reason"], "clientDisconnected");
    }
    publisher.evaluate(&publishes).await.expect("it runs");
    next(&mut publisher, "published").await;
    publisher.close().await;
    assert_eq!(next(&mut listener, "streamDestroyed").await["reason"], "clientDisconnected");
    listener.close().await;
    browser.close().await;
}

/// Connects, breaks its own socket under OpenTok.js, and signals to itself once that is back.
const BROKEN: &str = r"
    const tell = (type, more) => precallEvent(JSON.stringify({ type, ...more }));
    const sockets = [];
    window.WebSocket = class extends WebSocket {
        constructor(...all) {
            super(...all);
            sockets.push(this);
        }
    };
    const script = Object.assign(document.createElement('script'), { src: BUNDLE });
    await new Promise((resolve) => { script.onload = resolve; document.head.append(script); });
    OT.setProxyUrl(PROXY);
    const session = OT.initSession(KEY, SESSION);
    const then = (act) => (error) => error ? tell('failed', { name: error.name, message: error.message }) : act();
    session.on('sessionDisconnected', ({ reason }) => tell('failed', { reason }));
    session.on('connectionDestroyed', ({ reason }) => tell('failed', { reason }));
    session.on('signal', ({ data }) => tell('signal', { data, sockets: sockets.length }));
    session.on('sessionReconnected', () => session.signal({ data: 'back' }, then(() => {})));
    session.connect(TOKEN, then(() => {
        tell('connected');
        sockets.forEach((socket) => socket.close(4000));
    }));
";

#[tokio::test(flavor = "multi_thread")]
async fn a_client_whose_socket_breaks_takes_its_connection_up_again() {
    let browser = browser(Vec::new()).await;
    let resolver = Resolver { cache: cache_directory(), npm: Npm::default() };
    for sdk in [SdkSpec::release(FIRST_RELEASE), SdkSpec::release("2.27.6"), SdkSpec::default()] {
        let ground = Ground::open_on(resolver.sdk(&sdk).await.expect("the SDK"), Ipv4Addr::LOCALHOST).await;
        let mut page = page(&browser, ground.http.origin()).await;
        load(&mut page, &ground).await;
        let script = script(&ground, ground.session_id.as_str(), &ground.token, BROKEN);
        page.evaluate(&script).await.expect("it runs");
        next(&mut page, "connected").await;
        // On a second socket, and as the same client: nobody has left meanwhile.
        let signal = next(&mut page, "signal").await;
        assert_eq!((&signal["data"], signal["sockets"].as_u64()), (&Value::from("back"), Some(2)), "{sdk:?}");
        page.close().await;
    }
    browser.close().await;
}

mod nightly {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_relayed_call_with_a_release_between() {
        call(SdkSpec::release("2.27.6"), MediaMode::Relayed).await;
    }
}
