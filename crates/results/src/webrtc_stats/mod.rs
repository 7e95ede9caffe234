//! The browser's statistics as W3C webrtc-stats defines them, as far as precall reads them.
//!
//! A page that is under test writes the reports, so reading is lenient: a member of another type than the standard's
//! counts as absent, and so does an entry of a type that is not read here.

mod dictionaries;
mod entry;
mod lenient;
mod members;
mod report;

pub use dictionaries::{
    CandidatePairStats, CandidateStats, CodecStats, InboundRtpStats, MediaKind, MediaSourceStats, OutboundRtpStats,
};
pub use entry::StatsEntry;
pub use report::StatsReport;
