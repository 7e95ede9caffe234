//! One HTML file without external resources: it can be opened from a CI artifact, sent by mail and read on a phone, and
//! works without JavaScript.
//!
//! Each view module converts a part of a recording to the data of a template in `resources/`. The templates escape
//! every text, and a content security policy allows only the page's own script.

mod advice;
mod advice_charts;
mod calibration;
mod call;
mod call_charts;
mod case;
mod case_charts;
mod charts;
mod classes;
mod comparison;
mod heat;
mod line_reports;
mod live;
mod page;
mod runs;
mod strip;
mod templates;
mod trend;

pub use advice::advice_html;
pub use calibration::calibration_html;
pub use comparison::comparison_html;
pub use line_reports::{InvitationRow, LineReportRow, line_reports_html};
pub use live::live_html;
pub use page::html;
pub use runs::{flaky_html, runs_html, token_html};
pub use trend::{TrendQuery, trend_html};
