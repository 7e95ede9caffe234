//! Properties that hold for every link.

use super::*;

#[test]
fn dropped_packets_depend_on_the_seed() {
    let burst = BurstLoss { p: share(0.05), r: share(0.3), loss_good: Ratio::ZERO, loss_bad: share(1.0) };
    let config = LinkConfig { loss: Some(share(0.1)), burst: Some(burst), delay: ms(9), jitter: ms(9), ..config() };
    assert_eq!(run(&config, 3, 5_000, 200, ms(2)), run(&config, 3, 5_000, 200, ms(2)));
    assert_ne!(run(&config, 3, 5_000, 200, ms(2)).1, run(&config, 4, 5_000, 200, ms(2)).1);
}

/// Returns a strategy for arbitrary links.
fn any_config() -> impl proptest::strategy::Strategy<Value = LinkConfig> {
    use proptest::prelude::*;
    let ratio = || (0.0..=1.0_f64).prop_map(|value| Ratio::new(value).expect("a share"));
    let flow = (
        proptest::option::of(8_000_u64..5_000_000),
        proptest::option::of(proptest::collection::vec(0_u32..60, 1..20)),
        0_u64..20_000,
        0_u64..100,
        0.0..=1.0_f64,
        ratio(),
    );
    let harm = (
        proptest::option::of(ratio()),
        proptest::option::of((ratio(), ratio(), ratio(), ratio())),
        proptest::option::of((ratio(), 0_u64..50)),
        proptest::option::of(ratio()),
        proptest::option::of((0_u64..500, 0_u64..200)),
        any::<bool>(),
    );
    (flow, harm).prop_map(|((rate, trace, queue, delay, jitter, correlation), harm)| {
        let (loss, burst, reorder, duplicate, outage, jitter_reorders) = harm;
        let trace = trace.map(|mut times| {
            times.sort_unstable();
            *times.last_mut().expect("one") += 1;
            let text: String = times.iter().map(|time| format!("{time}\n")).collect();
            Trace::parse("t", &text, queue % 2 == 0).expect("a trace")
        });
        LinkConfig {
            rate: rate.map(Bitrate::from_bits_per_second),
            trace,
            queue: Queue::Size(ByteSize::from_bytes(queue)),
            delay: ms(delay),
            jitter: ms(delay).mul_f64(jitter),
            jitter_correlation: correlation,
            jitter_reorders,
            loss,
            burst: burst.map(|(p, r, loss_good, loss_bad)| BurstLoss { p, r, loss_good, loss_bad }),
            reorder: reorder.map(|(ratio, by)| Reordering { ratio, by: ms(by) }),
            duplicate,
            outages: outage.map(|(at, duration)| Outage { at: ms(at), duration: ms(duration) }).into_iter().collect(),
            blips: outage.map(|(every, duration)| Blips { every: ms(every + 1), duration: ms(duration) }),
        }
    })
}

proptest::proptest! {
    #[test]
    fn every_packet_is_accounted_for(
        first in any_config(), second in any_config(), at in 0_u64..500, seed: u64,
        sends in proptest::collection::vec((0_u64..20, 4_usize..3_000), 1..200),
    ) {
        let in_order = |config: &LinkConfig| !config.jitter_reorders && config.reorder.is_none();
        let must_be_in_order = in_order(&first) && in_order(&second);
        let start = Instant::now();
        let mut link: Link<Vec<u8>> = Link::new(&first, seed).with_steps([(ms(at), second)]);
        let mut lazy = Link::new(&first, seed).with_steps(link.steps.clone());
        let (mut now, mut out, mut highest) = (start, 0_u64, 0);
        for (number, (gap, bytes)) in sends.into_iter().enumerate() {
            let then = now + ms(gap);
            while let Some(at) = link.next_departure().filter(|at| *at <= then) {
                // The departure that the link announced is never in the past, and never without effect.
                proptest::prop_assert!(at >= now, "{:?} after {:?}", at - start, now - start);
                now = at;
                while let Some(packet) = link.receive(now) {
                    out += 1;
                    let number = u32::from_be_bytes([packet[0], packet[1], packet[2], packet[3]]);
                    proptest::prop_assert!(!must_be_in_order || number >= highest);
                    highest = highest.max(number);
                }
                proptest::prop_assert!(link.next_departure() != Some(now));
            }
            now = then;
            let mut packet = vec![0; bytes];
            packet[..4].copy_from_slice(&(number as u32).to_be_bytes());
            link.send(now, packet.clone());
            lazy.send(now, packet);
            let counters = link.counters();
            proptest::prop_assert_eq!(counters.packets_out, out);
            proptest::prop_assert_eq!(
                counters.packets_in + counters.packets_duplicated,
                counters.packets_out + counters.packets_dropped() + link.packets_inside() as u64
            );
            if must_be_in_order {
                proptest::prop_assert_eq!(counters.packets_reordered, 0);
            }
        }
        // No packet was received from the other link meanwhile, which does not change what it dropped.
        proptest::prop_assert_eq!(link.counters().packets_dropped(), lazy.counters().packets_dropped());
        proptest::prop_assert_eq!(link.counters().bytes_dropped, lazy.counters().bytes_dropped);
    }
}

#[test]
fn departure_times_do_not_depend_on_the_caller() {
    let config =
        LinkConfig { delay: ms(80), rate: Some("80 kbit/s".parse().expect("a rate")), ..LinkConfig::default() };
    let (mut link, start) = (Link::new(&config, 1), Instant::now());
    for _ in 0..3 {
        link.send(start, vec![0; 100]);
    }
    let late = start + ms(500);
    let left: Vec<_> = std::iter::from_fn(|| link.receive_with_time(late)).map(|(at, _)| at - start).collect();
    assert_eq!(left, [ms(90), ms(100), ms(110)]);
}
