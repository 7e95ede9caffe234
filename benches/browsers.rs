//! What a case in a browser costs until its media flows: the memory and the CPU time of the whole tree of processes,
//! and the time since precall was started. Part of `make bench`. Works on Linux.

mod process_usage;

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use process_usage::usage;

/// How often each is measured; the medians are printed.
const RUNS: usize = 5;

/// Media flows once so many packets have come through the downlink.
const PACKETS: u64 = 30;

/// How long media may take to flow.
const LIMIT: Duration = Duration::from_secs(60);

/// A network test with the pattern camera.
const SCENARIO: &str = "[test]\nconnectivity = false\ntimeout = \"8 s\"\n[[case]]\nname = \"a\"\n";

/// What a run has cost until its media flows.
struct Cost {
    seconds: f64,
    cpu_seconds: f64,
    mebibytes: f64,
}

fn main() {
    // `cargo bench` runs it with `--bench`; `cargo test --benches` without, and then there is nothing to test.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    println!("{:<58} {:>14}   bar", "measure", "seen");
    for (name, browser, bars) in [
        ("Chrome", "chrome", ["at most 4.5 s", "at most 5.5 s", "at most 500 MiB"]),
        ("Firefox", "firefox", ["none", "none", "none"]),
    ] {
        // The first run warms the caches of precall, npm and the host.
        let costs: Vec<_> = (0..=RUNS).filter_map(|_| measure(browser)).skip(1).collect();
        if costs.is_empty() {
            println!("{name}: not measured; is it installed?");
            continue;
        }
        let median = |value: fn(&Cost) -> f64| {
            let mut values: Vec<_> = costs.iter().map(value).collect();
            values.sort_by(f64::total_cmp);
            values[values.len() / 2]
        };
        line(&format!("{name}: from the start to media"), format!("{:.1} s", median(|cost| cost.seconds)), bars[0]);
        line(
            &format!("{name}: CPU time until then, of all processes"),
            format!("{:.1} s", median(|cost| cost.cpu_seconds)),
            bars[1],
        );
        line(
            &format!("{name}: memory then, of all processes"),
            format!("{:.0} MiB", median(|cost| cost.mebibytes)),
            bars[2],
        );
    }
}

fn line(measure: &str, seen: String, bar: &str) {
    println!("{measure:<58} {seen:>14}   {bar}");
}

/// Runs a case, and returns its cost when its media flows. `None` if it never does.
fn measure(browser: &str) -> Option<Cost> {
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(directory.path().join("one.toml"), SCENARIO).expect("written");
    let began = Instant::now();
    let mut child: Child = Command::new(env!("CARGO_BIN_EXE_precall"))
        .args(["run", "--quiet", "--slots", "1", "--browser", browser, "one.toml"])
        .current_dir(directory.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("precall runs");
    let mut cost = None;
    while child.try_wait().expect("a child").is_none() && began.elapsed() < LIMIT {
        if cost.is_none() && flows(directory.path()) {
            let seconds = began.elapsed().as_secs_f64();
            let (cpu_seconds, mebibytes) = usage(child.id());
            cost = Some(Cost { seconds, cpu_seconds, mebibytes });
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    child.wait().expect("ended");
    cost
}

/// Returns whether enough packets have come through the downlink.
fn flows(workspace: &Path) -> bool {
    let runs = std::fs::read_dir(workspace.join("runs")).into_iter().flatten().flatten();
    let files = runs.map(|run| run.path().join("cases/a/link.jsonl"));
    files.filter_map(|file| std::fs::read_to_string(file).ok()).any(|text| {
        let last = text.lines().last().and_then(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        last.and_then(|last| last["down"]["packetsOut"].as_u64()).is_some_and(|packets| packets > PACKETS)
    })
}
