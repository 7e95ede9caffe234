//! The HTML report in real Chrome: at the width of a desk and of a phone, in light and dark, with JavaScript and
//! without.

use std::path::{Path, PathBuf};

use crate::common::reader::Reader;
use crate::common::{Workspace, recorded, said};
use serde_json::{Value, json};

/// The report of a run, as precall writes it.
fn html(workspace: &Workspace, run: &Path) -> PathBuf {
    let file = run.file_name().expect("a name").to_string_lossy().into_owned() + ".html";
    let arguments = ["report", run.to_str().expect("UTF-8"), "--output", &file];
    let output = workspace.precall(&arguments).output().expect("precall runs");
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    workspace.path().join(file)
}

/// How wide the page is, and whether something in it is wider.
const SCROLL: &str = "[view.innerWidth, page.documentElement.scrollWidth > page.documentElement.clientWidth]";
const VISIBLE: &str = "[...page.querySelectorAll('.case')].filter(one => one.offsetHeight > 0).length";

#[tokio::test]
async fn it_is_read_at_a_desk_and_on_a_phone() {
    let workspace = Workspace::new();
    let text = std::fs::read_to_string(html(&workspace, &recorded::run())).expect("a report");
    for (width, arguments) in [(1280, &[][..]), (390, &["--blink-settings=preferredColorScheme=0"])] {
        let mut reader = Reader::open("about:blank", arguments).await;
        reader.frame(&text, width, "").await;
        assert_eq!(reader.ask(SCROLL).await, json!([width, false]));
        let open = "[...page.querySelectorAll('details')].map(one => { one.open = true; return one; }).length";
        // Each case and its events.
        assert_eq!(reader.ask(open).await, 12);
        assert_eq!(reader.ask(SCROLL).await, json!([width, false]), "with everything open");
        let charts = "[...page.querySelectorAll('svg.chart')].map(one => [one.clientWidth > 250, \
            [...one.querySelectorAll('use')].every(axis => axis.getBBox().width > 200 || axis.getBBox().height > 5)])";
        let charts = reader.ask(charts).await;
        let charts = charts.as_array().expect("charts");
        assert_eq!(charts.len(), 36, "six of each case");
        assert!(charts.iter().all(|chart| *chart == json!([true, true])), "{charts:?}");
        let background = reader.ask("getComputedStyle(page.body).backgroundColor.match(/\\d+/g).map(Number)").await;
        let is_dark = background[0].as_u64().is_some_and(|red| red < 60);
        assert_eq!(is_dark, width == 390, "{background}");
        assert_eq!(reader.ask("page.getElementById('tools').offsetHeight > 0").await, true, "the script runs");
        reader.close().await;
    }
}

