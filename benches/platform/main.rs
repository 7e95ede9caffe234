//! What precall promises of its platform, measured: `make bench`. Prints each bar beside what was seen.

mod client;
mod delay;
mod forwarding;
mod sessions;

fn main() {
    // `cargo bench` runs it with `--bench`; `cargo test --benches` without, and then there is nothing to test.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    // Without a name, all of them.
    let names: Vec<_> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    println!("{:<58} {:>14}   bar", "measure", "seen");
    for (name, run) in [("forwarding", forwarding::run as fn()), ("delay", delay::run), ("sessions", sessions::run)] {
        if names.is_empty() || names.iter().any(|wanted| wanted == name) {
            run();
        }
    }
}

/// One line of the table.
fn line(measure: &str, seen: String, bar: &str) {
    println!("{measure:<58} {seen:>14}   {bar}");
}
