//! What precall promises of a run that is watched, measured: `make bench`. A run of 2,000 cases, 8 at once and 60
//! events a second, is recorded by this process and watched by ten viewers of `precall serve`; one of them is a real
//! Chrome.

mod recorded;
mod watcher;

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use recorded::{CASES, RecordedRun};
use watcher::{Watcher, stream};

/// How long the run is watched.
const WATCHED: Duration = Duration::from_secs(30);

/// How many viewers there are besides Chrome.
const OTHER_VIEWERS: usize = 9;

#[tokio::main]
async fn main() {
    // `cargo bench` runs it with `--bench`; `cargo test --benches` without, and then there is nothing to test.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    println!("{:<58} {:>14}   bar", "measure", "seen");
    let runs = tempfile::tempdir().expect("a directory");
    let mut run = RecordedRun::begin(runs.path());
    let server = Server::start(runs.path());
    let url = format!("{}runs/{}", server.url, run.name());
    let viewers: Vec<_> = (0..OTHER_VIEWERS).map(|_| tokio::spawn(stream(format!("{url}/live")))).collect();
    let mut watcher = Watcher::open(&url).await;
    watcher.wait_for_cases(CASES).await;
    let paint = watcher.first_paint().await;
    line("first contentful paint of the page of a run", format!("{paint:.0} ms"), "under 1 s");

    let (before, began) = (server.usage(), Instant::now());
    let recorder = tokio::task::spawn_blocking(move || {
        run.go_on(WATCHED);
        run
    });
    tokio::time::sleep(Duration::from_secs(5)).await;
    let frames = watcher.frames_while_scrolling(Duration::from_secs(5)).await;
    let mut run = recorder.await.expect("recorded");
    let (after, wall) = (server.usage(), began.elapsed().as_secs_f64());
    line("CPU of the server, of a core", format!("{:.2} %", (after.cpu - before.cpu) / wall * 100.0), "under 5 %");
    line("frames while the page scrolls", format!("{frames:.1} /s"), "50 /s");
    let latencies = watcher.latencies().await;
    let most = latencies.iter().fold(0.0_f64, |most, one| most.max(*one));
    line(&format!("from an event to the screen, worst of {}", latencies.len()), format!("{most:.0} ms"), "under 1 s");

    // An hour is compared with the first ten minutes of it.
    let mut sizes = Vec::new();
    for (seconds, what) in [(600, "ten minutes are over"), (3000, "the hour is over")] {
        let recorder = tokio::task::spawn_blocking(move || {
            run.hurry(seconds, what);
            run
        });
        run = recorder.await.expect("recorded");
        watcher.wait_for_warning(what).await;
        sizes.push((server.usage().memory, watcher.heap().await));
    }
    line("memory of the server", format!("{:.1} MB", sizes[1].0), "");
    line("memory of the server, more after an hour by", format!("{:.1} MB", sizes[1].0 - sizes[0].0), "flat");
    line("heap of the page, more after an hour by", format!("{:.1} MB", sizes[1].1 - sizes[0].1), "flat");
    watcher.close().await;
    viewers.iter().for_each(tokio::task::JoinHandle::abort);
}

fn line(measure: &str, seen: String, bar: &str) {
    println!("{measure:<58} {seen:>14}   {bar}");
}

/// What a process used.
#[derive(Clone, Copy)]
struct Usage {
    /// CPU seconds so far.
    cpu: f64,
    /// Resident memory in MB.
    memory: f64,
}

/// `precall serve` as a process.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start(runs: &std::path::Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_precall"))
            .args(["serve", "--read-only", "--listen", "127.0.0.1:0", "--runs"])
            .arg(runs)
            .stdout(Stdio::piped())
            .spawn()
            .expect("precall runs");
        let mut said = String::new();
        let output = std::io::BufReader::new(child.stdout.as_mut().expect("its output"));
        std::io::BufRead::read_line(&mut { output }, &mut said).expect("a line");
        let url = said.trim_end().rsplit(' ').next().expect("an address").to_owned();
        Self { child, url }
    }

    fn usage(&self) -> Usage {
        let read = |file: &str| std::fs::read_to_string(format!("/proc/{}/{file}", self.child.id())).expect("it runs");
        let stat = read("stat");
        let fields: Vec<_> = stat.rsplit_once(')').expect("a name").1.split_whitespace().collect();
        // User and system time, in hundredths of a second on every Linux that Rust runs on.
        let ticks: f64 = fields[11..13].iter().map(|ticks| ticks.parse::<f64>().expect("a number")).sum();
        let status = read("status");
        let memory = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a size");
        let kilobytes: f64 = memory.split_whitespace().next().expect("a size").parse().expect("a number");
        Usage { cpu: ticks / 100.0, memory: kilobytes / 1e3 }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