/// What a person does with the charts of a case: a drag zooms all of them, a click keeps a moment with its recorded
/// lines, and the keys do the same.
#[tokio::test]
async fn charts_of_a_case_are_zoomed_and_a_moment_is_kept() {
    let workspace = Workspace::new();
    let url = format!("file://{}", html(&workspace, &recorded::run()).display());
    let mut reader = Reader::open(&format!("{url}#case-1"), &[]).await;
    reader
        .ask(
            "(() => {
        const charts = page.querySelector('#case-1 .charts'), chart = charts.querySelector('svg.chart');
        const { left, width, top, height } = chart.getBoundingClientRect();
        view.at = (place, type) => chart.dispatchEvent(new PointerEvent(type, {
            clientX: left + width * place / 340, clientY: top + height / 2, bubbles: true }));
        view.press = (key) => charts.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
        view.charts = charts;
        return true;
    })()",
        )
        .await;
    let scales = "[...view.charts.querySelectorAll('svg.chart .layers > g')].map(one => one.getAttribute('transform'))";
    assert_eq!(reader.ask(scales).await, json!([]));
    let drag =
        "(view.at(100, 'pointerdown'), view.at(150, 'pointermove'), view.charts.querySelectorAll('.span').length)";
    assert_eq!(reader.ask(drag).await, 6, "what a drag covers is marked in every chart");
    let scaled = reader.ask(&format!("(view.at(150, 'pointerup'), {scales})")).await;
    let scaled = scaled.as_array().expect("transforms");
    assert!(scaled.len() == 6 && scaled.iter().all(|one| one == &scaled[0]), "{scaled:?}");
    assert!(scaled[0].as_str().is_some_and(|text| text.contains("scale(5.88")), "{scaled:?}");
    let ticks = "[...view.charts.querySelectorAll('.ticks')].map(one => one.textContent)";
    let ticks = reader.ask(ticks).await;
    assert!(ticks.as_array().is_some_and(|all| all.len() == 6 && all.iter().all(|one| one == &all[0])), "{ticks}");

    // A click in the middle keeps the moment when the pointer leaves.
    let keep = "(view.at(185, 'pointerdown'), view.at(185, 'pointerup'),
        view.charts.dispatchEvent(new PointerEvent('pointerleave')), view.charts.querySelectorAll('.at').length)";
    assert_eq!(reader.ask(keep).await, 6);
    let moment = "view.charts.querySelector('.moment').innerText";
    let text = reader.ask(moment).await;
    assert!(text.as_str().is_some_and(|text| text.starts_with("At ") && text.contains("link.jsonl, line")), "{text}");
    let link = reader.ask("view.charts.querySelector('.moment a').getAttribute('href')").await;
    assert!(link.as_str().is_some_and(|link| link.starts_with("cases/") && link.ends_with(".jsonl")), "{link}");
    reader.view(1280, false).await;
    reader.look("case-viewer-file").await;
    let moved = reader.ask(&format!("(view.press('ArrowRight'), {moment})")).await;
    assert!(moved != text && moved.as_str().is_some_and(|text| text.starts_with("At ")), "{moved}");
    let ended = "(view.press('Escape'), [view.charts.classList.contains('zoomed'),
        view.charts.querySelectorAll('.at').length, view.charts.querySelector('.moment').innerText])";
    assert_eq!(reader.ask(ended).await, json!([false, 0, ""]));
    let zoomed = "(view.press('+'), view.charts.classList.contains('zoomed'))";
    assert_eq!(reader.ask(zoomed).await, true);
    let whole = "(view.charts.querySelector('.help button').click(), view.charts.classList.contains('zoomed'))";
    assert_eq!(reader.ask(whole).await, false);
    // The clock of events is that of the charts: each is listed in its second.
    let events = "page.querySelectorAll('#case-1 .events > li').length";
    assert!(reader.ask(events).await.as_u64() > Some(0));
    reader.close().await;
}

#[tokio::test]
async fn cases_are_filtered_and_sorted() {
    let workspace = Workspace::new();
    let url = format!("file://{}", html(&workspace, &recorded::run()).display());
    let mut reader = Reader::open(&format!("{url}#case-4"), &[]).await;
    assert_eq!(
        reader.ask("document.getElementById('case-4').parentElement.open").await,
        true,
        "what is linked to is open"
    );
    assert_eq!(reader.ask(VISIBLE).await, 6);
    let search = |text: &str| {
        format!("(search.value = '{text}', search.dispatchEvent(new Event('input', {{ bubbles: true }})), {VISIBLE})")
    };
    assert_eq!(reader.ask(&search("3g")).await, 2);
    assert_eq!(reader.ask(&search("3G 2.35")).await, 1);
    assert_eq!(reader.ask("shown.textContent").await, "1 of 6");
    assert_eq!(reader.ask(&search("nothing")).await, 0);
    assert_eq!(reader.ask(&search("")).await, 6);
    let untick = format!("(document.querySelector('#outcomes [value=failed]').click(), {VISIBLE})");
    assert_eq!(reader.ask(&untick).await, 4);
    let sort = "(head.children[4].click(), [...document.querySelectorAll('.case')].map(one => Number(one.firstElementChild.children[4].textContent)))";
    let numbers =
        |value: &Value| value.as_array().expect("numbers").iter().filter_map(Value::as_f64).collect::<Vec<_>>();
    let (up, down) = (numbers(&reader.ask(sort).await), numbers(&reader.ask(sort).await));
    assert!(up.len() == 6 && up.is_sorted() && up.iter().rev().eq(&down), "{up:?} {down:?}");
    reader.close().await;
}

/// What in the page stands out of it to the right, by its class: with it a page scrolls, or what it says is cut off.
/// What scrolls by itself is left out.
const TOO_WIDE: &str = "[...page.querySelectorAll('main *')].filter(one => one.getBoundingClientRect().right > view.innerWidth + 1 \
    && !one.closest('.scroll, .tables section, svg')).map(one => one.tagName + '.' + one.className)";

