//! What precall promises in figures, measured: `make bench`; its networks are in `link`. Prints each bar beside what
//! was seen; judges nothing, since a busy host spoils times but no logic.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

fn main() {
    // `cargo bench` runs it with `--bench`; `cargo test --benches` without, and then there is nothing to test.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    println!("{:<58} {:>14}   bar", "measure", "seen");
    command_line();
    demo();
    call();
}

/// What a person waits for at a prompt: the help, the completion of a metric, and a list of cases. The median of some
/// runs.
fn command_line() {
    let time = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut times: Vec<_> = (0..11)
            .map(|_| {
                let mut command = Command::new(env!("CARGO_BIN_EXE_precall"));
                command.args(arguments).envs(variables.iter().copied()).stdout(Stdio::null());
                let began = Instant::now();
                command.status().expect("precall runs");
                began.elapsed()
            })
            .collect();
        times.sort();
        format!("{:.1} ms", times[times.len() / 2].as_secs_f64() * 1e3)
    };
    line("precall --help", time(&["--help"], &[]), "under 20 ms");
    let asked = [("PRECALL_COMPLETE", "bash"), ("_CLAP_COMPLETE_INDEX", "3")];
    let words = ["--", "precall", "history", "trend", "video."];
    line("completion of a metric", time(&words, &asked), "under 50 ms");
    let directory = tempfile::tempdir().expect("a directory");
    for (rates, bar) in [(100, "under 200 ms"), (1_000, "under 2 s")] {
        let scenario = directory.path().join("many.toml");
        std::fs::write(&scenario, many_cases(rates, 100)).expect("written");
        let seen = time(&["list", scenario.to_str().expect("UTF-8")], &[]);
        line(&format!("precall list of {} cases", rates * 100), seen, bar);
    }
}

/// A scenario with a case for each of these many rates and delays.
fn many_cases(rates: u32, delays: u32) -> String {
    let all = |count: u32, unit: &str| {
        let values: Vec<_> = (101..=100 + count).map(|value| format!("\"{value} {unit}\"")).collect();
        values.join(", ")
    };
    format!(
        "[[case]]\nname = \"a\"\n[case.matrix]\nnetwork.rate = [{}]\nnetwork.delay = [{}]\n",
        all(rates, "kbit/s"),
        all(delays, "ms")
    )
}

fn line(measure: &str, seen: String, bar: &str) {
    println!("{measure:<58} {seen:>14}   {bar}");
}

/// What a process used: CPU seconds so far, and the most memory it ever had, in MB.
fn usage(id: u32) -> Option<(f64, f64)> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let fields: Vec<_> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    // User and system time, in hundredths of a second on every Linux that Rust runs on.
    let ticks: f64 = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: f64 = peak.split_whitespace().next()?.parse().ok()?;
    Some((ticks / 100.0, kilobytes / 1e3))
}

