//! The page of the reports that people sent of their own lines.

use serde::Serialize;

use super::templates::render;
use crate::ReportError;

/// A report that a person sent.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LineReportRow {
    /// The code of the report.
    pub code: String,
    /// When the test ended, in RFC 3339. Absent when the report does not tell.
    pub at: Option<String>,
    /// `pass`, `warn` or `fail`.
    pub grade: &'static str,
    /// The name of the invitation that it came with. Absent without one.
    pub invitation: Option<String>,
}

/// An invitation to send a report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InvitationRow {
    /// The code of the invitation.
    pub code: String,
    /// Whom or what it is for.
    pub name: String,
    /// When it ends, in RFC 3339.
    pub ends: String,
    /// Whether it has ended.
    pub is_over: bool,
    /// The number of reports that came with it.
    pub reports: usize,
}

#[derive(Debug, Serialize)]
struct LineReportsView<'a> {
    reports: &'a [LineReportRow],
    invitations: &'a [InvitationRow],
}

/// Returns the page of reports and invitations, with a form that makes an invitation.
///
/// # Errors
///
/// If the template is broken.
pub fn line_reports_html(reports: &[LineReportRow], invitations: &[InvitationRow]) -> Result<String, ReportError> {
    render("line-reports.html", &LineReportsView { reports, invitations })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_and_invitations_are_listed() {
        let report = LineReportRow {
            code: "7K2M-Q9TX".to_owned(),
            at: Some("2026-11-29T12:00:00Z".to_owned()),
            grade: "warn",
            invitation: Some("<b>Anna".to_owned()),
        };
        let invitation = InvitationRow {
            code: "ABCD-EFGH".to_owned(),
            name: "<b>Anna".to_owned(),
            ends: "2026-12-06T12:00:00Z".to_owned(),
            is_over: false,
            reports: 1,
        };
        let page = line_reports_html(&[report], &[invitation]).expect("a page");
        for part in ["/reports/7K2M-Q9TX/scenario", "/precall/?invitation=ABCD-EFGH", "&lt;b&gt;Anna"] {
            assert!(page.contains(part), "{part} in {page}");
        }
        assert!(line_reports_html(&[], &[]).expect("a page").contains("No report has come"));
    }
}
