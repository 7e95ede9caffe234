//! What precall itself takes while cases run, and whether that grows.

use crate::run::Workspace;
use crate::{line, median};

/// How many cases in a row, unless `PRECALL_BENCH_CASES` says so.
const CASES: usize = 60;

/// Cases with video, as many at once as the CPUs bear.
pub fn cost_of_running_cases() {
    let run = Workspace::new("repeat = 4\n[test]\nconnectivity = false\ntimeout = \"12 s\"\n[[case]]\nname = \"a\"")
        .run(&["--slots", "2"]);
    let cases = run.results["cases"].as_array().expect("cases");
    let seconds: f64 = cases.iter().filter_map(|case| case["seconds"].as_f64()).sum();
    line("precall's CPU for a running case", format!("{:.2} %", run.cpu / seconds * 100.0), "under 2 % of a core");
    let most = run.memory.iter().copied().fold(0.0, f64::max);
    line("precall's memory for each of two running cases", format!("{:.1} MB", most / 2.0), "under 60 MB");
}

/// Many short cases: what the first of them needed and what the last did.
pub fn many_cases() {
    let count = std::env::var("PRECALL_BENCH_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(CASES);
    let text = format!("repeat = {count}\n[test]\nquality = false\n[[case]]\nname = \"a\"");
    let run = Workspace::new(&text).run(&["--slots", "3"]);
    let quarter = run.memory.len() / 4;
    let (early, late) = (median(&run.memory[quarter..quarter * 2]), median(&run.memory[quarter * 3..]));
    let measure = format!("memory over {count} cases: from the 2nd quarter to the 4th");
    let seen = format!("{early:.1} > {late:.1} MB");
    line(&measure, seen, "flat (PRECALL_BENCH_CASES=200 for the whole)");
}