/// Names of which a word does not fit into one line, though it would have a line for itself.
const BROKEN: &str = "[...page.querySelectorAll('.compared h3, .id, .name')].flatMap(one => {
    const wide = one.clientWidth, measure = page.createElement('span');
    measure.style.cssText = 'position:absolute;visibility:hidden;white-space:nowrap;font:' + view.getComputedStyle(one).font;
    page.body.append(measure);
    const lines = [...one.firstChild.textContent.trim().split(/\\s+/)].filter(word => {
        measure.textContent = word;
        const range = page.createRange(), start = one.firstChild.textContent.indexOf(word);
        range.setStart(one.firstChild, start);
        range.setEnd(one.firstChild, start + word.length);
        const tops = new Set([...range.getClientRects()].map(rect => Math.round(rect.top)));
        return tops.size > 1 && measure.offsetWidth < wide && !word.includes('-');
    });
    measure.remove();
    return lines;
})";

#[tokio::test]
async fn nothing_that_a_page_said_becomes_an_element() {
    let workspace = Workspace::new();
    let markup = "\"'><script>window.injected=1</script><img src=x onerror=window.injected=1><svg onload=window.injected=1>\
        </title></style></textarea><!--{{7*7}}<a href=javascript:window.injected=1>&lt;b&gt;";
    let mut seen = Vec::new();
    for extra in ["x", markup] {
        let run = recorded::planted(&workspace.path().join(extra.len().to_string()), extra);
        let url = format!("file://{}", html(&workspace, &run).display());
        let mut reader = Reader::open(&url, &[]).await;
        assert_eq!(reader.ask("window.injected ?? 'no'").await, "no");
        let elements = "[...document.querySelectorAll('*')].map(one => \
            one.tagName + [...one.attributes].map(attribute => ' ' + attribute.name).join(''))";
        seen.push(reader.ask(elements).await);
        let text = reader.ask("document.querySelector('h1').textContent").await;
        assert!(text.as_str().is_some_and(|text| text.contains(extra)), "{text}");
        reader.close().await;
    }
    assert_eq!(seen[0], seen[1], "the same elements with the same attributes");
}

/// Other tests cover these every day.
mod nightly {
    use super::*;

    /// Two releases of the recorded run held against one another, and two runs with long names, many cells and every
    /// figure.
    #[tokio::test]
    async fn a_comparison_is_read_at_a_desk_and_on_a_phone() {
        let workspace = Workspace::new();
        let run = recorded::run();
        let run = run.to_str().expect("UTF-8");
        let of_releases = ["compare", run, "--axis", "sdk=2.27.6,2.35.2", "--report", "html=releases.html"];
        let [a, b] = recorded::long_runs(workspace.path());
        let [a, b] = [&a, &b].map(|run| run.to_str().expect("UTF-8"));
        let of_runs = ["compare", a, b, "--report", "html=runs.html"];
        let mut reader = Reader::open("about:blank", &[]).await;
        for (arguments, page) in [(&of_releases[..], "releases.html"), (&of_runs[..], "runs.html")] {
            let output = workspace.precall(arguments).output().expect("precall runs");
            assert!(said(&output).contains(&format!("html: {page}")), "{}", said(&output));
            let text = std::fs::read_to_string(workspace.path().join(page)).expect("a page");
            for width in [1280, 390] {
                reader.frame(&text, width, "").await;
                assert_eq!(reader.ask(SCROLL).await, json!([width, false]), "{page}");
                let open =
                    "[...page.querySelectorAll('details')].map(one => { one.open = true; return one; }).length > 0";
                assert_eq!(reader.ask(open).await, true);
                assert_eq!(reader.ask(SCROLL).await, json!([width, false]), "{page} with everything open");
                assert_eq!(reader.ask(TOO_WIDE).await, json!([]), "{page} at {width}");
                assert_eq!(reader.ask(BROKEN).await, json!([]), "{page} at {width}");
                let strips = "[...page.querySelectorAll('svg.strip')].map(one => [one.clientWidth, one.querySelectorAll('.mid').length])";
                let strips = reader.ask(strips).await;
                let strips = strips.as_array().expect("strips");
                assert!(strips.len() > 20 && strips.iter().all(|strip| *strip == json!([240, 2])), "{strips:?}");
            }
        }
        reader.close().await;
    }

