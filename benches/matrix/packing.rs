//! How well a run fills its slots, once it is known how long its cases take.

use crate::line;
use crate::run::Workspace;

const SLOTS: usize = 3;
/// How long the network tests of the modules take, in milliseconds.
const LENGTHS: [u64; 6] = [300, 700, 1200, 1900, 2700, 4000];

pub fn makespan() {
    let modules: Vec<_> = LENGTHS.iter().map(|length| format!("\"wait-{length}.js\"")).collect();
    let text =
        format!("repeat = 4\n[test]\nquality = false\nmodule = [{}]\n[[case]]\nname = \"a\"", modules.join(", "));
    let workspace = Workspace::new(&text);
    let workspace = LENGTHS
        .iter()
        .fold(workspace, |workspace, length| workspace.with_module(&format!("wait-{length}.js"), *length));
    let slots = SLOTS.to_string();
    let first = workspace.run(&["--slots", &slots]);
    let known = first.directory.to_string_lossy().into_owned();
    let second = first.workspace().run(&["--slots", &slots, "--durations", &known]);
    let seconds = second.seconds();
    let longest = seconds.iter().copied().fold(0.0, f64::max);
    // No packing is shorter than this.
    let best = (seconds.iter().sum::<f64>() / SLOTS as f64).max(longest);
    let took = second.results["seconds"].as_f64().expect("seconds");
    let measure = format!("{} cases on {SLOTS} slots: longer than the best packing by", seconds.len());
    line(&measure, format!("{:.1} %", (took / best - 1.0) * 100.0), "at most 5 %");
}
