//! Downlinks on virtual time.

use std::time::Duration;

use world::{CAMERA_BPS, Encoder, Second, World};

use crate::media::FallbackChange;
use precall_netem::units::Ratio;
use precall_netem::{BurstLoss, LinkConfig, NetworkConfig, NetworkStep};

mod world;

fn downlink(kbps: u64) -> LinkConfig {
    let rate = Some(format!("{kbps} kbit/s").parse().expect("a rate"));
    LinkConfig { rate, delay: Duration::from_millis(40), ..LinkConfig::default() }
}

fn mean(seconds: &[Second], value: impl Fn(&Second) -> f64) -> f64 {
    seconds.iter().map(value).sum::<f64>() / seconds.len() as f64
}

/// Returns the share of the link's rate that was used, the mean delay and the loss from the eighth second on.
fn settled(seconds: &[Second], link_bps: f64) -> (f64, f64, f64) {
    let settled = &seconds[8..];
    let used = mean(settled, |second| second.received_bps) / link_bps;
    (used, mean(settled, |second| second.delay.as_secs_f64()), mean(settled, |second| second.loss))
}

#[test]
fn a_narrow_downlink_is_filled_without_a_standing_queue() {
    for kbps in [300, 500, 1000] {
        let network = NetworkConfig { down: downlink(kbps), ..NetworkConfig::default() };
        let seconds = World::new(&network).run(30);
        let (used, delay, loss) = settled(&seconds, kbps as f64 * 1e3);
        assert!((0.8..=1.02).contains(&used) && delay < 0.13 && loss < 0.01, "{kbps} kbit/s: {seconds:#?}");
    }
}

#[test]
fn random_loss_on_the_downlink_is_no_congestion() {
    let loss = Ratio::new(0.03);
    let network = NetworkConfig { down: LinkConfig { loss, ..downlink(500) }, ..NetworkConfig::default() };
    let seconds = World::new(&network).run(30);
    let (used, delay, loss) = settled(&seconds, 500e3);
    assert!((0.7..=1.02).contains(&used) && delay < 0.13 && loss < 0.06, "{used} {delay} {loss} {seconds:#?}");
}

#[test]
fn a_wide_downlink_limits_no_publisher() {
    let network = NetworkConfig { down: downlink(20_000), ..NetworkConfig::default() };
    let seconds = World::new(&network).run(15);
    let full = seconds.iter().position(|second| second.received_bps > CAMERA_BPS * 0.9);
    assert!(full.is_some_and(|second| second <= 4), "{seconds:#?}");
    assert!(seconds.iter().skip(2).all(|second| second.limit_bps > CAMERA_BPS * 1.3), "{seconds:#?}");
}

#[test]
fn the_estimate_follows_a_change_of_the_downlink() {
    let steps = [(10, 400), (20, 2000)].map(|(at, kbps)| NetworkStep {
        at: Duration::from_secs(at),
        up: LinkConfig::default(),
        down: downlink(kbps),
    });
    let network = NetworkConfig { down: downlink(2000), steps: steps.to_vec(), ..NetworkConfig::default() };
    let seconds = World::new(&network).run(40);
    assert!(seconds[9].received_bps > 1.2e6, "{seconds:#?}");
    assert!(
        seconds[14..19].iter().all(|second| second.loss < 0.05 && second.delay.as_secs_f64() < 0.25),
        "{seconds:#?}"
    );
    assert!(seconds[35..].iter().all(|second| second.received_bps > 700e3), "{seconds:#?}");
}

#[test]
fn audio_fallback_follows_the_downlink() {
    let wide = NetworkStep { at: Duration::from_secs(20), up: LinkConfig::default(), down: downlink(2000) };
    let network = NetworkConfig { down: downlink(60), steps: vec![wide], ..NetworkConfig::default() };
    let mut world = World::with_fallback(&network, true);
    let narrow = world.run(19);
    let mut changes = vec![FallbackChange::Warning, FallbackChange::VideoDisabled];
    assert_eq!(world.fallback(), changes, "{narrow:#?}");
    let audio = narrow[18].received_bps;
    assert!((30e3..63e3).contains(&audio), "audio goes on alone: {narrow:#?}");
    let wide = world.run(40);
    changes.push(FallbackChange::VideoEnabled);
    assert_eq!(world.fallback(), changes, "{wide:#?}");
    assert!(wide[39].received_bps > 250e3, "{wide:#?}");
}

/// Losses in bursts of four packets in the mean.
fn bursty(kbps: u64, loss: f64) -> LinkConfig {
    let ratio = |value| Ratio::new(value).expect("a ratio");
    let (p, r) = (ratio(0.25 * loss / (1.0 - loss)), ratio(0.25));
    let burst = Some(BurstLoss { p, r, loss_good: Ratio::ZERO, loss_bad: ratio(1.0) });
    LinkConfig { burst, delay: Duration::from_millis(80), ..downlink(kbps) }
}

#[test]
fn losses_in_bursts_on_the_downlink_are_no_congestion() {
    for (kbps, loss) in [(300, 0.03), (1000, 0.03), (1000, 0.08)] {
        let network = NetworkConfig { down: bursty(kbps, loss), ..NetworkConfig::default() };
        let (used, delay, _) = settled(&World::new(&network).run(30), kbps as f64 * 1e3);
        assert!(used > 0.65 && delay < 0.2, "{kbps} kbit/s, {loss}: {used:.2} {delay:.3}");
    }
}

#[test]
fn a_new_stream_does_not_overflow_its_downlink() {
    for kbps in [500, 1000] {
        let network = NetworkConfig { down: downlink(kbps), ..NetworkConfig::default() };
        let beginning = World::new(&network).run(8);
        let (loss, delay) =
            (mean(&beginning, |second| second.loss), mean(&beginning, |second| second.delay.as_secs_f64()));
        assert!(loss < 0.01 && delay < 0.15, "{kbps} kbit/s: {loss:.3} {delay:.3} {beginning:#?}");
    }
}

#[test]
fn an_encoder_that_exceeds_its_limit_for_a_while_gets_its_rate_back() {
    let down = LinkConfig { delay: Duration::from_millis(14), ..downlink(5000) };
    let mut world = World::new(&NetworkConfig { down, ..NetworkConfig::default() });
    world.run(8);
    world.encoder = Encoder::Off;
    world.run(3);
    world.encoder = Encoder::Exceeds(7e6);
    let excess = world.run(3);
    world.encoder = Encoder::Follows;
    let after = world.run(8);
    assert!(after.iter().all(|second| second.limit_bps > 1e6), "{excess:#?} {after:#?}");
    assert!(after[3..].iter().all(|second| second.received_bps > CAMERA_BPS * 0.7), "{excess:#?} {after:#?}");
}
