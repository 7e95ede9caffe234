use super::*;
use crate::units::{Bitrate, ByteSize, Ratio};
use crate::{Blips, BurstLoss, Outage, Queue, Reordering, Trace};

mod properties;

/// The number and the delay of each packet that came out of a link.
type Seen = Vec<(u32, Duration)>;

/// Sends `count` packets of `bytes` bytes each `interval`, and receives each when it is due.
fn pass(link: &mut Link<Vec<u8>>, count: u32, bytes: usize, interval: Duration) -> Seen {
    let start = Instant::now();
    let mut seen = Vec::new();
    let mut drain = |link: &mut Link<Vec<u8>>, until: Option<Instant>| {
        while let Some(at) = link.next_departure() {
            if until.is_some_and(|until| at > until) {
                break;
            }
            while let Some(packet) = link.receive(at) {
                let number = u32::from_be_bytes([packet[0], packet[1], packet[2], packet[3]]);
                seen.push((number, at - (start + interval * number)));
            }
        }
    };
    link.begin(start);
    for number in 0..count {
        let now = start + interval * number;
        drain(link, Some(now));
        let mut packet = vec![0; bytes];
        packet[..4].copy_from_slice(&number.to_be_bytes());
        link.send(now, packet);
    }
    drain(link, None);
    seen
}

fn run(config: &LinkConfig, seed: u64, count: u32, bytes: usize, interval: Duration) -> (LinkCounters, Seen) {
    let mut link = Link::new(config, seed);
    let seen = pass(&mut link, count, bytes, interval);
    (link.counters(), seen)
}

fn config() -> LinkConfig {
    LinkConfig::default()
}

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn share(share: f64) -> Ratio {
    Ratio::new(share).expect("a share")
}

fn kbits(kbits: u64) -> Option<Bitrate> {
    Some(Bitrate::from_bits_per_second(kbits * 1000))
}

#[test]
fn unimpaired_link_passes_packets_at_once() {
    let (counters, seen) = run(&config(), 1, 1_000, 1_200, ms(1));
    assert!(seen.iter().all(|(_, delay)| delay.is_zero()));
    assert_eq!((counters.packets_in, counters.packets_out, counters.packets_dropped()), (1_000, 1_000, 0));
    assert_eq!((counters.bytes_in, counters.bytes_out), (1_200_000, 1_200_000));
    assert_eq!(counters.packets_delayed, 0);
}

#[test]
fn every_packet_has_the_propagation_delay() {
    let delay = ms(80);
    let (counters, seen) = run(&LinkConfig { delay, ..config() }, 1, 500, 200, ms(3));
    assert!(seen.iter().all(|(_, seen)| *seen == delay));
    assert_eq!(counters.packets_delayed, 500);
    assert_eq!(counters.delay_mean(), Some(delay));
}

#[test]
fn jitter_keeps_its_bounds_and_the_order() {
    let config = LinkConfig { delay: ms(50), jitter: ms(10), ..config() };
    let (counters, seen) = run(&config, 7, 2_000, 200, ms(2));
    assert!(seen.iter().all(|(_, delay)| (40..=60).contains(&delay.as_millis())));
    assert!(seen.is_sorted_by_key(|(number, _)| *number));
    assert_eq!(counters.packets_reordered, 0);
    let (_, sparse) = run(&config, 7, 2_000, 200, ms(40));
    assert!(sparse.iter().any(|(_, delay)| delay.as_millis() < 42));
    assert!(sparse.iter().any(|(_, delay)| delay.as_millis() > 57));
}

#[test]
fn jitter_reorders_if_configured() {
    let config = LinkConfig { delay: ms(50), jitter: ms(10), jitter_reorders: true, ..config() };
    let (counters, seen) = run(&config, 7, 2_000, 200, ms(2));
    assert_eq!(seen.len(), 2_000);
    assert!(seen.iter().all(|(_, delay)| (40..=60).contains(&delay.as_millis())));
    let mut highest = 0;
    let late = seen.iter().filter(|(number, _)| {
        highest = highest.max(*number);
        *number < highest
    });
    assert_eq!(counters.packets_reordered, late.count() as u64);
    assert!(counters.packets_reordered > 500, "{}", counters.packets_reordered);
}

#[test]
fn reordered_packets_arrive_late_and_others_in_order() {
    let reorder = Reordering { ratio: share(0.1), by: ms(25) };
    let (counters, seen) =
        run(&LinkConfig { delay: ms(40), reorder: Some(reorder), ..config() }, 3, 20_000, 200, ms(10));
    let held = seen.iter().filter(|(_, delay)| *delay == ms(65)).count();
    // If two packets in a row are held back, the first may not be overtaken.
    assert!((held * 98 / 100..=held).contains(&(counters.packets_reordered as usize)), "{held}: {counters:?}");
    assert!((held as f64 / 20_000.0 - 0.1).abs() < 0.01, "{held}");
    let others: Vec<_> = seen.iter().filter(|(_, delay)| *delay != ms(65)).collect();
    assert!(others.iter().all(|(_, delay)| *delay == ms(40)) && others.is_sorted_by_key(|(number, _)| *number));
}

