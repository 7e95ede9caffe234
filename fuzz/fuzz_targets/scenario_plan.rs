//! Scenarios: any text is read, or has its mistakes said; what is read becomes cases with ids of their own, and is told
//! in words.
#![no_main]

use std::collections::BTreeSet;
use std::path::Path;

use libfuzzer_sys::fuzz_target;
use precall_judge::warnings::warnings;
use precall_scenario::parse;
use precall_scenario::plan::{Releases, expand, outline};

/// More cases than this say nothing more.
const MAX_CASES: u64 = 5_000;

fuzz_target!(|text: &str| {
    // Files of the machine that fuzzes are no input.
    if text.contains("/dev") || text.contains("/proc") || text.contains("..") {
        return;
    }
    match parse(text, Path::new("/nonexistent/fuzzed.toml")) {
        Ok(scenario) => {
            if scenario.cases.iter().map(|case| u64::from(case.repeat)).sum::<u64>() > MAX_CASES {
                return;
            }
            let Ok(cases) = expand(std::slice::from_ref(&scenario), &Releases::default()) else { return };
            let ids: BTreeSet<_> = cases.iter().map(|case| &case.id).collect();
            assert_eq!(ids.len(), cases.len());
            let _ = (outline(&cases), warnings(std::slice::from_ref(&scenario), &cases));
        }
        Err(error) => assert!(!error.render(false).is_empty()),
    }
});
