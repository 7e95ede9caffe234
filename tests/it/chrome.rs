//! Facts about Chrome, and about the router's congestion feedback to it, that precall relies on.

use std::time::{Duration, Instant};

use crate::common::pages;
use crate::common::stage::{Stage, any_port, browser, page, payload};
use axum::routing::get;
use precall_browser::{BrowserEvent, Conditions, Traffic};
use precall_netem::units::Bitrate;
use precall_platform::transport::HttpListener;
use serde_json::json;

/// How long a page has to answer.
const LIMIT: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_crashes_is_noticed_and_another_page_goes_on() {
    let routes =
        axum::Router::new().route("/", get(|| async { axum::response::Html("<!doctype html><title>test</title>") }));
    let http = HttpListener::listen(any_port(), routes).await.expect("a listener");
    let browser = browser(Vec::new()).await;
    let mut first = page(&browser, http.origin()).await;
    let mut second = page(&browser, http.origin()).await;
    for page in [&first, &second] {
        page.goto(&http.origin()).await.expect("the page");
    }
    let crash = async {
        // The navigation never ends: it takes the page with it.
        let _ = tokio::time::timeout(Duration::from_millis(500), first.goto("chrome://crash")).await;
        loop {
            if let BrowserEvent::Crashed { reason } = first.next_event().await {
                break reason;
            }
        }
    };
    let reason = tokio::time::timeout(Duration::from_secs(10), crash).await.expect("the crash is noticed");
    assert!(reason.contains("crash"), "{reason}");
    second.evaluate("precallEvent('{\"alive\":true}')").await.expect("the other page lives");
    assert_eq!(payload(&mut second, LIMIT).await["alive"], true);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_says_too_much_at_once_is_told_of_and_another_page_goes_on() {
    let routes =
        axum::Router::new().route("/", get(|| async { axum::response::Html("<!doctype html><title>test</title>") }));
    let http = HttpListener::listen(any_port(), routes).await.expect("a listener");
    let browser = browser(Vec::new()).await;
    for call in ["precallEvent('x'.repeat(20_000_000))", "console.log('x'.repeat(20_000_000))"] {
        let mut first = page(&browser, http.origin()).await;
        let mut second = page(&browser, http.origin()).await;
        for page in [&first, &second] {
            page.goto(&http.origin()).await.expect("the page");
        }
        first.evaluate(&format!("void {call}")).await.expect("the script runs");
        let mut event = tokio::time::timeout(LIMIT, first.next_event()).await.expect("an event");
        if matches!(event, BrowserEvent::Navigated { .. }) {
            // It went to its address.
            event = tokio::time::timeout(LIMIT, first.next_event()).await.expect("an event");
        }
        assert_eq!(event, BrowserEvent::TooLong { limit: 4 * 1024 * 1024 });
        second.evaluate("precallEvent('{\"alive\":true}')").await.expect("the other page lives");
        assert_eq!(payload(&mut second, LIMIT).await["alive"], true);
    }
    browser.close().await;
}

/// No policy forbids it that a user could set, so it has to be so without one.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_opens_neither_files_nor_pages_of_chrome() {
    let routes =
        axum::Router::new().route("/", get(|| async { axum::response::Html("<!doctype html><title>test</title>") }));
    let routes = routes.merge(pages::server().router());
    let http = HttpListener::listen(any_port(), routes).await.expect("a listener");
    let browser = browser(Vec::new()).await;
    let mut page = page(&browser, http.origin()).await;
    page.goto(&http.origin()).await.expect("the page");
    let file = "file:///etc/passwd";
    let urls = [file, "view-source:file:///etc/passwd", "chrome://version/", "devtools://devtools/"];
    let script = pages::call("chrome", "leave", &json!({ "urls": urls, "file": file }));
    page.evaluate(&script).await.expect("the script runs");
    let said = payload(&mut page, LIMIT).await;
    assert_eq!((said["fetched"].as_bool(), said["here"].as_str()), (Some(false), Some(http.origin().as_str())));
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn chrome_asks_nobody_but_its_page() {
    let routes =
        axum::Router::new().route("/", get(|| async { axum::response::Html("<!doctype html><title>test</title>") }));
    let http = HttpListener::listen(any_port(), routes).await.expect("a listener");
    let directory = tempfile::tempdir().expect("a directory");
    let log = directory.path().join("net.json");
    let browser = browser(vec![format!("--log-net-log={}", log.display())]).await;
    let page = page(&browser, http.origin()).await;
    page.goto(&http.origin()).await.expect("the page");
    // Chrome's own requests come in the first seconds.
    tokio::time::sleep(Duration::from_secs(5)).await;
    browser.close().await;
    let log = std::fs::read_to_string(log).expect("a log");
    let urls = log.split("\"url\":\"").skip(1).filter_map(|rest| rest.split('"').next());
    let asked: Vec<_> = urls.filter(|url| url.starts_with("http") || url.starts_with("ws")).collect();
    assert!(asked.iter().any(|url| url.starts_with(&http.origin())), "the log has no requests");
    let foreign: Vec<_> = asked.into_iter().filter(|url| !url.starts_with("http://127.0.0.1:")).collect();
    assert!(foreign.is_empty(), "Chrome asked for {foreign:#?}");
}

mod alone {
    use super::*;

    /// A poor feedback keeps Chrome at 100 kbit/s for good. Here it has twice the time that it takes on a quiet host;
    /// `make bench` measures how long it takes.
    #[tokio::test(flavor = "multi_thread")]
    async fn chromes_estimate_rises_above_3_mbit_s_on_an_unimpaired_path() {
        let mut stage = Stage::open().await;
        stage.call("estimate", "run", json!({})).await;
        let began = Instant::now();
        let mut highest = 0.0_f64;
        while highest < 3e6 {
            assert!(began.elapsed() < LIMIT, "the estimate came to {highest} bit/s");
            highest = highest.max(stage.payload(LIMIT).await["bitsPerSecond"].as_f64().unwrap_or_default());
        }
        println!("the estimate passed 3 Mbit/s after {:.1} s", began.elapsed().as_secs_f64());
        stage.close().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn conditions_for_an_origin_slow_its_requests_and_leave_webrtc_alone() {
        const BYTES: usize = 250_000;
        let routes = axum::Router::new()
            .route("/", get(|| async { axum::response::Html("<!doctype html><title>test</title>") }))
            .route("/blob", get(|| async { vec![b'x'; BYTES] }))
            .merge(pages::server().router());
        let http = HttpListener::listen(any_port(), routes).await.expect("a listener");
        let browser = browser(Vec::new()).await;
        let mut page = page(&browser, http.origin()).await;
        page.goto(&http.origin()).await.expect("the page");
        let conditions = Conditions {
            traffic: Traffic::Urls(format!("{}/*", http.origin())),
            latency: Duration::from_millis(300),
            upload: None,
            download: Some(Bitrate::from_bits_per_second(1_000_000)),
        };
        page.emulate(&[conditions]).await.expect("throttled");
        let script = pages::call("chrome", "requestAndRoundTrip", &json!({ "url": "/blob" }));
        page.evaluate(&script).await.expect("the script runs");
        let measured = payload(&mut page, LIMIT).await;
        assert_eq!(measured["bytes"], BYTES);
        let number = |key: &str| measured[key].as_f64().expect("a number");
        // 250 kB at 1 Mbit/s are 2 s; the shortest of 20 round trips hardly feels how busy the host is.
        assert!(number("http") > 1_800.0, "{measured}");
        assert!(number("webrtc") < 100.0, "{measured}");
        browser.close().await;
    }
}
