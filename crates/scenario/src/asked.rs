//! In tests: which keys the reader asked tables for, and for what kind of value. What it asks for is all that a file can say,
//! so the schema is held against it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// What a key's value has to be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Asked {
    Text,
    Boolean,
    Integer,
    Choice(Vec<&'static str>),
    Table,
    Tables,
}

/// The keys of each table by its path, `case.network.up`; names that people chose are `*`. Those that are read by hand
/// have no kind.
pub(super) type Keys = BTreeMap<String, BTreeMap<&'static str, BTreeSet<Asked>>>;

thread_local! {
    static KEYS: RefCell<Keys> = RefCell::default();
}

/// Notes that a table was asked for a key.
pub(super) fn note(path: &str, key: &'static str, kind: Option<Asked>) {
    let path = match path.strip_prefix("profiles.") {
        Some(named) => named.split_once('.').map_or("profiles.*".to_owned(), |(_, rest)| format!("profiles.*.{rest}")),
        None => path.to_owned(),
    };
    KEYS.with_borrow_mut(|keys| keys.entry(path).or_default().entry(key).or_default().extend(kind));
}

/// What was asked for in this thread.
pub(super) fn keys() -> Keys {
    KEYS.with_borrow(Clone::clone)
}
