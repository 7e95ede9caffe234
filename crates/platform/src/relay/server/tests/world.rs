//! A relay with its time, and clients of it.

use std::time::Duration;

use turn_types::attribute::{ChannelNumber, Data, Lifetime, RequestedTransport, XorPeerAddress, XorRelayedAddress};
use turn_types::message::{ALLOCATE, CHANNEL_BIND, CREATE_PERMISSION, SEND};
use turn_types::stun::attribute::{AttributeWrite, Nonce, Realm, Username};
use turn_types::stun::message::{
    IntegrityAlgorithm, IntegrityKey, LongTermKeyCredentials, MessageType, MessageWrite, MessageWriteExt,
    MessageWriteVec, Method, TransactionId,
};

use super::super::*;
use crate::relay::RelayedPort;
use precall_support::secrets::Secret;

pub(super) const BEGAN_SECONDS: u64 = 1_000_000;

pub(super) fn address(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

/// A relay, the time there, and what it said last.
pub(super) struct World {
    pub server: RelayServer,
    pub secret: RelaySecret,
    pub now: Now,
    next_transaction: u128,
    pub outputs: Vec<RelayOutput>,
}

/// A client, and what it has been told.
pub(super) struct Client {
    pub id: ClientAddr,
    pub username: String,
    pub password: String,
    pub nonce: Option<String>,
}

impl World {
    pub(super) fn new() -> Self {
        Self::on(address(3478))
    }

    pub(super) fn on(listen: SocketAddr) -> Self {
        let secret = RelaySecret::new(Secret::new("shared"));
        let now = Now { instant: Instant::now(), unix_ms: BEGAN_SECONDS * 1000 };
        // Where tests have a peer.
        let routers = vec![SocketAddr::new(listen.ip(), 9000)];
        let config = RelayConfig { listen, secret: secret.clone(), peers: RelayPeers::Platform(routers) };
        let server = RelayServer::new(config, now.instant);
        Self { server, secret, now, next_transaction: 1, outputs: Vec::new() }
    }

    pub(super) fn client(&self, id: ClientAddr) -> Client {
        self.client_of(id, "test")
    }

    pub(super) fn client_of(&self, id: ClientAddr, name: &str) -> Client {
        let credentials = self.secret.credentials(name, BEGAN_SECONDS, Duration::from_secs(3600));
        Client { id, username: credentials.username, password: credentials.password.expose().to_owned(), nonce: None }
    }

    pub(super) fn udp_client(&self, port: u16) -> Client {
        self.client(ClientAddr::Udp(address(port)))
    }

    pub(super) fn pass(&mut self, seconds: u64) {
        self.now.instant += Duration::from_secs(seconds);
        self.now.unix_ms += seconds * 1000;
        self.server.handle_timeout(self.now.instant);
        self.collect();
    }

    /// Takes what the relay wants; sockets are opened at once, on the port 10000 and the allocation's number.
    pub(super) fn collect(&mut self) {
        while let Some(output) = self.server.poll_output() {
            if let RelayOutput::Open { allocation, port } = output {
                let number = |id: AllocationId| u16::try_from(id.0).expect("few");
                let port = match port {
                    RelayedPort::Any => 10_000 + number(allocation),
                    RelayedPort::Even | RelayedPort::EvenAndNext => 20_000 + 2 * number(allocation),
                    RelayedPort::NextTo(other) => 20_001 + 2 * number(other),
                };
                self.server.handle_opened(self.now, allocation, Some(address(port)));
            }
            self.outputs.push(output);
        }
    }

    pub(super) fn send(&mut self, client: &Client, contents: &[u8]) {
        match client.id {
            ClientAddr::Udp(from) => self.server.handle_datagram(self.now, from, contents),
            ClientAddr::Tcp(connection, _) => self.server.handle_stream(self.now, connection, contents),
        }
        self.collect();
    }

    pub(super) fn peer_sends(&mut self, allocation: u64, peer: SocketAddr, contents: &[u8]) {
        self.server.handle_peer(self.now, AllocationId(allocation), peer, contents);
        self.collect();
    }

    pub(super) fn transaction(&mut self) -> TransactionId {
        self.next_transaction += 1;
        self.next_transaction.into()
    }

    /// One request and the relay's answer: the error's code, or the whole answer.
    pub(super) fn ask(
        &mut self,
        client: &Client,
        method: Method,
        attributes: &[&dyn AttributeWrite],
    ) -> Result<Vec<u8>, u16> {
        let transaction = self.transaction();
        self.ask_as(client, method, transaction, attributes)
    }

    pub(super) fn ask_as(
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

    /// Returns the messages to a client since the last call.
    pub(super) fn to_client(&self, to: &Client) -> Vec<Vec<u8>> {
        let said = |output: &RelayOutput| match output {
            RelayOutput::ToClient { client, contents } if *client == to.id => Some(contents.clone()),
            _ => None,
        };
        self.outputs.iter().filter_map(said).collect()
    }

    /// Logs in, and gets an address.
    pub(super) fn allocate(&mut self, client: &mut Client) -> Result<SocketAddr, u16> {
        assert_eq!(self.ask(client, ALLOCATE, &[]), Err(401));
        self.take_nonce(client);
        let answer = self.ask(client, ALLOCATE, &[&udp()])?;
        let message = Message::from_bytes(&answer).expect("a message");
        Ok(message.attribute::<XorRelayedAddress>().expect("an address").addr(message.transaction_id()))
    }

    pub(super) fn take_nonce(&self, client: &mut Client) {
        let answer = self.to_client(client).remove(0);
        let message = Message::from_bytes(&answer).expect("a message");
        assert_eq!(message.attribute::<Realm>().expect("a realm").realm(), "precall");
        client.nonce = Some(message.attribute::<Nonce>().expect("a nonce").nonce().to_owned());
    }

    pub(super) fn permit(&mut self, client: &Client, peer: SocketAddr) -> Result<(), u16> {
        let transaction = self.transaction();
        let peer = XorPeerAddress::new(peer, transaction);
        self.ask_as(client, CREATE_PERMISSION, transaction, &[&peer]).map(drop)
    }

    pub(super) fn bind(&mut self, client: &Client, number: u16, peer: SocketAddr) -> Result<(), u16> {
        let transaction = self.transaction();
        let peer = XorPeerAddress::new(peer, transaction);
        self.ask_as(client, CHANNEL_BIND, transaction, &[&ChannelNumber::new(number), &peer]).map(drop)
    }

    /// Sends by an indication, and gives what went to peers.
    pub(super) fn indicate(
        &mut self,
        client: &Client,
        peer: SocketAddr,
        contents: &[u8],
    ) -> Vec<(SocketAddr, Vec<u8>)> {
        let transaction = self.transaction();
        let kind = MessageType::from_class_method(MessageClass::Indication, SEND);
        let mut indication = Message::builder(kind, transaction, MessageWriteVec::new());
        indication.add_attribute(&XorPeerAddress::new(peer, transaction)).expect("added");
        indication.add_attribute(&Data::new(contents)).expect("added");
        self.outputs.clear();
        self.send(client, &indication.finish());
        self.to_peers()
    }

    pub(super) fn to_peers(&self) -> Vec<(SocketAddr, Vec<u8>)> {
        let said = |output: &RelayOutput| match output {
            RelayOutput::ToPeer { peer, contents, .. } => Some((*peer, contents.clone())),
            _ => None,
        };
        self.outputs.iter().filter_map(said).collect()
    }
}

impl Client {
    pub(super) fn key(&self) -> IntegrityKey {
        LongTermKeyCredentials::new(self.username.clone(), self.password.clone(), "precall".to_owned())
            .make_key(IntegrityAlgorithm::Sha1)
    }

    pub(super) fn request(
        &self,
        method: Method,
        transaction: TransactionId,
        attributes: &[&dyn AttributeWrite],
    ) -> Vec<u8> {
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

pub(super) fn udp() -> RequestedTransport {
    RequestedTransport::new(RequestedTransport::UDP)
}

pub(super) fn lifetime(answer: &[u8]) -> u32 {
    Message::from_bytes(answer).and_then(|message| message.attribute::<Lifetime>()).expect("a lifetime").seconds()
}
