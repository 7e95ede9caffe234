//! Checks of networks that were applied, and of networks that were not.

use std::time::{Duration, Instant};

use super::*;
use precall_netem::units::{Bitrate, Ratio};
use precall_netem::{BurstLoss, LinkConfig, NetworkStep, Outage, Packet, PathCounters};

#[derive(Clone)]
struct Bytes(usize);

impl Packet for Bytes {
    fn size_bytes(&self) -> usize {
        self.0
    }
}

/// Sends packets of 1000 bytes through real links in both directions, and returns what the links and the page counted.
fn run(applied: &NetworkConfig, packets_per_second: u32, seconds: u32) -> NetworkEvidence {
    let began = Instant::now();
    let mut links = [Direction::Up, Direction::Down].map(|direction| applied.link::<Bytes>(direction, 7));
    links.iter_mut().for_each(|link| link.begin(began));
    let mut evidence = NetworkEvidence::default();
    for number in 0..packets_per_second * seconds {
        let now = began + Duration::from_secs(1) * number / packets_per_second;
        for link in &mut links {
            while link.receive(now).is_some() {}
            link.send(now, Bytes(1000));
        }
        if (number + 1) % packets_per_second == 0 {
            let [up, down] = links.each_ref().map(|link| link.counters());
            let at = (now - began).as_secs_f64();
            let delay = |counters: &precall_netem::LinkCounters| counters.delay_mean().unwrap_or_default();
            evidence.round_trip_times.push((delay(&up) + delay(&down)).as_secs_f64() + 0.001);
            evidence.page =
                PageTraffic { packets_sent: up.packets_in, packets_received: down.packets_out, packets_lost: 0 };
            evidence.readings.push((at, PathCounters { up, down }));
        }
    }
    evidence
}

fn both(link: LinkConfig) -> NetworkConfig {
    NetworkConfig { up: link.clone(), down: link, ..NetworkConfig::default() }
}

fn percent(value: f64) -> Ratio {
    Ratio::new(value / 100.0).expect("a share")
}

fn networks() -> Vec<(&'static str, NetworkConfig)> {
    let link = LinkConfig::default();
    let rate = |kbit: u64| Some(Bitrate::from_bits_per_second(kbit * 1000));
    let slow = both(LinkConfig { rate: rate(300), ..link.clone() });
    let fast = both(LinkConfig { rate: rate(2000), ..link.clone() });
    let burst = BurstLoss { p: percent(1.25), r: percent(25.0), loss_good: percent(0.0), loss_bad: percent(100.0) };
    let outage = Outage { at: Duration::from_secs(5), duration: Duration::from_secs(4) };
    let step = NetworkStep { at: Duration::from_secs(10), up: slow.up.clone(), down: slow.down.clone() };
    vec![
        ("slow", slow),
        ("far", both(LinkConfig { delay: Duration::from_millis(80), ..link.clone() })),
        (
            "shaking",
            both(LinkConfig { delay: Duration::from_millis(50), jitter: Duration::from_millis(30), ..link.clone() }),
        ),
        ("lossy", both(LinkConfig { loss: Some(percent(5.0)), ..link.clone() })),
        ("bursts", both(LinkConfig { burst: Some(burst), ..link.clone() })),
        ("outage", both(LinkConfig { outages: vec![outage], ..link.clone() })),
        ("slower", NetworkConfig { steps: vec![step], ..fast }),
    ]
}

fn wrong(asked: &NetworkConfig, evidence: &NetworkEvidence) -> Vec<String> {
    let checks = check_network(asked, evidence);
    checks.iter().filter(|check| !check.holds()).map(NetworkCheck::in_words).collect()
}

