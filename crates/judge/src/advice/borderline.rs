//! Networks on which another run could find another best size.

use super::call_figures::{CallFigures, Criterion, SizeTruth, limits};
use crate::statistics::median;

/// Whether another run could find another best size.
pub(super) fn is_borderline(sizes: &[SizeTruth], best: Option<usize>) -> bool {
    let disagrees = |size: &SizeTruth| size.calls.iter().any(|call| call.missed.is_empty() != size.is_sustained);
    let from = best.unwrap_or(0);
    let is_fragile = best.is_some_and(|best| sizes[best].calls.iter().all(is_near_a_limit));
    let next = best.map_or(0, |best| best + 1);
    // The next size is missed by one criterion alone, and by little.
    let is_close = sizes.get(next).is_some_and(|size| {
        size.calls.iter().all(|call| {
            matches!(call.missed.as_slice(), [one] if near(call, *one)) || call.missed == [Criterion::Measured]
        })
    });
    let is_alike = best.is_some_and(|best| alike(sizes, best) > 0);
    sizes[from.min(sizes.len())..].iter().any(disagrees) || is_fragile || is_close || is_alike
}

/// Returns how many of the sizes below the best one, by its index, look the same: their calls sustain them, the calls
/// of the best size received no more pixels than they have, and its picture is not more like the film.
pub(super) fn alike(sizes: &[SizeTruth], best: usize) -> usize {
    let similarity = |size: &SizeTruth| {
        let known: Vec<f64> = size.calls.iter().filter_map(|call| call.similarity).collect();
        median(&known).unwrap_or_default()
    };
    let looks_the_same = |smaller: &&SizeTruth| {
        let pixels = smaller.size.pixels();
        let is_received = |call: &CallFigures| call.received.is_some_and(|received| received.pixels() <= pixels);
        let is_better = similarity(&sizes[best]) > similarity(smaller) + limits::SIMILARITY;
        smaller.is_sustained && sizes[best].calls.iter().all(is_received) && !is_better
    };
    sizes[..best].iter().rev().take_while(looks_the_same).count()
}

/// Whether a sustained call is near a limit.
fn is_near_a_limit(call: &CallFigures) -> bool {
    use Criterion::{Concealed, Delay, FrameRate, Frozen};
    [FrameRate, Frozen, Delay, Concealed].into_iter().any(|criterion| near(call, criterion))
}

/// Whether a figure is near its limit, on either side.
fn near(call: &CallFigures, criterion: Criterion) -> bool {
    let within =
        |value: Option<f64>, limit: f64, share: f64| value.is_some_and(|value| (value - limit).abs() <= limit * share);
    match criterion {
        Criterion::FrameRate => within(call.frame_rate, limits::FRAME_RATE, limits::NEAR),
        Criterion::Frozen => within(call.frozen, limits::FROZEN, limits::NEAR),
        Criterion::Delay => within(call.delay_p95, limits::DELAY, limits::NEAR),
        Criterion::Concealed => within(call.concealed, limits::CONCEALED, limits::NEAR_CONCEALED),
        Criterion::Measured | Criterion::Size | Criterion::Similarity => false,
    }
}
