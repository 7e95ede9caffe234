use std::time::Duration;

use turn_types::attribute::{ChannelNumber, Data, Lifetime, RequestedTransport, XorPeerAddress, XorRelayedAddress};
use turn_types::message::{ALLOCATE, CHANNEL_BIND, CREATE_PERMISSION, DATA, REFRESH, SEND};
use turn_types::stun::attribute::{Attribute, AttributeWrite, Nonce, RawAttribute, Realm, Username, XorMappedAddress};
use turn_types::stun::message::{
    BINDING, IntegrityAlgorithm, IntegrityKey, LongTermKeyCredentials, MessageType, MessageWrite, MessageWriteExt,
    MessageWriteVec, Method, TransactionId,
};

use turn_types::AddressFamily;

use super::*;
use crate::credentials::Secret;

const BEGAN_SECONDS: u64 = 1_000_000;

fn address(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

/// A relay, the time there, and what it said last.
struct World {
    server: RelayServer,
    secret: RelaySecret,
    now: Now,
    next_transaction: u128,
    outputs: Vec<RelayOutput>,
}

/// A client, and what it has been told.
struct Client {
    id: RelayClient,
    username: String,
    password: String,
    nonce: Option<String>,
}

impl World {
    fn new() -> Self {
        let secret = RelaySecret::new(Secret::new("shared"));
        let now = Now { instant: Instant::now(), unix_ms: BEGAN_SECONDS * 1000 };
        let config = RelayConfig { listen: address(3478), secret: secret.clone(), peers: Vec::new() };
        let server = RelayServer::new(config, now.instant);
        Self { server, secret, now, next_transaction: 1, outputs: Vec::new() }
    }

    fn client(&self, id: RelayClient) -> Client {
        let credentials = self.secret.credentials("test", BEGAN_SECONDS, Duration::from_secs(3600));
        Client { id, username: credentials.username, password: credentials.password.expose().to_owned(), nonce: None }
    }

    fn udp_client(&self, port: u16) -> Client {
        self.client(RelayClient::Udp(address(port)))
    }

    fn pass(&mut self, seconds: u64) {
        self.now.instant += Duration::from_secs(seconds);
        self.now.unix_ms += seconds * 1000;
        self.server.handle_timeout(self.now.instant);
        self.collect();
    }

    /// Takes what the relay wants; sockets are opened at once, on the port 10000 and the allocation's number.
    fn collect(&mut self) {
        while let Some(output) = self.server.poll_output() {
            if let RelayOutput::Open(id) = output {
                let port = 10_000 + u16::try_from(id.0).expect("few");
                self.server.handle_opened(self.now, id, Some(address(port)));
            }
            self.outputs.push(output);
        }
    }

    fn send(&mut self, client: &Client, contents: &[u8]) {
        match client.id {
            RelayClient::Udp(from) => self.server.handle_datagram(self.now, from, contents),
            RelayClient::Tcp(connection, _) => self.server.handle_stream(self.now, connection, contents),
        }
        self.collect();
    }

    fn peer_sends(&mut self, allocation: u64, peer: SocketAddr, contents: &[u8]) {
        self.server.handle_peer(self.now, AllocationId(allocation), peer, contents);
        self.collect();
    }

    fn transaction(&mut self) -> TransactionId {
        self.next_transaction += 1;
        self.next_transaction.into()
    }

    /// One request and the relay's answer: the error's code, or the whole answer.
    fn ask(&mut self, client: &Client, method: Method, attributes: &[&dyn AttributeWrite]) -> Result<Vec<u8>, u16> {
        let transaction = self.transaction();
        self.ask_as(client, method, transaction, attributes)
    }

    fn ask_as(
        &mut self,
        client: &Client,
        method: Method,
        transaction: TransactionId,
        attributes: &[&dyn AttributeWrite],
    ) -> Result<Vec<u8>, u16> {
        let request = client.request(method, transaction, attributes);
        self.outputs.clear();
        self.send(client, &request);
        let answers: Vec<_> = self.to_client(client);
        let [answer] = answers.as_slice() else { panic!("{} answers", answers.len()) };
        let message = Message::from_bytes(answer).expect("a message");
        assert_eq!((message.method(), message.transaction_id()), (method, transaction));
        match message.attribute::<ErrorCode>() {
            Ok(error) => Err(error.code()),
            Err(_) => {
                assert!(message.validate_integrity_with_key(&client.key()).is_ok(), "the answer is not signed");
                Ok(answer.clone())
            }
        }
    }

    /// What was said to a client since the last question.
    fn to_client(&self, to: &Client) -> Vec<Vec<u8>> {
        let said = |output: &RelayOutput| match output {
            RelayOutput::ToClient { client, contents } if *client == to.id => Some(contents.clone()),
            _ => None,
        };
        self.outputs.iter().filter_map(said).collect()
    }

    /// Logs in, and gets an address.
    fn allocate(&mut self, client: &mut Client) -> Result<SocketAddr, u16> {
        assert_eq!(self.ask(client, ALLOCATE, &[]), Err(401));
        self.take_nonce(client);
        let answer = self.ask(client, ALLOCATE, &[&udp()])?;
        let message = Message::from_bytes(&answer).expect("a message");
        Ok(message.attribute::<XorRelayedAddress>().expect("an address").addr(message.transaction_id()))
    }

    fn take_nonce(&self, client: &mut Client) {
        let answer = self.to_client(client).remove(0);
        let message = Message::from_bytes(&answer).expect("a message");
        assert_eq!(message.attribute::<Realm>().expect("a realm").realm(), "precall");
        client.nonce = Some(message.attribute::<Nonce>().expect("a nonce").nonce().to_owned());
    }

    fn permit(&mut self, client: &Client, peer: SocketAddr) -> Result<(), u16> {
        let transaction = self.transaction();
        let peer = XorPeerAddress::new(peer, transaction);
        self.ask_as(client, CREATE_PERMISSION, transaction, &[&peer]).map(drop)
    }

    fn bind(&mut self, client: &Client, number: u16, peer: SocketAddr) -> Result<(), u16> {
        let transaction = self.transaction();
        let peer = XorPeerAddress::new(peer, transaction);
        self.ask_as(client, CHANNEL_BIND, transaction, &[&ChannelNumber::new(number), &peer]).map(drop)
    }

    /// Sends by an indication, and gives what went to peers.
    fn indicate(&mut self, client: &Client, peer: SocketAddr, contents: &[u8]) -> Vec<(SocketAddr, Vec<u8>)> {
        let transaction = self.transaction();
        let kind = MessageType::from_class_method(MessageClass::Indication, SEND);
        let mut indication = Message::builder(kind, transaction, MessageWriteVec::new());
        indication.add_attribute(&XorPeerAddress::new(peer, transaction)).expect("added");
        indication.add_attribute(&Data::new(contents)).expect("added");
        self.outputs.clear();
        self.send(client, &indication.finish());
        self.to_peers()
    }

    fn to_peers(&self) -> Vec<(SocketAddr, Vec<u8>)> {
        let said = |output: &RelayOutput| match output {
            RelayOutput::ToPeer { peer, contents, .. } => Some((*peer, contents.clone())),
            _ => None,
        };
        self.outputs.iter().filter_map(said).collect()
    }
}

impl Client {
    fn key(&self) -> IntegrityKey {
        LongTermKeyCredentials::new(self.username.clone(), self.password.clone(), "precall".to_owned())
            .make_key(IntegrityAlgorithm::Sha1)
    }

    fn request(&self, method: Method, transaction: TransactionId, attributes: &[&dyn AttributeWrite]) -> Vec<u8> {
        let kind = MessageType::from_class_method(MessageClass::Request, method);
        let mut request = Message::builder(kind, transaction, MessageWriteVec::new());
        for attribute in attributes {
            request.add_attribute(*attribute).expect("added");
        }
        if let Some(nonce) = &self.nonce {
            request.add_attribute(&Username::new(&self.username).expect("a name")).expect("added");
            request.add_attribute(&Realm::new("precall").expect("a realm")).expect("added");
            request.add_attribute(&Nonce::new(nonce).expect("a nonce")).expect("added");
            request.add_message_integrity_with_key(&self.key(), IntegrityAlgorithm::Sha1).expect("added");
        }
        request.add_fingerprint().expect("added");
        request.finish()
    }
}

fn udp() -> RequestedTransport {
    RequestedTransport::new(RequestedTransport::UDP)
}

fn lifetime(answer: &[u8]) -> u32 {
    Message::from_bytes(answer).and_then(|message| message.attribute::<Lifetime>()).expect("a lifetime").seconds()
}

#[test]
fn a_client_is_told_its_own_address() {
    let mut world = World::new();
    let client = world.udp_client(5000);
    let request = client.request(BINDING, 7.into(), &[]);
    world.send(&client, &request);
    let answer = world.to_client(&client).remove(0);
    let message = Message::from_bytes(&answer).expect("a message");
    assert_eq!(message.attribute::<XorMappedAddress>().expect("an address").addr(7.into()), address(5000));
}

#[test]
fn data_passes_both_ways_once_a_peer_is_permitted() {
    let mut world = World::new();
    let mut client = world.udp_client(5000);
    assert_eq!(world.allocate(&mut client), Ok(address(10_001)));
    let peer = address(9000);
    assert_eq!(world.indicate(&client, peer, b"early"), []);
    world.outputs.clear();
    world.peer_sends(1, peer, b"early");
    assert_eq!(world.outputs, []);

    assert_eq!(world.permit(&client, peer), Ok(()));
    assert_eq!(world.indicate(&client, peer, b"up"), [(peer, b"up".to_vec())]);
    world.outputs.clear();
    world.peer_sends(1, peer, b"down");
    let indication = world.to_client(&client).remove(0);
    let message = Message::from_bytes(&indication).expect("a message");
    assert!(message.has_method(DATA) && message.has_class(MessageClass::Indication));
    assert_eq!(message.attribute::<Data>().expect("data").data(), b"down");
    assert_eq!(message.attribute::<XorPeerAddress>().expect("a peer").addr(message.transaction_id()), peer);

    assert_eq!(world.bind(&client, 0x4000, peer), Ok(()));
    world.outputs.clear();
    world.peer_sends(1, peer, b"down!");
    assert_eq!(world.to_client(&client), [b"\x40\0\0\x05down!".to_vec()]);
    world.outputs.clear();
    world.send(&client, b"\x40\0\0\x03up!\0");
    assert_eq!(world.to_peers(), [(peer, b"up!".to_vec())]);
    // A channel that is not bound, and a length that is not true.
    world.outputs.clear();
    world.send(&client, b"\x40\x01\0\x03up!");
    world.send(&client, b"\x40\0\0\x04up!");
    assert_eq!(world.outputs, []);
}

#[test]
fn a_stream_carries_the_same_with_padding() {
    let mut world = World::new();
    let id = ConnectionId(4);
    let mut client = world.client(RelayClient::Tcp(id, address(5000)));
    world.server.handle_connected(world.now, id, address(5000));
    assert_eq!(world.allocate(&mut client), Ok(address(10_001)));
    let peer = address(9000);
    assert_eq!(world.bind(&client, 0x4000, peer), Ok(()));
    world.outputs.clear();
    world.peer_sends(1, peer, b"down!");
    assert_eq!(world.to_client(&client), [b"\x40\0\0\x05down!\0\0\0".to_vec()]);
    world.outputs.clear();
    for part in [&b"\x40\0\0\x03u"[..], b"p!\0\x40\0", b"\0\x01.\0\0\0"] {
        world.send(&client, part);
    }
    assert_eq!(world.to_peers(), [(peer, b"up!".to_vec()), (peer, b".".to_vec())]);
    world.outputs.clear();
    world.send(&client, b"GET / HTTP/1.1");
    assert_eq!(world.outputs, [RelayOutput::Close(AllocationId(1)), RelayOutput::Disconnect(id)]);
}

#[test]
fn wrong_credentials_are_refused() {
    let mut world = World::new();
    let mut wrong_password = world.udp_client(5000);
    wrong_password.password = "wrong".to_owned();
    assert_eq!(world.allocate(&mut wrong_password), Err(401));
    let mut unknown = world.udp_client(5001);
    unknown.username = "somebody".to_owned();
    assert_eq!(world.allocate(&mut unknown), Err(401));
    let mut other_expiry = world.udp_client(5002);
    other_expiry.username = format!("9{}", other_expiry.username);
    assert_eq!(world.allocate(&mut other_expiry), Err(401));
    let mut expired = world.udp_client(5003);
    world.pass(3600);
    assert_eq!(world.allocate(&mut expired), Err(401));
    let mut borrowed_nonce = world.udp_client(5004);
    borrowed_nonce.nonce.clone_from(&expired.nonce);
    assert_eq!(world.ask(&borrowed_nonce, ALLOCATE, &[&udp()]), Err(438));
    assert!(world.server.allocations.is_empty());
}

#[test]
fn an_allocation_outlives_its_user_name_and_is_its_users_alone() {
    let mut world = World::new();
    let mut client = world.udp_client(5000);
    world.allocate(&mut client).expect("an address");
    for _ in 0..6 {
        world.pass(599);
        assert_eq!(world.ask(&client, REFRESH, &[]).map(|answer| lifetime(&answer)), Ok(600));
    }
    world.pass(10);
    // The nonce is an hour old.
    assert_eq!(world.ask(&client, REFRESH, &[]), Err(438));
    world.take_nonce(&mut client);
    assert!(world.ask(&client, REFRESH, &[]).is_ok());
    let other = world.secret.credentials("other", BEGAN_SECONDS + 9000, Duration::from_secs(60));
    let nonce = client.nonce.clone();
    let thief = Client { id: client.id, username: other.username, password: other.password.expose().to_owned(), nonce };
    assert_eq!(world.ask(&thief, REFRESH, &[&Lifetime::new(0)]), Err(441));
}

#[test]
fn allocations_end_when_they_are_not_refreshed() {
    let mut world = World::new();
    let mut client = world.udp_client(5000);
    world.allocate(&mut client).expect("an address");
    let end = world.server.poll_timeout().expect("a time");
    assert_eq!(end, world.now.instant + Duration::from_secs(600));
    world.outputs.clear();
    world.pass(599);
    assert_eq!(world.outputs, []);
    world.pass(1);
    assert_eq!(world.outputs, [RelayOutput::Close(AllocationId(1))]);
    assert_eq!(world.server.poll_timeout(), None);
    assert_eq!(world.permit(&client, address(9000)), Err(437));
}

#[test]
fn a_client_gets_the_time_it_asks_for_within_limits() {
    let mut world = World::new();
    let mut client = world.udp_client(5000);
    world.allocate(&mut client).expect("an address");
    for (asked, given) in [(1, 600), (600, 600), (1000, 1000), (u32::MAX, 3600), (0, 0)] {
        let answer = world.ask(&client, REFRESH, &[&Lifetime::new(asked)]).expect("an answer");
        assert_eq!(lifetime(&answer), given, "{asked}");
    }
    assert_eq!(world.outputs[0], RelayOutput::Close(AllocationId(1)));
    assert_eq!(world.ask(&client, REFRESH, &[]), Err(437));
}

#[test]
fn a_request_that_is_repeated_gets_its_answer_again() {
    let mut world = World::new();
    let mut client = world.udp_client(5000);
    assert_eq!(world.ask(&client, ALLOCATE, &[]), Err(401));
    world.take_nonce(&mut client);
    let first = world.ask_as(&client, ALLOCATE, 77.into(), &[&udp()]).expect("an address");
    assert_eq!(world.ask_as(&client, ALLOCATE, 77.into(), &[&udp()]), Ok(first));
    assert_eq!(world.ask(&client, ALLOCATE, &[&udp()]), Err(437));
}

#[test]
fn what_is_not_offered_is_refused_by_its_code() {
    let mut world = World::new();
    let mut client = world.udp_client(5000);
    assert_eq!(world.ask(&client, ALLOCATE, &[]), Err(401));
    world.take_nonce(&mut client);
    assert_eq!(world.ask(&client, ALLOCATE, &[]), Err(400));
    assert_eq!(world.ask(&client, ALLOCATE, &[&RequestedTransport::new(RequestedTransport::TCP)]), Err(442));
    assert_eq!(world.ask(&client, ALLOCATE, &[&udp(), &turn_types::attribute::DontFragment::new()]), Err(420));
    assert_eq!(world.ask(&client, ALLOCATE, &[&udp(), &turn_types::attribute::EvenPort::new(true)]), Err(508));
    let family = turn_types::attribute::RequestedAddressFamily::new(AddressFamily::IPV6);
    assert_eq!(world.ask(&client, ALLOCATE, &[&udp(), &family]), Err(440));
    assert_eq!(world.ask(&client, DATA, &[]), Err(400));
    assert_eq!(world.ask(&client, REFRESH, &[]), Err(437));
}

#[test]
fn peers_elsewhere_are_forbidden() {
    let mut world = World::new();
    let mut client = world.udp_client(5000);
    world.allocate(&mut client).expect("an address");
    let elsewhere = SocketAddr::from(([192, 0, 2, 1], 53));
    assert_eq!(world.permit(&client, elsewhere), Err(403));
    assert_eq!(world.bind(&client, 0x4000, elsewhere), Err(403));
    assert_eq!(world.bind(&client, 0x4000, address(3478)), Err(403));
    assert_eq!(world.permit(&client, "[::1]:9".parse().expect("an address")), Err(443));
    assert_eq!(world.bind(&client, 0x5000, address(9000)), Err(400));
    assert_eq!(world.permit(&client, address(3478)), Ok(()));
    assert_eq!(world.indicate(&client, address(3478), b"round and round"), []);
}

#[test]
fn allocations_and_connections_are_bounded() {
    let mut world = World::new();
    for port in 0..MAX_ALLOCATIONS {
        let mut client = world.udp_client(5000 + u16::try_from(port).expect("few"));
        world.allocate(&mut client).expect("an address");
    }
    let mut one_more = world.udp_client(4000);
    assert_eq!(world.allocate(&mut one_more), Err(508));
    world.outputs.clear();
    for number in 0..=MAX_CONNECTIONS as u64 {
        world.server.handle_connected(world.now, ConnectionId(number), address(5000));
    }
    world.collect();
    assert_eq!(world.outputs, [RelayOutput::Disconnect(ConnectionId(MAX_CONNECTIONS as u64))]);
    // They do not stay for nothing.
    world.pass(30);
    assert_eq!(world.outputs.len(), 1 + MAX_CONNECTIONS);
}

#[test]
fn a_socket_that_cannot_be_had_is_said() {
    let mut world = World::new();
    let mut client = world.udp_client(5000);
    assert_eq!(world.ask(&client, ALLOCATE, &[]), Err(401));
    world.take_nonce(&mut client);
    let RelayClient::Udp(from) = client.id else { panic!("UDP") };
    world.server.handle_datagram(world.now, from, &client.request(ALLOCATE, 9.into(), &[&udp()]));
    assert_eq!(world.server.poll_output(), Some(RelayOutput::Open(AllocationId(1))));
    // Asked again meanwhile.
    world.server.handle_datagram(world.now, from, &client.request(ALLOCATE, 9.into(), &[&udp()]));
    assert_eq!(world.server.poll_output(), None);
    world.outputs.clear();
    world.server.handle_opened(world.now, AllocationId(1), None);
    world.collect();
    let answer = world.to_client(&client).remove(0);
    let error = Message::from_bytes(&answer).and_then(|message| message.attribute::<ErrorCode>()).expect("an error");
    assert_eq!(error.code(), 508);
    assert!(world.server.allocations.is_empty());
}

#[test]
fn faults_refuse_silence_and_block() {
    let mut world = World::new();
    let mut client = world.udp_client(5000);
    world.allocate(&mut client).expect("an address");
    let peer = address(9000);
    world.bind(&client, 0x4000, peer).expect("a channel");

    world.server.handle_request(RelayRequest::Fault(Action::Status(486)));
    let mut late = world.udp_client(5001);
    assert_eq!(world.allocate(&mut late), Err(486));
    assert_eq!(world.indicate(&client, peer, b"still").len(), 1);

    world.server.handle_request(RelayRequest::Fault(Action::Block));
    assert!(world.ask(&client, REFRESH, &[]).is_ok());
    assert_eq!(world.indicate(&client, peer, b"x"), []);
    world.outputs.clear();
    world.send(&client, b"\x40\0\0\x01x");
    world.peer_sends(1, peer, b"x");
    assert_eq!(world.outputs, []);

    world.server.handle_request(RelayRequest::Fault(Action::Hang));
    world.send(&client, &client.request(BINDING, 7.into(), &[]));
    world.peer_sends(1, peer, b"x");
    assert_eq!(world.outputs, []);
}

/// Requests of every kind, which random changes are made to.
fn valid_messages() -> Vec<Vec<u8>> {
    let mut world = World::new();
    let mut client = world.udp_client(5000);
    world.allocate(&mut client).expect("an address");
    let peer = XorPeerAddress::new(address(9000), 9.into());
    let mut messages = vec![b"\x40\0\0\x04data".to_vec()];
    for (method, attributes) in [
        (BINDING, &[][..]),
        (ALLOCATE, &[&udp() as &dyn AttributeWrite]),
        (REFRESH, &[&Lifetime::new(1)]),
        (CREATE_PERMISSION, &[&peer, &peer]),
        (CHANNEL_BIND, &[&ChannelNumber::new(0x4000), &peer]),
        (SEND, &[&peer, &Data::new(b"data")]),
    ] {
        messages.push(client.request(method, 9.into(), attributes));
    }
    messages
}

proptest::proptest! {
    /// Of users who know their password: what is behind the login is reached.
    #[test]
    fn no_attributes_panic(
        method in 1u16..10,
        attributes in proptest::collection::vec((0usize..18, proptest::collection::vec(0u8.., 0..24)), 0..8),
    ) {
        let mut world = World::new();
        let mut client = world.udp_client(5000);
        world.allocate(&mut client).expect("an address");
        let mut other = world.udp_client(5001);
        assert_eq!(world.ask(&other, ALLOCATE, &[]), Err(401));
        world.take_nonce(&mut other);
        let kinds = [0x0c, 0x0d, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x20, 0x22, 0x24, 0x2a, 0x8000, 0x8022, 1];
        let mut raw: Vec<_> = attributes.iter().map(|(kind, value)| RawAttribute::new(kinds[*kind].into(), value)).collect();
        // None of its own twice: a writer takes none that it has.
        raw.sort_by_key(|attribute| attribute.get_type());
        raw.dedup_by_key(|attribute| attribute.get_type());
        let attributes: Vec<_> = raw.iter().map(|attribute| attribute as &dyn AttributeWrite).collect();
        for client in [&client, &other] {
            let transaction = world.transaction();
            let request = client.request(Method::new(method), transaction, &attributes);
            world.send(client, &request);
            let mut indication = request;
            indication[1] |= 0x10;
            world.send(client, &indication);
        }
        world.pass(10_000);
        assert!(world.server.allocations.is_empty());
    }

    #[test]
    fn no_bytes_panic(contents in proptest::collection::vec(0u8.., 0..200)) {
        let mut world = World::new();
        let mut client = world.udp_client(5000);
        world.allocate(&mut client).expect("an address");
        world.send(&client, &contents);
        let stun: Vec<u8> = [&contents[..contents.len().min(1)], &[0, 0, 0, 0x21, 0x12, 0xa4, 0x42][..], &contents].concat();
        world.send(&client, &stun);
        let mut with_length = stun;
        if let Some(body) = u16::try_from(with_length.len()).ok().and_then(|length| length.checked_sub(20)) {
            with_length[0] &= 0x3f;
            with_length[2..4].copy_from_slice(&body.to_be_bytes());
            world.send(&client, &with_length);
        }
    }

    #[test]
    fn no_change_to_a_message_panics(
        which in 0usize..7,
        changes in proptest::collection::vec((0usize..200, 0u8..), 0..6),
        cut in 0usize..200,
        is_tcp: bool,
    ) {
        let mut contents = valid_messages().swap_remove(which);
        for (at, value) in changes {
            let length = contents.len();
            contents[at % length] = value;
        }
        if cut < contents.len() / 4 {
            contents.truncate(contents.len() - cut);
        }
        let mut world = World::new();
        let id = RelayClient::Tcp(ConnectionId(1), address(5000));
        let mut client = if is_tcp { world.client(id) } else { world.udp_client(5000) };
        world.server.handle_connected(world.now, ConnectionId(1), address(5000));
        world.allocate(&mut client).expect("an address");
        world.send(&client, &contents);
    }
}
