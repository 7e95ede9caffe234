//! What network tests in a row in one page leave behind: counted by DevTools, and timers in the page.
//!
//! OpenTok.js itself keeps a part of every publisher and subscriber (2.35.2: about 20 detached DOM nodes and 90 kB of
//! heap each time), whoever calls it. So a second page makes the same calls by hand, and what is compared is what the
//! network test leaves on top.

use std::time::Duration;

use super::stage::Stage;
use precall_browser::PageResources;
use serde_json::{Value, json};

/// Of every so many tests one is a quality test, which takes several times as long.
const QUALITY_EVERY: usize = 5;

/// The most that the heap may grow more than by hand.
const HEAP_GROWTH_BYTES: i64 = 1_000_000;

/// How long one test has.
const LIMIT: Duration = Duration::from_secs(60);

struct Counts {
    resources: PageResources,
    own_timers: Value,
    elements: Value,
}

async fn count(stage: &mut Stage) -> Counts {
    // OpenTok.js logs for a moment after its session has ended.
    tokio::time::sleep(Duration::from_secs(2)).await;
    stage.call("leaks", "count", json!({})).await;
    let page = stage.payload(LIMIT).await;
    let resources = stage.page.resources().await.expect("counts");
    Counts { resources, own_timers: page["ownTimers"].clone(), elements: page["elements"].clone() }
}

/// Calls a function of `leaks.js` for each number, counts before and after.
async fn grow(tests: usize, function: fn(usize) -> &'static str) -> (Counts, Counts) {
    let mut stage = Stage::open().await;
    stage.call("leaks", "prepare", json!({})).await;
    stage.payload(LIMIT).await;
    let mut before = None;
    // Number 0 loads what is loaded once.
    for number in 0..=tests {
        stage.call("leaks", function(number), json!({})).await;
        let result = stage.payload(LIMIT).await;
        let is_good = result["success"] == true || result["audio"]["supported"] == true;
        assert!(is_good, "test {number}: {result}");
        if number == 0 {
            before = Some(count(&mut stage).await);
        }
    }
    let after = count(&mut stage).await;
    stage.close().await;
    (before.expect("counted after the first"), after)
}

/// Runs so many network tests, and asserts that they leave nothing behind on top of what OpenTok.js does.
pub async fn leave_nothing_behind(tests: usize) {
    let ((by_hand_before, by_hand_after), (before, after)) = tokio::join!(
        grow(tests, |_| "byHand"),
        grow(tests, |number| if (number + 1).is_multiple_of(QUALITY_EVERY) { "quality" } else { "connectivity" }),
    );
    let growth = |before: u64, after: u64| i64::try_from(after).expect("small") - i64::try_from(before).expect("small");
    let more = |read: fn(&PageResources) -> u64| {
        let by_hand = growth(read(&by_hand_before.resources), read(&by_hand_after.resources));
        growth(read(&before.resources), read(&after.resources)) - by_hand
    };
    println!("by hand, before: {:?}\nby hand, after:  {:?}", by_hand_before.resources, by_hand_after.resources);
    println!("network test, before: {:?}\nnetwork test, after:  {:?}", before.resources, after.resources);
    let PageResources { web_sockets, live_tracks, peer_connections, .. } = after.resources;
    assert_eq!((web_sockets, live_tracks, peer_connections), (0, 0, 0));
    assert_eq!(after.own_timers, 0);
    assert_eq!(after.elements, before.elements);
    let nodes = more(|resources| resources.dom_nodes);
    // One publisher's worth may still be on its way out, in either page.
    assert!(nodes < 50, "{nodes} DOM nodes more than by hand");
    let heap = more(|resources| resources.heap_bytes);
    assert!(heap < HEAP_GROWTH_BYTES, "{heap} bytes of heap more than by hand");
}
