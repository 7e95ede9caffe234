//! Audio fallback where it is not wanted. That video goes and comes back is tested with a link, beside the path of
//! media.

use super::*;
use crate::media::FallbackChange;

/// A frame in 1000 bytes, 30 times a second: 240 kbit/s.
const FRAME: [u8; 1000] = [0x10; 1000];

impl World {
    /// Half a second of audio and video: gives the packets of each that the subscriber got.
    fn half_second(&mut self, publisher: usize, subscriber: usize, begin: u32) -> (usize, usize) {
        let before = self.clients[subscriber].received.len();
        for index in 0..15 {
            let (now, time) = (self.now, begin * 15 + index);
            self.clients[publisher].send(now, Codec::Vp8, time * 3000, &FRAME);
            self.pass(Duration::from_millis(15));
            let now = self.now;
            self.clients[publisher].send(now, Codec::Opus, time * 1600, &[1, 2, 3]);
            self.pass(Duration::from_millis(20));
        }
        let got = &self.clients[subscriber].received[before..];
        let video = got.iter().filter(|packet| packet.payload.len() > 100).count();
        (got.len() - video, video)
    }

    fn fallback(&self) -> Vec<FallbackChange> {
        let changes = self.events.iter().filter_map(|event| match event {
            MediaEvent::Fallback { subscriber, change } if subscriber == "u" => Some(*change),
            _ => None,
        });
        changes.collect()
    }
}

#[test]
fn a_stream_without_audio_fallback_keeps_its_video() {
    let mut world = World::new();
    let publisher = world.publisher();
    world.until("the publisher", |world| world.clients[publisher].is_connected);
    world.fallback_of_subscribers = false;
    let subscriber = world.subscriber("u");
    world.until("the subscriber", |world| world.clients[subscriber].is_connected);
    world.lose_down_of_ten = 9;
    for index in 0..60 {
        world.half_second(publisher, subscriber, index);
    }
    assert_eq!(world.fallback(), []);
    assert!(world.half_second(publisher, subscriber, 100).1 > 0);
}
