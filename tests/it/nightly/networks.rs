//! What takes too long for every change: ceilings again and again, and side by side. `make test-full`, nightly.

use crate::common::ceiling::{ceiling, settled_rate};

const REPEATS: usize = 5;
/// How long a rate is measured.
const SECONDS: u64 = 30;
const SMALL: (u32, u32) = (640, 480);
const LARGE: (u32, u32) = (1280, 720);

/// How far the largest and the smallest are apart, of their mean.
fn spread(rates: &[f64]) -> f64 {
    let (least, most) = rates.iter().fold((f64::INFINITY, 0.0_f64), |(a, b), rate| (a.min(*rate), b.max(*rate)));
    (most - least) / (rates.iter().sum::<f64>() / rates.len() as f64)
}

/// The middle one of an odd number of rates.
fn median(rates: &[f64]) -> f64 {
    let mut sorted = rates.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

fn kbits(rates: &[f64]) -> Vec<u32> {
    rates.iter().map(|rate| (rate / 1e3).round() as u32).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn repeats_with_one_seed_differ_by_less_than_five_percent() {
    for (kbit, size) in [(300, SMALL), (1000, SMALL), (3000, LARGE)] {
        let mut rates = Vec::new();
        for _ in 0..REPEATS {
            rates.push(settled_rate(&ceiling(kbit), size, SECONDS).await);
        }
        println!("{kbit} kbit/s: {:?} kbit/s, {:.1} % apart", kbits(&rates), spread(&rates) * 100.0);
        for rate in &rates {
            assert!((0.75..=1.0).contains(&(rate / (kbit as f64 * 1e3))), "{kbit}: {:?}", kbits(&rates));
        }
        assert!(spread(&rates) < 0.05, "{kbit}: {:?}", kbits(&rates));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_calls_at_once_do_not_disturb_each_other() {
    let (slow, fast) = (ceiling(300), ceiling(1000));
    let (mut alone, mut at_once) = ([Vec::new(), Vec::new()], [Vec::new(), Vec::new()]);
    // One run differs from the next by up to 4 %, alone as well: the median of three tells.
    for _ in 0..3 {
        alone[0].push(settled_rate(&slow, SMALL, SECONDS).await);
        alone[1].push(settled_rate(&fast, SMALL, SECONDS).await);
        let (one, other) = tokio::join!(settled_rate(&slow, SMALL, SECONDS), settled_rate(&fast, SMALL, SECONDS));
        at_once[0].push(one);
        at_once[1].push(other);
    }
    for (alone, at_once) in alone.iter().zip(&at_once) {
        println!("alone {:?}, at once {:?} kbit/s", kbits(alone), kbits(at_once));
        let (alone, at_once) = (median(alone), median(at_once));
        assert!((at_once / alone - 1.0).abs() < 0.03, "{alone} alone, {at_once} at once");
    }
}
