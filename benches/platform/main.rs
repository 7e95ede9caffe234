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
    println!("{:<58} {:>14}   bar", "measure", "seen");
    forwarding::run();
    delay::run();
    sessions::run();
}

/// One line of the table.
fn line(measure: &str, seen: String, bar: &str) {
    println!("{measure:<58} {seen:>14}   {bar}");
}
