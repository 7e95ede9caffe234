//! The feedback that a publisher receives about the arrival of its packets.

use super::*;

/// How far apart packets are, in the steps of [`World::pass`].
const INTERVAL: Duration = Duration::from_millis(10);

/// Sends a packet every 10 ms, of which the router gets all but these.
fn publish_all_but(world: &mut World, publisher: usize, lost: &[u64]) {
    let first = world.clients[publisher].next_sequence_number;
    world.lose_up = lost.iter().map(|number| (first + number) as u16).collect();
    for index in 0..100 {
        let now = world.now;
        world.clients[publisher].send_video(now, index * 900);
        world.pass(INTERVAL);
    }
    world.pass(Duration::from_millis(300));
}

/// The transport-wide sequence numbers that are in no report, although a later one reports packets after them.
fn unreported(reports: &[(u16, u16)]) -> Vec<u16> {
    let begins_after = |(before, after): (&(u16, u16), &(u16, u16))| before.0.wrapping_add(before.1)..after.0;
    reports.iter().zip(&reports[1..]).flat_map(begins_after).collect()
}

#[test]
fn every_lost_packet_is_reported() {
    // Single losses at every distance from a report, and bursts longer than the interval of the reports.
    let single: Vec<u64> = (3..90).step_by(7).collect();
    let bursts: Vec<u64> = (20..28).chain(50..70).collect();
    for lost in [single, bursts] {
        let (mut world, publisher, _) = World::connected();
        publish_all_but(&mut world, publisher, &lost);
        let reports = &world.clients[publisher].arrival_reports;
        assert!(reports.len() > 8, "{reports:?}");
        assert_eq!(unreported(reports), [0; 0], "{lost:?} were lost; {reports:?}");
    }
}

#[test]
fn a_packet_after_a_loss_is_forwarded() {
    let (mut world, publisher, subscriber) = World::connected();
    publish_all_but(&mut world, publisher, &[10, 20, 21, 99]);
    let mut numbers = numbers(&world.clients[subscriber].received);
    numbers.sort_unstable();
    // The last is lost without anything after it that would tell.
    assert_eq!(numbers, (0..99).collect::<Vec<_>>());
}

/// When this fails, str0m reports packets that were lost between two reports, and `arrival_reports.rs` can go.
#[test]
fn str0m_alone_omits_losses_between_reports() {
    let (mut world, publisher, _) = World::connected();
    let key = world.router.peers.find(&PeerId::Publisher("s".to_owned())).expect("the publisher");
    world.router.peers.publisher(key).expect("the publisher").report_as_str0m_does();
    publish_all_but(&mut world, publisher, &(50..70).collect::<Vec<_>>());
    assert!(!unreported(&world.clients[publisher].arrival_reports).is_empty());
}