#[test]
fn copies_follow_their_original() {
    let (counters, seen) = run(&LinkConfig { duplicate: Some(share(0.05)), ..config() }, 3, 20_000, 200, ms(1));
    assert!((counters.packets_duplicated as f64 / 20_000.0 - 0.05).abs() < 0.005);
    assert_eq!(seen.len() as u64, 20_000 + counters.packets_duplicated);
    assert_eq!((counters.packets_in, counters.packets_reordered), (20_000, 0));
    let twice = seen.windows(2).filter(|pair| pair[0].0 == pair[1].0).count();
    assert_eq!(twice as u64, counters.packets_duplicated);
}

#[test]
fn random_loss_has_configured_probability() {
    for asked in [0.01, 0.02, 0.05, 0.1, 0.2] {
        let (counters, seen) = run(&LinkConfig { loss: Some(share(asked)), ..config() }, 42, 20_000, 200, ms(1));
        let lost = counters.loss_ratio().get();
        assert!((lost - asked).abs() < 0.003, "{asked} asked, {lost} seen");
        assert_eq!(seen.len() as u64 + counters.packets_dropped_loss, 20_000);
    }
}

#[test]
fn burst_loss_is_counted_separately() {
    let burst = BurstLoss { p: share(0.0125), r: share(0.25), loss_good: Ratio::ZERO, loss_bad: share(1.0) };
    let (counters, seen) = run(&LinkConfig { burst: Some(burst), ..config() }, 42, 100_000, 200, ms(1));
    let lost = counters.packets_dropped_burst as f64 / 100_000.0;
    assert!((lost - burst.mean_loss().get()).abs() < 0.003, "{lost}");
    assert_eq!(counters.packets_dropped_loss, 0);
    let gaps: Vec<_> = seen.windows(2).map(|pair| pair[1].0 - pair[0].0 - 1).filter(|gap| *gap > 0).collect();
    let length = f64::from(gaps.iter().sum::<u32>()) / gaps.len() as f64;
    assert!((length / burst.mean_burst_packets() - 1.0).abs() < 0.05, "{length}");
}

#[test]
fn saturated_link_has_configured_rate() {
    for rate in [100, 400, 2_000, 50_000] {
        // The offered load is twice the rate, for 20 s.
        let interval = Duration::from_secs_f64(4.0 / rate as f64);
        let packets = (20.0 / interval.as_secs_f64()) as u32;
        let (counters, _) = run(&LinkConfig { rate: kbits(rate), ..config() }, 1, packets, 1_000, interval);
        let measured = counters.bytes_out as f64 * 8.0 / 20.3 / 1e3;
        assert!((measured / rate as f64 - 1.0).abs() < 0.01, "{rate} asked, {measured} seen");
        assert!(counters.packets_dropped_queue > 0);
        assert_eq!(counters.packets_dropped_loss, 0);
    }
}

#[test]
fn queue_limits_waiting_time_at_any_delay() {
    for queue in [Queue::Time(ms(300)), Queue::Size(ByteSize::from_bytes(15_000))] {
        for delay in [0, 80] {
            let config = LinkConfig { rate: kbits(400), queue, delay: ms(delay), ..config() };
            let (_, seen) = run(&config, 1, 2_000, 500, ms(5));
            let longest = seen.iter().map(|(_, delay)| delay.as_millis() as u64).max().expect("some pass");
            assert!((290 + delay..=300 + delay).contains(&longest), "{longest} ms with {delay} ms of delay");
        }
    }
}

#[test]
fn queue_smaller_than_a_packet_passes_packets() {
    let config = LinkConfig { rate: kbits(100), queue: Queue::Size(ByteSize::from_bytes(1)), ..config() };
    let (counters, _) = run(&config, 1, 100, 1_200, ms(200));
    assert_eq!(counters.packets_out, 100);
}

#[test]
fn packets_leave_at_the_opportunities_of_a_trace() {
    let trace = Trace::parse("t", "10\n20\n50\n", false).expect("a trace");
    let config = LinkConfig { trace: Some(trace), queue: Queue::Time(Duration::from_secs(10)), ..config() };
    // All packets are sent at once. Each opportunity carries 1500 bytes: one packet and a half.
    let (_, seen) = run(&config, 1, 6, 1_000, Duration::ZERO);
    let delays: Vec<_> = seen.iter().map(|(_, delay)| delay.as_millis()).collect();
    assert_eq!(delays, [10, 20, 20, 50, 60, 60]);
    // An opportunity that finds an empty queue is lost.
    let (_, seen) = run(&config, 1, 2, 1_000, ms(25));
    assert_eq!(seen, [(0, ms(10)), (1, ms(50 - 25))]);
}

#[test]
fn saturated_trace_has_its_mean_rate() {
    let text: String = (1..=1_000).filter(|ms| ms % 10 < 3).map(|ms| format!("{ms}\n")).collect();
    let trace = Trace::parse("t", &text, false).expect("a trace");
    let asked = trace.mean_rate().bits_per_second() as f64;
    let (counters, _) = run(&LinkConfig { trace: Some(trace), ..config() }, 1, 20_000, 1_200, ms(1));
    let measured = counters.bytes_out as f64 * 8.0 / 20.3;
    assert!((measured / asked - 1.0).abs() < 0.01, "{asked} asked, {measured} seen");
}

