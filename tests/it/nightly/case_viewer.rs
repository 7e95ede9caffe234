//! The charts of a case on the pages of `precall serve`, in real Chrome.

use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::common::Workspace;
use crate::common::reader::Reader;
use crate::common::served::{Pages, until};
use serde_json::Value;

/// A case with all that its charts show, on a page of the server: in both colours, with a moment whose recorded lines
/// are looked up.
#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_looked_into() {
    const WATCHED: &str = "name = \"watched\"\n[test]\ntimeout = \"12 s\"\n[[case]]\nname = \"slower\"\n\
                           network.rate = \"1 Mbit/s\"\nnetwork.loss = \"2 %\"\nplatform.faults.logging = \"delay 300 ms\"\n\
                           expect.connectivity.success = false\n\
                           [[case.network.step]]\nat = \"8 s\"\nrate = \"200 kbit/s\"\n\
                           [[case]]\nname = \"unknown-session\"\nplatform.session = \"unknown\"\n\
                           expect.connectivity.success = false\n\
                           [[case]]\nname = \"expired-token\"\nplatform.token = \"expired\"\n\
                           expect.connectivity.success = true";
    let workspace = Workspace::new();
    let path = workspace.scenario(WATCHED);
    let mut run = workspace
        .precall(&["run", "--quiet", "--slots", "2", path.to_str().expect("UTF-8")])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("precall runs");
    let pages = Pages::serve(&workspace, "127.0.0.1:0");
    let began = Instant::now();
    while !workspace.run_directory().is_some_and(|run| run.join("events.jsonl").exists()) {
        assert!(began.elapsed() < Duration::from_secs(60), "no run begins");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let name = workspace.run_directory().expect("a run").file_name().expect("a name").to_string_lossy().into_owned();
    let mut live = Reader::open(&format!("{}runs/{name}", pages.url), &[]).await;
    live.view(1100, true).await;
    until(&mut live, "page.querySelector('#running figure > p')?.textContent.includes('received') === true", "samples")
        .await;
    until(&mut live, "page.getElementById('host').textContent.includes('busy')", "the load of the host").await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    live.look("live-run").await;
    // The case fails, since its test passes.
    assert_eq!(run.wait().expect("the run ends").code(), Some(1));
    live.close().await;

    let mut reader = Reader::open(&format!("{}runs/{name}", pages.url), &[]).await;
    reader.view(1280, false).await;
    let titles = "[...page.querySelectorAll('#case-0 figcaption > b')].map((one) => one.textContent)";
    let titles = reader.ask(titles).await;
    assert_eq!(
        titles,
        serde_json::json!(["Bitrate", "Packet loss", "Round-trip time", "Frame rate", "MOS", "Host", "Events"])
    );
    // A test that failed has left a picture.
    let width = "page.querySelector('#case-2 img.page').naturalWidth";
    assert!(reader.ask(width).await.as_u64() > Some(300));
    reader.ask("(page.querySelector('.case .plain:last-of-type').open = true)").await;
    let sources =
        reader.ask("[...new Set([...page.querySelectorAll('.events b')].map((one) => one.textContent))].sort()").await;
    for source in ["SDK log", "fault", "network", "platform"] {
        assert!(sources.as_array().is_some_and(|all| all.contains(&source.into())), "{source} in {sources}");
    }
    reader.ask("(page.querySelector('.case .plain:last-of-type').open = false, true)").await;
    // The moment at which the network changed.
    let keep = "(() => {
        const chart = page.querySelector('.charts svg.chart'), { left, width, top } = chart.getBoundingClientRect();
        const step = [...page.querySelectorAll('.events li')].find((one) => one.children[1].textContent === 'network');
        const end = Number(/x([\\d.]+)-/.exec(chart.querySelector('use').getAttribute('href'))[1]);
        const place = 38 + Number(step.children[0].textContent) / end * 294;
        const at = { clientX: left + width * place / 340, clientY: top + 50, bubbles: true };
        for (const type of ['pointerdown', 'pointerup']) chart.dispatchEvent(new PointerEvent(type, at));
        return page.querySelector('.moment').innerText;
    })()";
    let moment = reader.ask(keep).await;
    let moment = moment.as_str().expect("a text");
    for part in ["200 kbit/s", "samples.jsonl, line", "rtc-stats.jsonl, line", "link.jsonl, line", "host.jsonl, line"] {
        assert!(moment.contains(part), "{part} in {moment}");
    }
    reader.look("case-viewer").await;
    reader.view(1280, true).await;
    reader.look("case-viewer-dark").await;
    reader.view(390, false).await;
    reader.look("case-viewer-phone").await;
    // Each link leads to the lines.
    let lines = reader.ask("Promise.all([...page.querySelectorAll('.moment a')].map(({ href }) => href))").await;
    for href in lines.as_array().expect("addresses") {
        let answer = reqwest::get(href.as_str().expect("an address")).await.expect("an answer");
        assert_eq!(answer.status(), 200, "{href}");
        let text = answer.text().await.expect("a text");
        assert!(text.lines().count() < 6, "{href}: {text}");
        assert!(text.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()), "{href}: {text}");
    }
    for (path, width, is_dark) in [("", 390, true), ("trend?by=date", 1280, false), ("flaky", 390, false)] {
        reader.goto(&format!("{}{path}", pages.url)).await;
        reader.view(width, is_dark).await;
        reader.look(&format!("page-{}", path.replace(['?', '='], "-"))).await;
    }
    reader.close().await;
}
