//! What network tests in a row in one page leave behind: counted by DevTools, and timers in the page.
//!
//! OpenTok.js itself keeps a part of every publisher and subscriber (2.35.2: about 20 detached DOM nodes and 90 kB of heap
//! each time), whoever calls it. So a second page makes the same calls by hand, and what is compared is what the network
//! test leaves on top.

use std::time::Duration;

use super::stage::Stage;
use precall_browser::PageResources;
use serde_json::Value;

/// Of every so many tests one is a quality test, which takes several times as long.
const QUALITY_EVERY: usize = 5;

/// The most that the heap may grow more than by hand.
const HEAP_GROWTH_BYTES: i64 = 1_000_000;

/// How long one test has.
const LIMIT: Duration = Duration::from_secs(60);

/// Counts the timers that are armed, those of the network test's own files apart, and loads OpenTok.js.
const PREPARE: &str = r"
    window.armedTimers = new Map();
    for (const [arm, disarm] of [['setTimeout', 'clearTimeout'], ['setInterval', 'clearInterval']]) {
        const [armed, disarmed] = [window[arm], window[disarm]];
        window[arm] = (act, ms, ...rest) => {
            // Who calls, not who calls the caller: OpenTok.js arms timers of its own meanwhile.
            const isOwn = new Error().stack.split('\n')[2]?.includes('/network-test/');
            const timer = armed((...all) => { if (arm === 'setTimeout') armedTimers.delete(timer); act(...all); }, ms, ...rest);
            armedTimers.set(timer, isOwn);
            return timer;
        };
        window[disarm] = (timer) => { armedTimers.delete(timer); disarmed(timer); };
    }
    const script = Object.assign(document.createElement('script'), { src: BUNDLE });
    await new Promise((resolve) => { script.onload = resolve; document.head.append(script); });
    const { default: NetworkTest } = await import('/network-test/src/index.js');
    window.networkTest = new NetworkTest(OT, { apiKey: KEY, sessionId: SESSION, token: TOKEN }, { proxyServerUrl: PROXY });
    precallEvent('{}');
";

const CONNECTIVITY: &str = "precallEvent(JSON.stringify(await networkTest.testConnectivity()))";
const QUALITY: &str = "precallEvent(JSON.stringify(await networkTest.testQuality()))";

/// The calls of a connectivity test, by hand.
const BY_HAND: &str = r"
    const done = (start) => new Promise((resolve, reject) => {
        const value = start((error) => (error ? reject(error) : resolve(value)));
    });
    const until = (target, event, act) => new Promise((resolve) => { target.on(event, resolve); act(); });
    const session = OT.initSession(KEY, SESSION);
    await done((settle) => session.connect(TOKEN, settle));
    const element = document.body.appendChild(document.createElement('div'));
    const publisher = await done((settle) => OT.initPublisher(
        element, { width: '100%', height: '100%', insertMode: 'append', showControls: false }, settle));
    await done((settle) => session.publish(publisher, settle));
    const subscriber = await done((settle) => session.subscribe(
        publisher.stream, element, { testNetwork: true, insertMode: 'append', audioVolume: 0 }, settle));
    await until(subscriber, 'destroyed', () => session.unsubscribe(subscriber));
    await until(publisher, 'destroyed', () => publisher.destroy());
    await until(session, 'sessionDisconnected', () => session.disconnect());
    for (const one of [session, publisher, subscriber]) one.off();
    element.remove();
    precallEvent(JSON.stringify({ success: true }));
";

const COUNT: &str = r"
    const own = [...armedTimers.values()].filter(Boolean).length;
    precallEvent(JSON.stringify({ ownTimers: own, elements: document.querySelectorAll('*').length }));
";

struct Counts {
    resources: PageResources,
    own_timers: Value,
    elements: Value,
}

async fn count(stage: &mut Stage) -> Counts {
    // OpenTok.js logs for a moment after its session has ended.
    tokio::time::sleep(Duration::from_secs(2)).await;
    stage.run(COUNT).await;
    let page = stage.payload(LIMIT).await;
    let resources = stage.page.resources().await.expect("counts");
    Counts { resources, own_timers: page["ownTimers"].clone(), elements: page["elements"].clone() }
}

/// Runs a script for each number, counts before and after.
async fn grow(tests: usize, script: fn(usize) -> &'static str) -> (Counts, Counts) {
    let mut stage = Stage::open().await;
    stage.run(PREPARE).await;
    stage.payload(LIMIT).await;
    let mut before = None;
    // Number 0 loads what is loaded once.
    for number in 0..=tests {
        stage.run(script(number)).await;
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
        grow(tests, |_| BY_HAND),
        grow(tests, |number| if (number + 1).is_multiple_of(QUALITY_EVERY) { QUALITY } else { CONNECTIVITY }),
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