#[test]
fn ended_trace_passes_nothing() {
    let trace = Trace::parse("t", "10\n20\n", true).expect("a trace");
    let (counters, seen) = run(&LinkConfig { trace: Some(trace), ..config() }, 1, 10, 1_500, ms(1));
    assert_eq!((seen.len(), counters.packets_out), (2, 2));
}

#[test]
fn outages_and_blips_drop_what_enters() {
    let config = LinkConfig {
        delay: ms(20),
        outages: vec![Outage { at: ms(1_000), duration: ms(500) }],
        blips: Some(Blips { every: ms(2_000), duration: ms(100) }),
        ..config()
    };
    let (counters, seen) = run(&config, 1, 500, 200, ms(10));
    assert_eq!(counters.packets_dropped_outage, 50 + 2 * 10);
    let missing: Vec<_> = (0..500).filter(|number| !seen.iter().any(|(seen, _)| seen == number)).collect();
    let expected: Vec<_> = (100..150).chain(200..210).chain(400..410).collect();
    assert_eq!(missing, expected);
}

#[test]
fn step_keeps_random_numbers_and_queue() {
    let before = LinkConfig { loss: Some(share(0.1)), delay: ms(20), ..config() };
    let after = LinkConfig { delay: ms(60), ..before.clone() };
    let lost = |seen: Seen| (0..2_000).filter(|n| !seen.iter().any(|(seen, _)| seen == n)).collect::<Vec<_>>();
    let (_, without) = run(&before, 5, 2_000, 200, ms(10));
    let seen = pass(&mut Link::new(&before, 5).with_steps([(ms(10_000), after)]), 2_000, 200, ms(10));
    assert!(
        seen.iter().all(|(number, delay)| *delay == if *number <= 1_000 && *delay == ms(20) { ms(20) } else { ms(60) })
    );
    let next = seen.iter().filter(|(number, _)| *number > 1_000).min();
    assert!(next.is_some_and(|(number, delay)| *number < 1_010 && *delay == ms(60)), "{next:?}");
    assert_eq!(lost(seen), lost(without));
}

#[test]
fn step_applies_to_queued_packets() {
    let before = LinkConfig { rate: kbits(80), queue: Queue::Time(Duration::from_secs(60)), ..config() };
    let after = LinkConfig { rate: kbits(800), ..before.clone() };
    // A packet takes 100 ms at first, then 10 ms. Half of the second packet has been sent at the step.
    let mut link = Link::new(&before, 1).with_steps([(ms(150), after.clone())]);
    let delays = pass(&mut link, 4, 1_000, Duration::ZERO).into_iter().map(|(_, delay)| delay).collect::<Vec<_>>();
    assert_eq!(delays, [ms(100), ms(155), ms(165), ms(175)]);
    let unlimited = LinkConfig { rate: None, ..after };
    let mut link = Link::new(&before, 1).with_steps([(ms(150), unlimited)]);
    let delays = pass(&mut link, 4, 1_000, Duration::ZERO).into_iter().map(|(_, delay)| delay).collect::<Vec<_>>();
    assert_eq!(delays, [ms(100), ms(150), ms(150), ms(150)]);
}

#[test]
fn trace_continues_after_step_of_delay() {
    let trace = Trace::parse("t", "10\n40\n", false).expect("a trace");
    let before = LinkConfig { trace: Some(trace), ..config() };
    let after = LinkConfig { delay: ms(5), ..before.clone() };
    let mut link = Link::new(&before, 1).with_steps([(ms(15), after)]);
    let delays = pass(&mut link, 3, 1_500, Duration::ZERO).into_iter().map(|(_, delay)| delay).collect::<Vec<_>>();
    assert_eq!(delays, [ms(10), ms(45), ms(55)]);
}

#[test]
fn a_change_is_a_step_that_was_not_planned() {
    let before = LinkConfig { rate: kbits(400), loss: Some(share(0.1)), ..config() };
    let after = LinkConfig { delay: ms(40), loss: Some(share(0.3)), ..config() };
    let start = Instant::now();
    let sent = |link: &mut Link<Vec<u8>>, change: Option<LinkConfig>| {
        link.begin(start);
        let mut seen = Vec::new();
        for number in 0..200_u32 {
            let now = start + ms(10) * number;
            if number == 100 {
                change.iter().for_each(|config| link.change(now, config.clone()));
            }
            link.send(now, vec![0; 500]);
            while let Some((at, packet)) = link.receive_with_time(now) {
                seen.push((at, packet.len()));
            }
        }
        (seen, link.counters())
    };
    let planned = sent(&mut Link::new(&before, 7).with_steps([(ms(1000), after.clone())]), None);
    let changed = sent(&mut Link::new(&before, 7), Some(after.clone()));
    assert_eq!(planned, changed);
    // Steps that are left do not happen.
    let later = sent(&mut Link::new(&before, 7).with_steps([(ms(1500), before.clone())]), Some(after));
    assert_eq!(later, changed);
}
