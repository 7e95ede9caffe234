//! Builds that are hostile, in real Chrome, in one run with builds that are not: each ends in time with the outcome
//! that it deserves, and nothing of it reaches the others, the disk, the host or the reports.
//!
//! A module's first line is its outcome and a part of its reason (of a case that passed: what was blocked), the next
//! ones what it needs.

use std::io::Read;
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use precall_report::Format;

use crate::common::{Workspace, case, said};

const MODULES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/modules/hostile");

/// The most memory that precall itself takes, in kB.
const MAX_MEMORY_KB: u64 = 200_000;

/// The most that a case takes on disk, in bytes.
const MAX_CASE_BYTES: u64 = 50_000_000;

/// Those that say most in the shortest time: the others run at night.
const QUICKEST: [&str; 6] =
    ["flood-of-events", "event-of-100-mb", "phase-again-and-again", "huge-number", "exfiltration", "navigation"];

/// A build, and what is to become of its case.
struct Hostile {
    name: String,
    text: String,
    is_sdk: bool,
}

impl Hostile {
    fn all() -> Vec<Self> {
        let files = |directory: &str, is_sdk: bool| -> Vec<Self> {
            let entries = std::fs::read_dir(directory).expect("a directory").flatten();
            let paths = entries.map(|entry| entry.path()).filter(|path| path.is_file());
            let read = |path: std::path::PathBuf| Self {
                name: path.file_stem().expect("a name").to_string_lossy().into_owned(),
                text: std::fs::read_to_string(&path).expect("text"),
                is_sdk,
            };
            paths.map(read).collect()
        };
        let mut all = files(MODULES, false);
        all.extend(files(&format!("{MODULES}/sdk"), true));
        all.sort_by(|one, other| one.name.cmp(&other.name));
        all
    }

    /// Its outcome, and a part of what is said of it.
    fn expected(&self) -> (&str, &str) {
        let line = self.text.lines().next().and_then(|line| line.strip_prefix("// ")).expect("an outcome");
        line.split_once(": ").unwrap_or((line, ""))
    }

    /// Writes it, and gives its case.
    fn write(&self, workspace: &Path, sink: u16) -> String {
        let name = &self.name;
        let directory = workspace.join(name);
        std::fs::create_dir(&directory).expect("made");
        std::fs::write(directory.join("build.js"), self.text.replace("SINK", &sink.to_string())).expect("written");
        for link in self.text.lines().filter_map(|line| line.strip_prefix("// link ")) {
            let (file, target) = link.split_once(' ').expect("a file and a target");
            std::os::unix::fs::symlink(target, directory.join(file)).expect("linked");
        }
        let [sdk, module] = if self.is_sdk { [name.as_str(), "fine"] } else { ["stand-in", name.as_str()] };
        let is_quality = self.text.lines().any(|line| line == "// quality");
        format!(
            "[[case]]\nname = \"{name}\"\nsdk.path = \"{sdk}/build.js\"\ntest.module = \"{module}/build.js\"\n\
             test.connectivity = {}\ntest.quality = {is_quality}\n",
            !is_quality
        )
    }
}

/// Two cases that have done nothing, by each of the ways to the platform.
const INNOCENT: &str = "[[case]]\nname = \"innocent\"\ntest.quality = false\n\
    [[case]]\nname = \"innocent-direct\"\nplatform.access = \"intercept\"\ntest.quality = false\n";

/// Where hostile builds send what they find; counts who sends anything.
fn sink() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a socket");
    let port = listener.local_addr().expect("an address").port();
    let count = Arc::new(AtomicUsize::new(0));
    let came = Arc::clone(&count);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut bytes = [0; 400];
            let length = stream.read(&mut bytes).unwrap_or_default();
            // Chrome may connect for what it then does not ask for.
            came.fetch_add(usize::from(length > 0), Ordering::Relaxed);
            eprintln!("sent to the sink: {:?}", String::from_utf8_lossy(&bytes[..length]));
        }
    });
    (port, count)
}

/// The most memory that a process has had, in kB; nothing once it has ended.
fn peak_kb(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().strip_suffix(" kB")?.parse().ok()
}

fn bytes_below(path: &Path) -> u64 {
    let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
    let sizes = entries.map(|entry| match entry.file_type() {
        Ok(kind) if kind.is_dir() => bytes_below(&entry.path()),
        _ => entry.metadata().map_or(0, |metadata| metadata.len()),
    });
    sizes.sum()
}

