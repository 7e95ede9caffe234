//! Judges two recorded runs: which metrics of the second are worse or better than those of the first, by more than
//! chance.
//!
//! ```sh
//! cargo run -p precall-judge --example compare_runs -- runs/before/results.json runs/after/results.json
//! ```

use std::error::Error;

use precall_judge::comparison::compare_runs;
use precall_results::{CompareSpec, RunResult};

fn read(path: &str) -> Result<RunResult, Box<dyn Error>> {
    Ok(serde_json::from_str(&std::fs::read_to_string(path)?)?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let [first, second] = &paths[..] else { return Err("name the results.json of two runs".into()) };
    let (a, b) = (read(first)?, read(second)?);
    // Runs of other browsers or hosts are refused: `true` as the last argument compares them nevertheless.
    let comparison = compare_runs((first, &a), (second, &b), &CompareSpec::default(), false)?;
    for cell in &comparison.cells {
        for metric in &cell.figures {
            println!("{}: {}: {}", cell.id, metric.figure.label(), metric.change.as_str());
        }
    }
    Ok(())
}
