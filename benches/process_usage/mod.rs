//! What a tree of processes uses. Works on Linux.

use std::collections::BTreeMap;

/// Returns the CPU seconds and the memory (proportional set size, in MiB) of a process and all below it. The CPU time
/// of processes that have ended is that of their parents.
pub fn usage(root: u32) -> (f64, f64) {
    let mut children: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    let mut seconds: BTreeMap<u32, f64> = BTreeMap::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else { continue };
        let fields: Vec<&str> =
            stat.rsplit_once(')').map(|(_, rest)| rest.split_whitespace().collect()).unwrap_or_default();
        let number = |index: usize| fields.get(index).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
        children.entry(number(1) as u32).or_default().push(id);
        // In hundredths of a second on every Linux that Rust runs on: its own time and that of its ended children.
        seconds.insert(id, (11..=14).map(number).sum::<f64>() / 100.0);
    }
    let mut waiting = vec![root];
    let (mut cpu_seconds, mut mebibytes) = (0.0, 0.0);
    while let Some(id) = waiting.pop() {
        cpu_seconds += seconds.get(&id).copied().unwrap_or(0.0);
        let rollup = std::fs::read_to_string(format!("/proc/{id}/smaps_rollup")).unwrap_or_default();
        let pss =
            rollup.lines().find_map(|line| line.strip_prefix("Pss:")?.split_whitespace().next()?.parse::<f64>().ok());
        mebibytes += pss.unwrap_or(0.0) / 1024.0;
        waiting.extend(children.get(&id).into_iter().flatten());
    }
    (cpu_seconds, mebibytes)
}
