//! What a case takes beyond the page's own test: with a network test that waits for a second, all but that second.
//! Loading and starting OpenTok.js is in it.

use crate::run::Workspace;
use crate::{line, median};

const HEAD: &str = "[test]\nquality = false\nmodule = \"second.js\"\n";

/// How long the network test takes, in milliseconds: while it runs, the next case's page is made.
const OWN: u64 = 1000;

/// In a browser that is warm, and in one that is launched for the case.
pub fn warm_and_cold() {
    let warm = Workspace::new(&format!("repeat = 20\n{HEAD}[[case]]\nname = \"a\"")).with_module("second.js", OWN);
    let run = warm.run(&["--slots", "1"]);
    let (seconds, count) = (run.seconds(), run.seconds().len());
    // The first page of a browser still finds it cold.
    let measure = format!("overhead of a case in a warm browser, median of {}", count - 1);
    line(&measure, format!("{:.2} s", beyond(&seconds[1..])), "at most 0.5 s");

    // Each camera is a browser of its own.
    let rates: Vec<_> = (21..30).map(|rate: u32| rate.to_string()).collect();
    let text = format!("{HEAD}[matrix]\ntest.camera.frameRate = [{}]", rates.join(", "));
    let run = Workspace::new(&text).with_module("second.js", OWN).run(&["--slots", "1"]);
    let seconds = run.seconds();
    // The first case's browser is launched before it begins.
    let measure = format!("overhead of a case with a browser of its own, median of {}", seconds.len() - 1);
    line(&measure, format!("{:.2} s", beyond(&seconds[1..])), "at most 1.5 s");
}

/// The median of what cases took beyond their test.
fn beyond(seconds: &[f64]) -> f64 {
    median(seconds) - OWN as f64 / 1e3
}
