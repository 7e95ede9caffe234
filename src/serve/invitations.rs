//! Invitations to test a line and to send the report: each has a code, a name, and an end.

use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use super::code::{code, is_code};
use precall_support::files::Directory;

/// The directory of the invitations, in that of the reports.
const INVITATIONS: &str = "invitations";

/// The most invitations that are kept.
const MAX_INVITATIONS: usize = 1000;

/// The most reports that are sent with one invitation.
const MAX_REPORTS: usize = 20;

/// The most bytes of the file of an invitation.
const MAX_FILE_BYTES: u64 = 16 * 1024;

/// The longest name of an invitation, in characters.
const MAX_NAME_CHARS: usize = 80;

/// The most days for which an invitation holds.
pub(super) const MAX_DAYS: u16 = 90;

/// An invitation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Invitation {
    /// Whom or what it is for, such as a name or a ticket.
    pub name: String,
    /// When it ends.
    pub ends: Timestamp,
    /// The codes of the reports that were sent with it.
    #[serde(default)]
    pub reports: Vec<String>,
}

/// Why an invitation is not made or not accepted.
#[derive(Debug, thiserror::Error)]
pub(super) enum InvitationError {
    #[error("there are {MAX_INVITATIONS} invitations already; remove files of the directory `{INVITATIONS}`")]
    Full,
    #[error("there is no such invitation")]
    Unknown,
    #[error("the invitation is over")]
    Over,
    #[error("an invitation holds for 1 to {MAX_DAYS} days")]
    Days,
    #[error("the invitations cannot be read or written: {0}")]
    Disk(#[from] io::Error),
}

/// The invitations in the directory of the reports.
#[derive(Debug)]
pub(super) struct Invitations {
    reports: PathBuf,
    /// Two reports may come at once with one invitation.
    writing: Mutex<()>,
}

impl Invitations {
    pub fn new(reports: PathBuf) -> Self {
        Self { reports, writing: Mutex::default() }
    }

    /// Makes an invitation, and returns its code.
    pub fn invite(&self, name: &str, days: u16) -> Result<String, InvitationError> {
        if !(1..=MAX_DAYS).contains(&days) {
            return Err(InvitationError::Days);
        }
        let ends = Timestamp::now().checked_add((i64::from(days) * 24).hours()).map_err(io::Error::other)?;
        let name: String = name.trim().chars().filter(|c| !c.is_control()).take(MAX_NAME_CHARS).collect();
        std::fs::create_dir_all(&self.reports)?;
        let directory = Directory::open(&self.reports)?.create_directory(INVITATIONS)?;
        if std::fs::read_dir(directory.path())?.count() >= MAX_INVITATIONS {
            return Err(InvitationError::Full);
        }
        let code = code();
        write(&directory, &code, &Invitation { name, ends, reports: Vec::new() })?;
        Ok(code)
    }

    /// Returns every invitation with its code, the one that ends last first. A file that is none is left out.
    pub fn all(&self) -> Vec<(String, Invitation)> {
        let Ok(directory) = self.directory() else { return Vec::new() };
        let entries = std::fs::read_dir(directory.path()).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let codes = names.filter_map(|name| Some(name.strip_suffix(".json")?.to_owned()));
        let mut all: Vec<_> = codes.filter_map(|code| Some((code.clone(), read(&directory, &code).ok()?))).collect();
        all.sort_by_key(|(_, invitation)| std::cmp::Reverse(invitation.ends));
        all
    }

    /// Notes that a report comes with an invitation.
    ///
    /// # Errors
    ///
    /// When there is no such invitation, or it is over: no report is to be kept.
    pub fn accept(&self, code: &str, report: &str) -> Result<(), InvitationError> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let directory = self.directory().map_err(|_| InvitationError::Unknown)?;
        let mut invitation = read(&directory, code)?;
        if invitation.ends < Timestamp::now() || invitation.reports.len() >= MAX_REPORTS {
            return Err(InvitationError::Over);
        }
        invitation.reports.push(report.to_owned());
        Ok(write(&directory, code, &invitation)?)
    }

    fn directory(&self) -> io::Result<Directory> {
        Directory::open(&self.reports)?.directory(INVITATIONS)
    }
}

fn read(directory: &Directory, code: &str) -> Result<Invitation, InvitationError> {
    if !is_code(code) {
        return Err(InvitationError::Unknown);
    }
    let bytes = directory.read(format!("{code}.json"), MAX_FILE_BYTES).map_err(|_| InvitationError::Unknown)?;
    serde_json::from_slice(&bytes).map_err(|_| InvitationError::Unknown)
}

fn write(directory: &Directory, code: &str, invitation: &Invitation) -> io::Result<()> {
    directory.replace(format!("{code}.json"), serde_json::to_string_pretty(invitation)?.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invitation_takes_reports_until_it_ends() {
        let base = tempfile::tempdir().expect("a directory");
        let invitations = Invitations::new(base.path().join("reports"));
        assert!(invitations.all().is_empty());
        assert!(matches!(invitations.invite("", 0), Err(InvitationError::Days)));
        let code = invitations.invite(" Ticket 4711\n ", 7).expect("invited");
        invitations.accept(&code, "AAAA-AAAA").expect("accepted");
        let [(known, invitation)] = &invitations.all()[..] else { panic!("one invitation") };
        assert_eq!((known, invitation.name.as_str()), (&code, "Ticket 4711"));
        assert_eq!(invitation.reports, ["AAAA-AAAA"]);
        let over = Invitation { ends: Timestamp::UNIX_EPOCH, ..invitation.clone() };
        write(&invitations.directory().expect("a directory"), &code, &over).expect("written");
        assert!(matches!(invitations.accept(&code, "B"), Err(InvitationError::Over)));
        for unknown in ["0000-0000", "../../x", ""] {
            assert!(matches!(invitations.accept(unknown, "B"), Err(InvitationError::Unknown)), "{unknown}");
        }
    }

    #[test]
    fn invitation_takes_a_bounded_number_of_reports() {
        let base = tempfile::tempdir().expect("a directory");
        let invitations = Invitations::new(base.path().to_owned());
        let code = invitations.invite("x", 1).expect("invited");
        for _ in 0..MAX_REPORTS {
            invitations.accept(&code, "AAAA-AAAA").expect("accepted");
        }
        assert!(matches!(invitations.accept(&code, "AAAA-AAAA"), Err(InvitationError::Over)));
    }
}