/// Runs these builds beside innocent ones, and looks at everything.
fn run(builds: &[Hostile]) {
    let workspace = Workspace::new();
    let (port, connections) = sink();
    for (name, text) in [
        ("stand-in", "window.OT = { version: 'v1' };\n"),
        ("fine", "export default class {\n  async testConnectivity() {\n    return { success: true };\n  }\n}\n"),
    ] {
        std::fs::create_dir(workspace.path().join(name)).expect("made");
        std::fs::write(workspace.path().join(name).join("build.js"), text).expect("written");
    }
    let cases: String = builds.iter().map(|build| build.write(workspace.path(), port)).collect();
    let scenario = workspace.scenario(&format!("{cases}{INNOCENT}"));
    let began = Instant::now();
    let mut command = workspace.precall(&["run", scenario.to_str().expect("UTF-8"), "--slots", "4"]);
    let output = std::fs::File::create(workspace.path().join("output.txt")).expect("a file");
    let child = command.stdout(output.try_clone().expect("a file")).stderr(output).stdin(Stdio::null()).spawn();
    let mut child = child.expect("precall runs");
    let mut peak = 0;
    let status = loop {
        peak = peak_kb(child.id()).unwrap_or_default().max(peak);
        match child.try_wait().expect("its state") {
            Some(status) => break status,
            None => std::thread::sleep(Duration::from_millis(50)),
        }
    };
    let printed =
        String::from_utf8_lossy(&std::fs::read(workspace.path().join("output.txt")).expect("output")).into_owned();
    let results = workspace.results();
    let run = workspace.run_directory().expect("a run");
    eprintln!("{} builds took {:.0} s and {peak} kB of memory", builds.len(), began.elapsed().as_secs_f64());

    let mut wrong = Vec::new();
    for build in builds {
        let (outcome, part) = build.expected();
        let case = case(&results, &build.name);
        let part = part.replace("SINK", &port.to_string());
        let told = if outcome == "passed" { &case["signalling"]["refused"] } else { &case["reasons"] }.to_string();
        let bytes = bytes_below(&run.join("cases").join(&build.name));
        eprintln!("{}: {} after {} s, {bytes} bytes", build.name, case["outcome"], case["seconds"]);
        if case["outcome"] != outcome || !told.contains(&part) || bytes > MAX_CASE_BYTES {
            wrong.push(format!("{}: {}, {bytes} bytes: {told:.600}", build.name, case["outcome"]));
        }
    }
    assert!(wrong.is_empty(), "{}\n{printed}", wrong.join("\n"));
    for name in ["innocent", "innocent-direct"] {
        let case = case(&results, name);
        assert_eq!(case["outcome"], "passed", "{name}: {}", case["reasons"]);
        assert_eq!(case["signalling"]["refused"], serde_json::Value::Null, "{name}");
    }
    assert_eq!(status.code(), Some(1), "{printed}");
    assert_eq!(connections.load(Ordering::Relaxed), 0, "something was sent out of a page");
    assert!(peak < MAX_MEMORY_KB, "precall took {peak} kB");

    let run = run.to_str().expect("UTF-8");
    for format in Format::ALL.map(Format::as_str) {
        let output =
            workspace.precall(&["report", run, "--format", format, "--output", "-"]).output().expect("precall runs");
        assert_eq!(output.status.code(), Some(0), "{format}: {}", said(&output));
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        assert!(!text.contains('\u{1b}'), "{format}");
        let is_forged =
            |line: &str| line.starts_with("::stop-commands") || line.starts_with("::error file=README.md,line=1::");
        assert!(format != "github" || !text.lines().any(is_forged), "{text}");
    }
    let output = workspace.precall(&["compare", run, run]).output().expect("precall runs");
    assert!(matches!(output.status.code(), Some(0 | 4)), "{}", said(&output));
}

#[test]
fn the_quickest_hostile_builds_harm_nobody() {
    let builds: Vec<_> = Hostile::all().into_iter().filter(|build| QUICKEST.contains(&build.name.as_str())).collect();
    assert_eq!(builds.len(), QUICKEST.len());
    run(&builds);
}

mod nightly {
    use super::*;

    #[test]
    fn every_hostile_build_harms_nobody() {
        let builds = Hostile::all();
        assert!(builds.len() >= 30, "{}", builds.len());
        run(&builds);
    }
}
