//! The subscriptions of a session's clients to its streams.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::limits::{MAX_CONNECTION_SUBSCRIBERS, MAX_SUBSCRIBERS};

/// The subscription of a client to a stream.
pub(super) struct Subscription {
    /// The id of the connection that subscribes.
    pub connection: String,
    /// The id of the stream.
    pub stream: String,
    /// The tags of the client's last offer, by which it recognises the answer.
    pub offer_tags: Map<String, Value>,
    /// Whether the client was sent an offer.
    has_offer: bool,
}

/// The subscriptions of a session by the subscriber's id.
#[derive(Default)]
pub(super) struct Subscriptions(BTreeMap<String, Subscription>);

impl Subscriptions {
    /// Returns the subscription with this id.
    pub(super) fn find(&self, id: &str) -> Option<&Subscription> {
        self.0.get(id)
    }

    /// Adds a subscription. Returns false if the id is taken, or if there are too many subscriptions.
    pub(super) fn insert(&mut self, id: String, connection: &str, stream: &str) -> bool {
        let own = self.0.values().filter(|subscription| subscription.connection == connection).count();
        if own >= MAX_CONNECTION_SUBSCRIBERS || self.0.len() >= MAX_SUBSCRIBERS || self.0.contains_key(&id) {
            return false;
        }
        let (connection, stream) = (connection.to_owned(), stream.to_owned());
        self.0.insert(id, Subscription { connection, stream, offer_tags: Map::new(), has_offer: false });
        true
    }

    /// Notes that the client is sent an offer. Returns the subscription at the first one.
    pub(super) fn first_offer(&mut self, id: &str) -> Option<&Subscription> {
        let subscription = self.0.get_mut(id).filter(|subscription| !subscription.has_offer)?;
        subscription.has_offer = true;
        Some(subscription)
    }

    /// Removes a subscription. Returns whether there was one.
    pub(super) fn remove(&mut self, id: &str) -> bool {
        self.0.remove(id).is_some()
    }

    /// Replaces the tags of a subscriber's offer.
    pub(super) fn set_offer_tags(&mut self, id: &str, tags: Map<String, Value>) {
        if let Some(subscription) = self.0.get_mut(id) {
            subscription.offer_tags = tags;
        }
    }

    /// Returns the ids of a connection's subscriptions.
    pub(super) fn ids_of_connection(&self, connection: &str) -> Vec<String> {
        self.ids(|subscription| subscription.connection == connection)
    }

    /// Returns the ids of the subscriptions to a stream.
    pub(super) fn ids_of_stream(&self, stream: &str) -> Vec<String> {
        self.ids(|subscription| subscription.stream == stream)
    }

    fn ids(&self, is_wanted: impl Fn(&Subscription) -> bool) -> Vec<String> {
        self.0.iter().filter(|(_, subscription)| is_wanted(subscription)).map(|(id, _)| id.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subscriptions_are_found_by_connection_and_by_stream() {
        let mut subscriptions = Subscriptions::default();
        assert!(subscriptions.insert("1".to_owned(), "a", "s") && subscriptions.insert("2".to_owned(), "b", "s"));
        assert!(subscriptions.insert("3".to_owned(), "b", "t") && !subscriptions.insert("3".to_owned(), "c", "u"));
        assert_eq!(subscriptions.ids_of_connection("b"), ["2", "3"]);
        assert_eq!(subscriptions.ids_of_stream("s"), ["1", "2"]);
        assert_eq!(subscriptions.first_offer("2").map(|known| known.stream.as_str()), Some("s"));
        assert!(subscriptions.first_offer("2").is_none() && subscriptions.first_offer("x").is_none());
        assert!(subscriptions.remove("2") && !subscriptions.remove("2"));
        assert_eq!(subscriptions.ids_of_stream("s"), ["1"]);
    }

    #[test]
    fn subscriptions_are_bounded() {
        let mut subscriptions = Subscriptions::default();
        let added = |subscriptions: &mut Subscriptions, connection: &str| {
            let ids = (0..2 * MAX_SUBSCRIBERS).map(|number| format!("{connection}-{number}"));
            ids.filter(|id| subscriptions.insert(id.clone(), connection, "s")).count()
        };
        assert_eq!(added(&mut subscriptions, "a"), MAX_CONNECTION_SUBSCRIBERS);
        let others: usize = ["b", "c", "d", "e"].map(|connection| added(&mut subscriptions, connection)).iter().sum();
        assert_eq!(MAX_CONNECTION_SUBSCRIBERS + others, MAX_SUBSCRIBERS);
    }
}
