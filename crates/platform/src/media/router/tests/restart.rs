//! ICE restarts, and publishers that come with another peer connection.

use super::*;

impl World {
    /// Sends 20 frames, and gives how many packets the subscriber has got since.
    fn frames(&mut self, publisher: usize, subscriber: usize, begin: u32) -> usize {
        let before = self.clients[subscriber].received.len();
        for index in 0..20 {
            let now = self.now;
            self.clients[publisher].send_video(now, (begin + index) * 3000);
            self.pass(Duration::from_millis(30));
        }
        self.clients[subscriber].received.len() - before
    }

    /// The client has another address from now on, as after a change of networks.
    fn move_to(&mut self, client: usize, port: u16) {
        let client = &mut self.clients[client];
        client.address = SocketAddr::from(([127, 0, 0, 1], port));
        client.rtc.add_local_candidate(Candidate::host(client.address, "udp").expect("a candidate"));
    }

    /// The newest answer or offer of the router to a peer.
    fn newest_sdp(&self, wanted: &PeerId) -> String {
        let sdp = self.events.iter().rev().find_map(|event| match event {
            MediaEvent::Answer { peer, sdp } if peer == wanted => Some(sdp.clone()),
            MediaEvent::Offer { subscriber, sdp } if PeerId::Subscriber(subscriber.clone()) == *wanted => {
                Some(sdp.clone())
            }
            _ => None,
        });
        sdp.expect("the router has said something")
    }

    fn restart_publisher(&mut self, publisher: usize) {
        let mut api = self.clients[publisher].rtc.sdp_api();
        api.ice_restart(true);
        let (offer, pending) = api.apply().expect("something to offer");
        self.router.handle_request(self.now, publish(offer.to_sdp_string()));
        self.pump();
        let answer = self.newest_sdp(&PeerId::Publisher("s".to_owned()));
        let answer = SdpAnswer::from_sdp_string(&answer).expect("an answer");
        self.clients[publisher].rtc.sdp_api().accept_answer(pending, answer).expect("it fits");
    }
}

fn ufrag(sdp: &str) -> &str {
    sdp.lines().find_map(|line| line.strip_prefix("a=ice-ufrag:")).expect("ICE credentials")
}

#[test]
fn a_publisher_survives_an_ice_restart_on_another_address() {
    let (mut world, publisher, subscriber) = World::connected();
    assert_eq!(world.frames(publisher, subscriber, 0), 20);
    let before = world.newest_sdp(&PeerId::Publisher("s".to_owned()));
    // Far more than the 15 s after which the router's ICE agent gives a pair up.
    for (round, seconds) in [1, 20].into_iter().enumerate() {
        world.clients[publisher].address.set_port(9);
        world.pass(Duration::from_secs(seconds));
        world.move_to(publisher, 2000 + round as u16);
        world.restart_publisher(publisher);
        assert_ne!(ufrag(&before), ufrag(&world.newest_sdp(&PeerId::Publisher("s".to_owned()))));
        world.pass(Duration::from_secs(2));
        assert_eq!(world.frames(publisher, subscriber, 1000 * (round as u32 + 1)), 20, "after {seconds} s");
    }
    assert_eq!(world.router.peer_counts(), (1, 1));
    // The subscriber saw one stream, without a gap.
    assert_eq!(numbers(&world.clients[subscriber].received), (0..60).collect::<Vec<_>>());
}

#[test]
fn a_subscriber_survives_an_ice_restart_on_another_address() {
    let (mut world, publisher, subscriber) = World::connected();
    let id = PeerId::Subscriber("u".to_owned());
    world.clients[subscriber].address.set_port(9);
    world.pass(Duration::from_secs(2));
    world.move_to(subscriber, 3000);
    let mut api = world.clients[subscriber].rtc.sdp_api();
    api.ice_restart(true);
    let (offer, pending) = api.apply().expect("something to offer");
    let offer = offer.to_sdp_string();
    let request =
        |offer: &str| MediaRequest::RestartSubscriber { subscriber: "u".to_owned(), offer: Some(offer.to_owned()) };
    world.router.handle_request(world.now, request(&offer));
    world.pump();
    let answer = world.newest_sdp(&id);
    // str0m answered the first offer as the server of DTLS, and neither side may change its role.
    assert!(answer.contains("a=setup:active"), "{answer}");
    let answer = SdpAnswer::from_sdp_string(&answer).expect("an answer");
    world.clients[subscriber].rtc.sdp_api().accept_answer(pending, answer).expect("it fits");
    world.pass(Duration::from_secs(2));
    assert_eq!(world.frames(publisher, subscriber, 100), 20);
    // Another certificate is another peer connection, and nonsense is none.
    let fingerprint = offer.lines().find(|line| line.starts_with("a=fingerprint:")).expect("a fingerprint");
    for wrong in [offer.replace(fingerprint, "a=fingerprint:sha-256 00:01"), "nonsense".to_owned()] {
        world.router.handle_request(world.now, request(&wrong));
        world.pump();
        assert!(matches!(world.events.last(), Some(MediaEvent::Failed { peer, .. }) if *peer == id), "{wrong}");
    }
    assert_eq!(world.frames(publisher, subscriber, 200), 20);
}

#[test]
fn an_offered_ice_restart_takes_effect_with_the_answer() {
    let (mut world, publisher, subscriber) = World::connected();
    let id = PeerId::Subscriber("u".to_owned());
    let restart = MediaRequest::RestartSubscriber { subscriber: "u".to_owned(), offer: None };
    world.router.handle_request(world.now, restart);
    world.pass(Duration::from_secs(2));
    assert_eq!(world.frames(publisher, subscriber, 0), 20);
    world.clients[subscriber].address.set_port(9);
    world.pass(Duration::from_secs(1));
    world.move_to(subscriber, 3000);
    let offer = SdpOffer::from_sdp_string(&world.newest_sdp(&id)).expect("an offer");
    let sdp = world.clients[subscriber].rtc.sdp_api().accept_offer(offer).expect("it fits").to_sdp_string();
    let answer = MediaRequest::Answer { subscriber: "u".to_owned(), sdp };
    world.router.handle_request(world.now, answer.clone());
    world.pass(Duration::from_secs(2));
    assert_eq!(world.frames(publisher, subscriber, 100), 20);
    // An answer that nobody asked for is refused, and changes nothing.
    world.router.handle_request(world.now, answer);
    world.pump();
    assert!(matches!(world.events.last(), Some(MediaEvent::Failed { peer, .. }) if *peer == id));
    assert_eq!(world.frames(publisher, subscriber, 200), 20);
}

#[test]
fn another_peer_connection_replaces_the_publisher() {
    let (mut world, publisher, subscriber) = World::connected();
    assert_eq!(world.frames(publisher, subscriber, 0), 20);
    world.events.retain(|event| !matches!(event, MediaEvent::Answer { .. }));
    let next = world.publisher();
    world.pass(Duration::from_secs(2));
    assert_eq!(world.router.peer_counts(), (1, 1));
    assert_eq!(world.frames(next, subscriber, 5000), 20);
    assert_eq!(numbers(&world.clients[subscriber].received), (0..40).collect::<Vec<_>>());
}
