//! A table of advice for tests: two modules on three networks.

use std::collections::BTreeMap;

use precall_judge::advice::{
    AdviceTable, CallFigures, Confusion, Criterion, JudgedAdvice, ModuleScore, NetworkAdvice, NetworkTruth, SizeTruth,
    TruthTable,
};
use precall_results::{Environment, FrameSize};

const STEPS: [&str; 4] = ["none", "320x180", "640x360", "1280x720"];

fn size(step: usize) -> Option<FrameSize> {
    STEPS[step].parse().ok()
}

fn network(name: &str, best: usize, is_borderline: bool) -> NetworkTruth {
    let sizes = (1..STEPS.len()).map(|step| {
        let missed = if step <= best { Vec::new() } else { vec![Criterion::Size, Criterion::Delay] };
        let call = CallFigures {
            received: size(step.min(best.max(1))),
            frame_rate: Some(29.6),
            frozen: Some(0.002),
            delay_p95: Some(0.12 + 0.1 * step as f64),
            concealed: Some(0.004),
            similarity: Some(0.6 + 0.1 * step.min(best) as f64),
            mos_lqo: Some(3.1 + 0.2 * best as f64),
            missed,
        };
        SizeTruth {
            size: size(step).unwrap_or(FrameSize { width: 0, height: 0 }),
            is_sustained: step <= best,
            calls: vec![call],
        }
    });
    NetworkTruth { network: name.to_owned(), best: size(best), is_borderline, sizes: sizes.collect() }
}

/// Returns the table: the first module advises 640x360 everywhere, and the second one is right but for one repeat and
/// the last network.
pub(super) fn advice_table() -> AdviceTable {
    let truths = [("rate=300 kbit/s", 1, false), ("rate=900 kbit/s", 2, true), ("clean", 3, false)];
    let given: [[&[usize]; 2]; 3] = [[&[2, 2], &[1, 1]], [&[2, 2], &[2, 3]], [&[2, 2], &[2, 2]]];
    let modules = ["built-in", "3.1.6"];
    let networks: Vec<NetworkAdvice> = truths
        .iter()
        .zip(given)
        .map(|((name, truth, is_borderline), given)| {
            let advice = modules.iter().zip(given).map(|(module, steps)| {
                let judged = steps.iter().map(|step| JudgedAdvice {
                    size: size(*step),
                    step: *step,
                    off: *step as i64 - *truth as i64,
                    seconds: Some(8.5),
                    video_mos: Some(3.4),
                    audio_mos: Some(4.3),
                });
                ((*module).to_owned(), judged.collect())
            });
            NetworkAdvice {
                network: (*name).to_owned(),
                truth: *truth,
                right_from: *truth,
                is_borderline: *is_borderline,
                advice: advice.collect::<BTreeMap<_, _>>(),
            }
        })
        .collect();
    let score = |module: &str, right: f64| ModuleScore {
        module: module.to_owned(),
        tests: 6,
        right,
        within_one: 1.0,
        too_high: 1.0 / 6.0,
        right_where_clear: 0.5,
        repeated: Some(5.0 / 6.0),
        median_seconds: Some(8.5),
        p95_seconds: Some(8.5),
        confusion: Confusion { counts: vec![vec![0; 4], vec![0, 1, 1, 0], vec![0, 0, 2, 0], vec![0, 0, 2, 0]] },
    };
    let environment = Environment {
        precall: "0.1.0".to_owned(),
        browser: "Chromium 156.0.8078.108".to_owned(),
        os: "Linux x86_64".to_owned(),
        cpus: 2,
        branch: None,
    };
    AdviceTable {
        truth: TruthTable {
            environment: Some(environment),
            sdk: Some("2.35.2".to_owned()),
            at: Some("2026-11-28T10:00:00Z".to_owned()),
            networks: truths.iter().map(|(name, best, is_borderline)| network(name, *best, *is_borderline)).collect(),
        },
        steps: STEPS.map(str::to_owned).to_vec(),
        modules: modules.iter().zip([1.0 / 3.0, 0.5]).map(|(module, right)| score(module, right)).collect(),
        networks,
    }
}
