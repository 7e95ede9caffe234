//! The number of packets that the router forwards in a second: sans-I/O, on virtual time, without the clients' own
//! work.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use precall_platform::media::{AccessId, MediaEvent, MediaRequest, Router, RouterOutput, RtpVideoCodec};

use super::client::{Client, Happening, INTERVAL};
use super::line;

/// A room for one speaker and many listeners, five times, and many rooms for two.
const SHAPES: [(&str, usize, usize); 2] =
    [("5 publishers, 40 subscribers each", 5, 40), ("100 publishers, 1 subscriber each", 100, 1)];

const SECONDS: u32 = 4;

pub fn run() {
    for (name, publishers, subscribers) in SHAPES {
        let mut world = World::new(publishers, subscribers);
        world.run(Duration::from_secs(2));
        world.busy = Duration::ZERO;
        world.received = 0;
        world.run(Duration::from_secs(SECONDS.into()));
        let rate = world.received as f64 / world.busy.as_secs_f64();
        line(&format!("forwarded: {name}, 1 Mbit/s"), format!("{rate:.0} packets/s"), ">= 100000 a core");
    }
}

/// A router and its clients, without a network between them.
struct World {
    now: Instant,
    router: Router,
    clients: HashMap<SocketAddr, Client>,
    publishers: Vec<SocketAddr>,
    /// The next timeout of each client.
    wanted: HashMap<SocketAddr, Instant>,
    busy: Duration,
    received: u64,
}

impl World {
    fn new(publishers: usize, subscribers: usize) -> Self {
        let router = SocketAddr::from(([127, 0, 0, 1], 1));
        let now = Instant::now();
        let mut world = Self {
            now,
            router: Router::new(router),
            clients: HashMap::new(),
            publishers: Vec::new(),
            wanted: HashMap::new(),
            busy: Duration::ZERO,
            received: 0,
        };
        let mut port = 1000;
        for stream in 0..publishers {
            port += 1;
            let address = SocketAddr::from(([127, 0, 0, 1], port));
            let mut client = Client::new(now, address, router);
            let request = MediaRequest::Publish {
                stream: stream.to_string(),
                offer: client.offer(),
                video_codec: RtpVideoCodec::Vp8,
                access: AccessId::default(),
            };
            world.router.handle_request(now, request);
            let answer = world.said(|event| match event {
                MediaEvent::Answer { sdp, .. } => Some(sdp),
                _ => None,
            });
            client.accept_answer(&answer);
            world.clients.insert(address, client);
            world.publishers.push(address);
            for _ in 0..subscribers {
                port += 1;
                let address = SocketAddr::from(([127, 0, 0, 1], port));
                let mut client = Client::new(now, address, router);
                let subscriber = port.to_string();
                let stream = stream.to_string();
                let id = subscriber.clone();
                let (audio_fallback, access) = (false, AccessId::default());
                let request = MediaRequest::Subscribe { subscriber: id, stream, audio_fallback, access };
                world.router.handle_request(now, request);
                let offer = world.said(|event| match event {
                    MediaEvent::Offer { sdp, .. } => Some(sdp),
                    _ => None,
                });
                let sdp = client.answer(&offer);
                world.router.handle_request(now, MediaRequest::Answer { subscriber, sdp });
                world.clients.insert(address, client);
            }
        }
        world.settle(Duration::from_secs(5));
        assert!(world.clients.values().all(|client| client.is_connected), "every client connects");
        world
    }

    fn said<T>(&mut self, pick: impl Fn(MediaEvent) -> Option<T>) -> T {
        while let Some(output) = self.router.poll_output() {
            if let RouterOutput::Event(event) = output
                && let Some(said) = pick(event)
            {
                return said;
            }
        }
        panic!("the router does not say what it should");
    }

    /// Passes time without media.
    fn settle(&mut self, time: Duration) {
        for _ in 0..time.as_millis() / 10 {
            self.now += Duration::from_millis(10);
            self.pump();
        }
    }

    /// Sends media for this long.
    fn run(&mut self, time: Duration) {
        let rounds = time.as_micros() / INTERVAL.as_micros();
        let step = INTERVAL / u32::try_from(self.publishers.len()).expect("a few");
        for _ in 0..rounds {
            for publisher in self.publishers.clone() {
                self.now += step;
                if let Some(client) = self.clients.get_mut(&publisher) {
                    client.send(self.now, 0);
                }
                self.wanted.insert(publisher, self.now);
                self.pump();
            }
        }
    }

    fn pump(&mut self) {
        let due: Vec<_> = self
            .clients
            .keys()
            .filter(|address| self.wanted.get(address).is_none_or(|at| *at <= self.now))
            .copied()
            .collect();
        let mut up = Vec::new();
        for address in due {
            self.poll(address, &mut up);
        }
        self.route(up);
    }

    fn route(&mut self, mut up: Vec<(SocketAddr, Vec<u8>)>) {
        loop {
            let mut down = Vec::new();
            let began = Instant::now();
            for (source, contents) in &up {
                self.router.handle_datagram(self.now, *source, contents);
            }
            if self.router.poll_timeout().is_some_and(|at| at <= self.now) {
                self.router.handle_timeout(self.now);
            }
            while let Some(output) = self.router.poll_output() {
                if let RouterOutput::Transmit { destination, contents, .. } = output {
                    down.push((destination.address(), contents));
                }
            }
            self.busy += began.elapsed();
            up.clear();
            if down.is_empty() {
                return;
            }
            for (destination, contents) in down {
                if let Some(client) = self.clients.get_mut(&destination) {
                    client.handle_datagram(self.now, &contents);
                    self.poll(destination, &mut up);
                }
            }
        }
    }

    fn poll(&mut self, address: SocketAddr, up: &mut Vec<(SocketAddr, Vec<u8>)>) {
        let Some(client) = self.clients.get_mut(&address) else { return };
        let received = &mut self.received;
        let wanted = client.poll(self.now, |happening| match happening {
            Happening::Datagram(contents) => up.push((address, contents)),
            Happening::Packet(_) => *received += 1,
        });
        self.wanted.insert(address, wanted);
    }
}
