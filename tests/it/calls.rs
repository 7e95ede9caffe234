//! Calls between two pages, with several releases of OpenTok.js and Vonage's client: routed and relayed.

use std::net::Ipv4Addr;
use std::time::Duration;

use crate::common::pages;
use crate::common::stage::{Ground, browser, page, payload};
use precall::sdk::{Npm, Resolver, cache_directory};
use precall_browser::ChromePage;
use precall_platform::credentials::{Role, TokenClaims};
use precall_platform::{MediaMode, SessionOptions};
use precall_scenario::SdkSpec;
use serde_json::{Value, json};

/// The oldest release that is supported.
const FIRST_RELEASE: &str = "2.18.2";

const LIMIT: Duration = Duration::from_secs(60);

async fn next(page: &mut ChromePage, kind: &str) -> Value {
    loop {
        let event = payload(page, LIMIT).await;
        assert_ne!(event["type"], "failed", "{event}");
        if event["type"] == kind {
            return event;
        }
    }
}

/// Loads the harness in a page.
async fn load(page: &mut ChromePage, ground: &Ground) {
    page.goto(&ground.harness()).await.expect("the harness");
    next(page, "loaded").await;
}

async fn call(sdk: SdkSpec, media_mode: MediaMode) {
    let first_release = sdk == SdkSpec::release(FIRST_RELEASE);
    let resolver = Resolver { cache: cache_directory(), npm: Npm::default() };
    let ground = Ground::open_on(resolver.sdk(&sdk).await.expect("the SDK"), Ipv4Addr::LOCALHOST).await;
    let session =
        ground.platform.create_session(&ground.project, SessionOptions { media_mode, ..SessionOptions::default() });
    let now = u64::try_from(jiff::Timestamp::now().as_second()).expect("after 1970");
    let token = TokenClaims::new(&session, Role::Moderator, now, 3600).sign(&ground.project).expect("signed");
    let client = |function: &str| {
        ground.call("call", function, json!({ "sessionId": session.as_str(), "token": token.expose() }))
    };
    let browser = browser(Vec::new()).await;
    let mut pages = Vec::new();
    for _ in 0..3 {
        let mut page = page(&browser, ground.http.origin()).await;
        load(&mut page, &ground).await;
        pages.push(page);
    }
    let [publisher, first, second] = pages.as_mut_slice() else { panic!("three pages") };
    publisher.evaluate(&client("publishAndHear")).await.expect("it runs");
    next(publisher, "published").await;
    // The first release has no such call.
    let mut can_mute = false;
    for subscriber in [&mut *first, &mut *second] {
        subscriber.evaluate(&client("subscribeToOthers")).await.expect("it runs");
        can_mute = next(subscriber, "connected").await["canMute"] == true;
        assert!(next(subscriber, "playing").await["width"].as_u64() > Some(0));
    }
    assert_eq!(can_mute, !first_release);
    first.evaluate(&pages::call("call", "greet", &json!({}))).await.expect("it runs");
    assert_eq!(next(publisher, "signal").await["data"], "hello");
    if can_mute {
        first.evaluate(&pages::call("call", "mute", &json!({}))).await.expect("it runs");
        next(publisher, "muteForced").await;
    }
    publisher.evaluate(&pages::call("call", "leave", &json!({}))).await.expect("it runs");
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
async fn a_relayed_call_with_the_newest_release() {
    call(SdkSpec::default(), MediaMode::Relayed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_pages_that_hear_each_other_log_no_error_and_know_their_network_condition() {
    let ground = Ground::open().await;
    let script = ground.call("pair", "run", json!({}));
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
    ground.platform.stop();
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_reloaded_or_closed_leaves_no_ghost() {
    let ground = Ground::open().await;
    let [listens, publishes] = ["listen", "publishAndHear"].map(|function| ground.call("call", function, json!({})));
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
    ground.platform.stop();
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_whose_socket_breaks_takes_its_connection_up_again() {
    let browser = browser(Vec::new()).await;
    let resolver = Resolver { cache: cache_directory(), npm: Npm::default() };
    for sdk in [SdkSpec::release(FIRST_RELEASE), SdkSpec::release("2.27.6"), SdkSpec::default()] {
        let ground = Ground::open_on(resolver.sdk(&sdk).await.expect("the SDK"), Ipv4Addr::LOCALHOST).await;
        let mut page = page(&browser, ground.http.origin()).await;
        load(&mut page, &ground).await;
        page.evaluate(&ground.call("reconnect", "run", json!({}))).await.expect("it runs");
        next(&mut page, "connected").await;
        // On a second socket, and as the same client: nobody has left meanwhile.
        let signal = next(&mut page, "signal").await;
        assert_eq!((&signal["data"], signal["sockets"].as_u64()), (&Value::from("back"), Some(2)), "{sdk:?}");
        page.close().await;
        ground.platform.stop();
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
