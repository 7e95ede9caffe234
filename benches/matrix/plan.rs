//! How long a plan takes to be expanded.

use std::path::Path;
use std::time::Instant;

use precall_scenario::plan::{Releases, expand};

use crate::{line, median};

/// Four axes of ten values, and the file read again each time.
pub fn expansion() {
    let axis = |unit: &str| (1..=10).map(|value| format!("\"{value} {unit}\"")).collect::<Vec<_>>().join(", ");
    let text = format!(
        "[expect]\nconnectivity.success = true\n[matrix]\nsdk = [{}]\nnetwork.delay = [{}]\nnetwork.loss = [{}]\n\
         network.rate = [{}]",
        (0..10).map(|patch| format!("\"2.27.{patch}\"")).collect::<Vec<_>>().join(", "),
        axis("ms"),
        axis("%"),
        axis("Mbit/s"),
    );
    let expand_once = || {
        let began = Instant::now();
        let scenario = precall_scenario::parse(&text, Path::new("bench.toml")).expect("a scenario");
        let cases = expand(&[scenario], &Releases::default()).expect("a plan");
        assert_eq!(cases.len(), 10_000);
        began.elapsed().as_secs_f64() * 1e3
    };
    let times: Vec<_> = (0..9).map(|_| expand_once()).collect();
    line("plan of 10,000 cases: read and expanded", format!("{:.0} ms", median(&times)), "under 100 ms");
}