#[test]
fn applied_networks_pass_every_check() {
    for (name, network) in networks() {
        let evidence = run(&network, 100, 30);
        assert!(check_network(&network, &evidence).len() > 1, "{name}");
        assert_eq!(wrong(&network, &evidence), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn networks_that_were_not_applied_fail() {
    let evidence = run(&NetworkConfig::default(), 100, 30);
    let said: Vec<_> =
        networks().iter().map(|(name, asked)| format!("{name}: {}", wrong(asked, &evidence).join("; "))).collect();
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn media_that_bypassed_the_links_fails() {
    let asked = NetworkConfig::default();
    let mut evidence = run(&asked, 100, 5);
    assert_eq!(wrong(&asked, &evidence), Vec::<String>::new());
    evidence.page.packets_sent *= 3;
    assert_eq!(wrong(&asked, &evidence).len(), 1);
    // A round trip that takes far longer than the links is caused by the host.
    evidence = run(&asked, 100, 5);
    evidence.round_trip_times = vec![0.4; 5];
    assert_eq!(wrong(&asked, &evidence).len(), 1);
    assert_eq!(check_network(&asked, &NetworkEvidence::default()), Vec::new());
}

/// Checks of an applied network never fail by chance, for these seeds.
#[test]
fn random_draws_never_fail_a_check() {
    let (_, lossy) = &networks()[3];
    let (_, bursts) = &networks()[4];
    for asked in [lossy, bursts] {
        for packets in [20, 50, 200] {
            let evidence = run(asked, packets, 20);
            assert_eq!(wrong(asked, &evidence), Vec::<String>::new(), "{packets}/s");
        }
    }
}

mod accuracy {
    use super::*;
    use precall_results::{AudioCounters, AudioQuality, Phase, QualityResult, Sample, VideoCounters, VideoQuality};

    fn sample(seconds: f64, received: f64, lost: f64) -> Sample {
        let video = VideoCounters {
            bytes_received: received * 980.0,
            packets_received: received,
            packets_lost: lost,
            ..VideoCounters::default()
        };
        Sample {
            phase: Phase::AudioVideo,
            timestamp: seconds * 1e3,
            network_seconds: Some(seconds),
            elapsed: None,
            limit: None,
            audio: Some(AudioCounters::default()),
            video: Some(video),
            available_outgoing_bitrate: None,
            quality_limitation_reason: None,
            simulcast: None,
        }
    }

    #[test]
    fn reported_and_counted_figures_are_of_the_same_time() {
        let asked =
            both(LinkConfig { loss: Some(percent(5.0)), delay: Duration::from_millis(20), ..LinkConfig::default() });
        let evidence = run(&asked, 100, 30);
        let arrivals: Vec<f64> = (5..25).map(f64::from).collect();
        let samples: Vec<_> = arrivals.iter().map(|at| sample(*at, at * 90.0, at * 10.0)).collect();
        let reported = QualityResult {
            audio: AudioQuality::default(),
            video: VideoQuality { bitrate: Some(700e3), packet_loss_ratio: Some(0.1), ..VideoQuality::default() },
        };
        let accuracy = super::super::accuracy(&evidence, &samples, Some(&reported));
        let loss = accuracy.sdk_loss_ratio.expect("an estimate");
        assert!((loss.reported - 0.1).abs() < 1e-9);
        // Both links drop 5 %.
        assert!((loss.actual - 0.0975).abs() < 0.02, "{loss:?}");
        assert!(loss.error().abs() < 0.02);
        let rate = accuracy.sdk_bitrate.expect("an estimate");
        assert!((rate.reported - 90.0 * 980.0 * 8.0).abs() < 1e-6);
        // 100 packets of 1000 bytes a second went down, less 5 %.
        assert!((rate.actual / 760e3 - 1.0).abs() < 0.03, "{rate:?}");
        let round_trip = accuracy.sdk_round_trip_time.expect("an estimate");
        assert!((round_trip.actual - 0.04).abs() < 1e-3, "{round_trip:?}");
        assert_eq!(accuracy.module_bitrate.map(|estimate| estimate.reported), Some(700e3));
        assert!(accuracy.module_loss_ratio.is_some());
        assert!(super::super::accuracy(&evidence, &[], None).is_empty());
        assert!(super::super::accuracy(&NetworkEvidence::default(), &samples, Some(&reported)).is_empty());
    }
}
