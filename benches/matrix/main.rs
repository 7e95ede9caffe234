//! What matrices and long runs promise in figures: `make bench`, or parts of it: `cargo bench --bench matrix -- plan
//! overhead`. Prints each bar beside what was seen; judges nothing, since a busy host spoils times but no logic.

mod overhead;
mod packing;
mod plan;
mod run;
mod steady;

fn main() {
    // `cargo bench` runs it with `--bench`; `cargo test --benches` without, and then there is nothing to test.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    println!("{:<58} {:>14}   bar", "measure", "seen");
    let parts: [(&str, fn()); 5] = [
        ("plan", plan::expansion),
        ("overhead", overhead::warm_and_cold),
        ("packing", packing::makespan),
        ("cost", steady::cost_of_running_cases),
        ("steady", steady::many_cases),
    ];
    let asked: Vec<_> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    for (_, measure) in parts.iter().filter(|(name, _)| asked.is_empty() || asked.iter().any(|asked| asked == name)) {
        measure();
    }
}

fn line(measure: &str, seen: String, bar: &str) {
    println!("{measure:<58} {seen:>14}   {bar}");
}

/// Returns the median; not a number of no values.
fn median(values: &[f64]) -> f64 {
    precall_judge::statistics::median(values).unwrap_or(f64::NAN)
}