    /// The report in a frame that runs no scripts.
    #[tokio::test]
    async fn it_is_read_without_javascript() {
        let workspace = Workspace::new();
        let text = std::fs::read_to_string(html(&workspace, &recorded::run())).expect("a report");
        let mut reader = Reader::open("about:blank", &[]).await;
        reader.frame(&text, 390, "sandbox=allow-same-origin").await;
        let seen = "({
            rows: [...page.querySelectorAll('.case > summary')].filter(row => row.offsetHeight > 0).length,
            open: [...page.querySelectorAll('.case[open] .body')].filter(body => body.offsetHeight > 200).length,
            charts: [...page.querySelectorAll('.case[open] svg.chart')].filter(chart => chart.clientHeight > 90).length,
            tools: page.getElementById('tools').offsetHeight,
        })";
        assert_eq!(reader.ask(seen).await, json!({ "rows": 6, "open": 1, "tools": 0, "charts": 6 }));
        assert_eq!(reader.ask(SCROLL).await, json!([390, false]));
        // Chrome says that it kept the page's script from running.
        assert!(
            reader.complaints.iter().all(|text| text.contains("Blocked script execution")),
            "{:?}",
            reader.complaints
        );
        reader.complaints.clear();
        reader.close().await;
    }

    /// A run with long names and repeats, at both widths.
    #[tokio::test]
    async fn long_names_and_repeats_are_read_at_a_desk_and_on_a_phone() {
        let workspace = Workspace::new();
        let [run, _] = recorded::long_runs(workspace.path());
        let text = std::fs::read_to_string(html(&workspace, &run)).expect("a report");
        for width in [1280, 390] {
            let mut reader = Reader::open("about:blank", &[]).await;
            reader.frame(&text, width, "").await;
            assert_eq!(reader.ask(SCROLL).await, json!([width, false]));
            assert_eq!(reader.ask(TOO_WIDE).await, json!([]), "at {width}");
            assert_eq!(reader.ask(BROKEN).await, json!([]), "at {width}");
            let medians =
                "[...page.querySelectorAll('.cell-row')].filter(row => row.textContent.includes('median of 6')).length";
            assert_eq!(reader.ask(medians).await, 4);
            reader.close().await;
        }
    }

    #[tokio::test]
    async fn one_time_is_shown_in_all_charts_of_a_case() {
        let workspace = Workspace::new();
        let url = format!("file://{}", html(&workspace, &recorded::run()).display());
        let mut reader = Reader::open(&format!("{url}#case-1"), &[]).await;
        // Where this case had figures.
        let point = "(() => {
            const charts = page.querySelector('#case-1 .charts'), chart = charts.querySelector('svg.chart');
            const { left, width, top, height } = chart.getBoundingClientRect();
            const at = { clientX: left + width * 270 / 340, clientY: top + height / 2, bubbles: true };
            chart.dispatchEvent(new PointerEvent('pointermove', at));
            return [...charts.querySelectorAll('figure')].map(one => [one.querySelectorAll('.at').length,
                one.querySelector('figcaption > b .value').textContent, one.querySelectorAll('i .value').length > 0]);
        })()";
        let shown = reader.ask(point).await;
        let shown = shown.as_array().expect("charts");
        assert_eq!(shown.len(), 6);
        // Events have no values.
        assert!(shown[..5].iter().all(|one| one == &shown[0]) && shown[5][1] == shown[0][1], "{shown:?}");
        assert_eq!((&shown[0][0], &shown[0][2]), (&json!(1), &json!(true)));
        let time = shown[0][1].as_str().expect("a time");
        assert!(time.starts_with(" at ") && time.ends_with(" s"), "{time}");
        // The value beside a name is that of its line: the script reads it off the chart.
        let name = "[...page.querySelectorAll('#case-1 .charts figure:first-child i')].map(one => one.textContent)";
        let names = reader.ask(name).await;
        let received = names
            .as_array()
            .expect("names")
            .iter()
            .find_map(|name| name.as_str()?.strip_prefix("received audio and video "));
        assert!(received.and_then(|value| value.parse::<f64>().ok()).is_some_and(|value| value > 0.0), "{names}");
        reader
            .ask("(page.querySelector('#case-1 .charts').dispatchEvent(new PointerEvent('pointerleave')), true)")
            .await;
        assert_eq!(reader.ask("page.querySelectorAll('.at, .value').length").await, 0);
        reader.close().await;
    }
}
