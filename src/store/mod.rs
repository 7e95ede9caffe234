//! Runs in a store of objects: a server that takes `PUT` and answers `GET`, or a bucket of S3. Shards of a run need no
//! shared volume then, and what a machine has measured outlives the machine.
//!
//! ```text
//! <address>/plan.json, results.json, events.jsonl, …      as in the run's directory
//! <address>/files.json                                    what there is beside them, and how the run ended
//! <address>/cases/<case>/result.json, samples.jsonl, …
//! <address>/cases/<case>/files.json                       written last: with it the case is complete
//! ```
//!
//! A store lists nothing, so the lists are files of their own. Each names the digest of every file in it. A file that
//! does not match is one that a machine was about to replace when it went away.

mod address;
mod client;
mod credentials;
mod download;
mod error;
mod key_services;
mod list;
mod upload;

pub use address::StoreAddress;
pub use client::StoreClient;
pub use download::{Download, DownloadScope, StoredRun};
pub use error::StoreError;
pub use upload::{StoreConsumer, StoreUpload};