/// Runs a scenario in a directory, and returns its exit code, and what precall itself used: not Chrome, which has
/// processes of its own.
fn run(scenario: &Path, directory: &Path) -> (Option<i32>, f64, f64) {
    let mut child: Child = Command::new(env!("CARGO_BIN_EXE_precall"))
        .args(["run", "--quiet"])
        .arg(scenario)
        .current_dir(directory)
        .stdout(Stdio::null())
        .spawn()
        .expect("precall runs");
    let mut used = (0.0, 0.0);
    let status = loop {
        used = usage(child.id()).unwrap_or(used);
        if let Some(status) = child.try_wait().expect("a child") {
            break status;
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    (status.code(), used.0, used.1)
}

/// What each participant of a call takes: four of them, on a network of their own each, against one.
fn call() {
    let seconds = 20.0;
    let [one, four] = [1, 4].map(|count| {
        let directory = tempfile::tempdir().expect("a directory");
        let scenario = directory.path().join("call.toml");
        let text = format!(
            "[call]\nduration = \"{seconds} s\"\n[[participant]]\nname = \"guest\"\ncount = {count}\n\
             network = \"cable\"\npublish = {{ resolution = \"320x240\", frameRate = 15 }}\n"
        );
        std::fs::write(&scenario, text).expect("written");
        run(&scenario, directory.path())
    });
    let (cpu, memory) = ((four.1 - one.1) / 3.0 / seconds * 100.0, (four.2 - one.2) / 3.0);
    line("call: precall's CPU per participant", format!("{cpu:.2} %"), "under 2 % of a core");
    line("call: precall's memory per participant", format!("{memory:.1} MB"), "under 20 MB");
}

/// The demo: its duration, its figures, and what precall itself used.
fn demo() {
    let directory = tempfile::tempdir().expect("a directory");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let began = Instant::now();
    let (code, cpu, memory) = run(&root.join("scenarios/demo.toml"), directory.path());
    let wall = began.elapsed().as_secs_f64();
    line("demo: exit code", code.map_or_else(|| "signal".to_owned(), |code| code.to_string()), "0");
    line("demo: wall time", format!("{wall:.1} s"), "under 110 s");
    line("demo: precall's peak memory", format!("{memory:.1} MB"), "under 80 MB");
    let results = results(directory.path());
    let cases = results["cases"].as_array().cloned().unwrap_or_default();
    let case_seconds: f64 = cases.iter().filter_map(|case| case["seconds"].as_f64()).sum();
    line("demo: precall's CPU per case", format!("{:.2} %", cpu / case_seconds * 100.0), "under 5 % of a core");
    for case in &cases {
        let name = case["case"].as_str().unwrap_or_default();
        let number = |pointer: &str| case.pointer(pointer).and_then(serde_json::Value::as_f64).unwrap_or(f64::NAN);
        if name == "clean" {
            line("clean: audio MOS", format!("{:.2}", number("/measured/quality/audio/mos")), "at least 4");
            let advice = case.pointer("/measured/quality/video/recommendedResolution");
            line("clean: recommended", format!("{}", advice.unwrap_or(&serde_json::Value::Null)), "at least 640x480");
        } else {
            let rate = number("/measured/quality/video/bitrate") / 1e3;
            line("slow-lossy: received video", format!("{rate:.0} kbit/s"), "at most 400 kbit/s");
            let dropped =
                number("/network/counters/up/packetsDroppedLoss") + number("/network/counters/up/packetsDroppedQueue");
            let link = dropped / number("/network/counters/up/packetsIn") * 100.0;
            let sdk = sdk_loss_percent(directory.path(), name);
            line("slow-lossy: loss at the link", format!("{link:.2} %"), "2 % asked");
            line("slow-lossy: loss that the SDK counted", format!("{sdk:.2} %"), "within 1.5 points of it");
        }
    }
    estimate();
}

fn run_directory(workspace: &Path) -> Option<PathBuf> {
    std::fs::read_dir(workspace.join("runs")).ok()?.flatten().next().map(|entry| entry.path())
}

fn results(workspace: &Path) -> serde_json::Value {
    let text = run_directory(workspace).and_then(|run| std::fs::read_to_string(run.join("results.json")).ok());
    text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

/// Packets lost of those sent in the quality test, as the SDK counted them.
fn sdk_loss_percent(workspace: &Path, case: &str) -> f64 {
    let file = run_directory(workspace).unwrap_or_default().join(format!("cases/{case}/samples.jsonl"));
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let last: serde_json::Value =
        text.lines().last().and_then(|line| serde_json::from_str(line).ok()).unwrap_or_default();
    let sum = |field: &str| ["audio", "video"].iter().filter_map(|track| last[track][field].as_f64()).sum::<f64>();
    sum("packetsLost") / (sum("packetsLost") + sum("packetsReceived")) * 100.0
}

/// How long Chrome's estimate takes to pass 3 Mbit/s: the test that holds it prints that.
fn estimate() {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["test", "--quiet", "--release", "--test", "it", "--", "--nocapture", "chromes_estimate"])
        .output();
    let seen = output.ok().and_then(|output| {
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.split("after ").nth(1)?.split_whitespace().next().map(|seconds| format!("{seconds} s"))
    });
    line("Chrome's estimate passes 3 Mbit/s after", seen.unwrap_or_else(|| "not seen".to_owned()), "at most 15 s");
}
