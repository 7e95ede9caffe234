//! Measures the limits that precall promises of its platform: `make bench`. Prints each limit beside the measured
//! value.

mod client;
mod delay;
mod forwarding;
mod sessions;

fn main() {
    // `cargo bench` runs it with `--bench`; `cargo test --benches` without, and then there is nothing to test.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    // Without a name, all benchmarks run.
    let names: Vec<_> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    println!("{:<58} {:>14}   bar", "measure", "seen");
    for (name, run) in [("forwarding", forwarding::run as fn()), ("delay", delay::run), ("sessions", sessions::run)] {
        if names.is_empty() || names.iter().any(|wanted| wanted == name) {
            run();
        }
    }
}

/// A line of the printed table.
fn line(measure: &str, seen: String, bar: &str) {
    println!("{measure:<58} {seen:>14}   {bar}");
}
