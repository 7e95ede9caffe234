//! When a publisher is asked for what was lost on the way up.

use super::*;

/// How far apart packets are, in the steps of [`World::pass`].
const INTERVAL: Duration = Duration::from_millis(10);

/// When each packet of a stream was sent.
type Sent = Vec<Instant>;

/// Sends a packet every 10 ms.
fn publish(world: &mut World, publisher: usize, count: u32) -> Sent {
    let send = |index| {
        let now = world.now;
        world.clients[publisher].send_video(now, index * 900);
        world.pass(INTERVAL);
        now
    };
    (0..count).map(send).collect()
}

/// How long after the packet behind it a lost packet was first asked for.
fn delays(asked: &[(Instant, u16)], sent: &[Instant], first: u16, lost: &[u16]) -> Vec<Duration> {
    let delay = |number: &u16| {
        let (at, _) = asked.iter().find(|(_, asked)| *asked == first + number).expect("it is asked for");
        at.saturating_duration_since(sent[usize::from(number + 1)])
    };
    lost.iter().map(delay).collect()
}

/// Every 70 ms, so that losses fall everywhere between two moments that are 33 ms apart.
fn lost() -> Vec<u16> {
    (3..180).step_by(7).collect()
}

#[test]
fn lost_packets_are_requested_at_once() {
    let (mut world, publisher, subscriber) = World::connected();
    let first = world.clients[publisher].next_sequence_number as u16;
    world.lose_up = lost().iter().map(|number| first + number).collect();
    let sent = publish(&mut world, publisher, 190);
    world.pass(Duration::from_millis(300));
    let delays = delays(&world.clients[publisher].asked, &sent, first, &lost());
    // A packet that follows a loss while a report is due waits for 5 ms or for the next packet.
    assert!(delays.iter().all(|delay| *delay <= INTERVAL), "{delays:?}");
    let mut numbers = numbers(&world.clients[subscriber].received);
    numbers.sort_unstable();
    assert_eq!(numbers, (0..190).collect::<Vec<_>>());
}

/// When this fails, str0m asks for what was lost as soon as it can, and the timing in `repair_requests.rs` can go.
#[test]
fn str0m_alone_requests_late() {
    let (mut world, publisher, subscriber) = World::connected();
    publish(&mut world, publisher, 5);
    // The subscriber is a str0m whose looks nobody times.
    let first = *world.clients[subscriber].received.last().expect("packets came").seq_no as u16 + 1;
    world.lose_down = lost().iter().map(|number| first + number).collect();
    let sent = publish(&mut world, publisher, 190);
    let delays = delays(&world.clients[subscriber].asks, &sent, first, &lost());
    assert!(delays.iter().any(|delay| *delay > INTERVAL), "{delays:?}");
}

#[test]
fn a_final_loss_requests_a_key_frame() {
    let (mut world, publisher, _) = World::connected();
    publish(&mut world, publisher, 50);
    let before = world.clients[publisher].keyframe_requests;
    // Its repairs are lost too.
    world.lose_repairs_up = true;
    world.lose_up = vec![world.clients[publisher].next_sequence_number as u16];
    publish(&mut world, publisher, 100);
    assert_eq!(world.clients[publisher].keyframe_requests, before);
    publish(&mut world, publisher, 20);
    assert_eq!(world.clients[publisher].keyframe_requests, before + 1);
}
