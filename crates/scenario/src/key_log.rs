//! Records, in tests, the keys that the decoder reads and the kinds of values that it expects. These are all keys that
//! a file can have, so the schema is compared with them.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// The kind of value that a key must have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum KeyKind {
    Text,
    Boolean,
    Integer,
    Choice(Vec<&'static str>),
    Table,
    Tables,
}

/// The keys of each table by the path of the table, such as `case.network.up`. A name that the user chooses is `*`. A
/// key that the decoder reads by hand has no kind.
pub(super) type KeyLog = BTreeMap<String, BTreeMap<&'static str, BTreeSet<KeyKind>>>;

thread_local! {
    static LOG: RefCell<KeyLog> = RefCell::default();
}

/// Records that the decoder read a key.
pub(super) fn record(path: &str, key: &'static str, kind: Option<KeyKind>) {
    let path = match path.strip_prefix("profiles.") {
        Some(named) => named.split_once('.').map_or("profiles.*".to_owned(), |(_, rest)| format!("profiles.*.{rest}")),
        None => path.to_owned(),
    };
    LOG.with_borrow_mut(|keys| keys.entry(path).or_default().entry(key).or_default().extend(kind));
}

/// Returns the keys that were read in this thread.
pub(super) fn keys() -> KeyLog {
    LOG.with_borrow(Clone::clone)
}
