//! What precall promises of its reports, measured: `make bench`. A run of 1,000 cases, each with all that a recorded
//! one has.

use std::path::Path;
use std::time::Instant;

use precall::record::read_recording;
use precall_report::{Format, render};
use precall_results::Recording;

const CASES: usize = 1000;

fn main() {
    // `cargo bench` runs it with `--bench`; `cargo test --benches` without, and then there is nothing to test.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/run");
    let run = many(&read_recording(&recorded).expect("the recorded run"));
    println!("{:<58} {:>14}   bar", "measure", "seen");
    for format in Format::ALL {
        let began = Instant::now();
        let text = render(format, &run, None).expect("a report");
        let (seconds, megabytes) = (began.elapsed().as_secs_f64(), text.len() as f64 / 1e6);
        let is_html = format == Format::Html;
        let bars = if is_html { ["under 1 s", "under 5 MB"] } else { ["", ""] };
        println!("{:<58} {:>12.2} s   {}", format!("{} of {CASES} cases", format.as_str()), seconds, bars[0]);
        println!("{:<58} {:>11.2} MB   {}", "", megabytes, bars[1]);
    }
}

/// The cases of a run again and again, with ids of their own.
fn many(run: &Recording) -> Recording {
    let mut many = run.clone();
    many.result.cases.clear();
    many.series.clear();
    for (number, case) in run.result.cases.iter().cycle().take(CASES).enumerate() {
        let mut copy = case.clone();
        copy.case = format!("{},repeat={number}", case.case);
        many.series.insert(copy.case.clone(), run.series.get(&case.case).cloned().unwrap_or_default());
        many.result.cases.push(copy);
    }
    many
}
