//! What clients do beyond a call: what they know of their network, and how they come back when a socket breaks.

use std::net::Ipv4Addr;
use std::time::Duration;

use crate::common::stage::{PageSetup, browser, page, payload};
use precall::sdk::{Npm, Resolver, cache_directory};
use precall_browser::ChromePage;
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
async fn load(page: &mut ChromePage, setup: &PageSetup) {
    page.goto(&setup.harness()).await.expect("the harness");
    next(page, "loaded").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_whose_socket_breaks_takes_its_connection_up_again() {
    let browser = browser(Vec::new()).await;
    let resolver = Resolver { cache: cache_directory(), npm: Npm::default() };
    for sdk in [SdkSpec::release(FIRST_RELEASE), SdkSpec::release("2.27.6"), SdkSpec::default()] {
        let setup = PageSetup::open_on(resolver.sdk(&sdk).await.expect("the SDK"), Ipv4Addr::LOCALHOST).await;
        let mut page = page(&browser, setup.http.origin()).await;
        load(&mut page, &setup).await;
        page.evaluate(&setup.call("reconnect", "run", json!({}))).await.expect("it runs");
        next(&mut page, "connected").await;
        // On a second socket, and as the same client: nobody has left meanwhile.
        let signal = next(&mut page, "signal").await;
        assert_eq!((&signal["data"], signal["sockets"].as_u64()), (&Value::from("back"), Some(2)), "{sdk:?}");
        page.close().await;
    }
    browser.close().await;
}

/// Other tests cover these every day.
mod nightly {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn two_pages_that_hear_each_other_log_no_error_and_know_their_network_condition() {
        let setup = PageSetup::open().await;
        let script = setup.call("pair", "run", json!({}));
        let browser = browser(Vec::new()).await;
        let mut pages = Vec::new();
        for _ in 0..2 {
            let mut page = page(&browser, setup.http.origin()).await;
            load(&mut page, &setup).await;
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
}
