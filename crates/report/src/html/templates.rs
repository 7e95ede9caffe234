//! The templates, and the page's own style and script.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use sha2::{Digest, Sha256};
use tera::{Context, Tera};

use crate::ReportError;

const STYLE: &str = include_str!("resources/style.css");
/// The list of cases, and then the charts of each case.
const SCRIPT: &str = concat!(include_str!("resources/script.js"), include_str!("resources/viewer.js"));

/// The page's script, with the digest that the content security policy allows.
#[derive(Debug, Serialize)]
pub(super) struct Script {
    text: &'static str,
    digest: String,
}

impl Default for Script {
    fn default() -> Self {
        Self::of(SCRIPT)
    }
}

impl Script {
    /// Returns a script with its digest.
    pub(super) fn of(text: &'static str) -> Self {
        Self { text, digest: STANDARD.encode(Sha256::digest(text)) }
    }
}

/// Returns a name as one part of the path of a URL.
pub(super) fn url_part(name: &str) -> String {
    utf8_percent_encode(name, NON_ALPHANUMERIC).to_string()
}

/// Renders a template with the data of a view.
///
/// # Errors
///
/// If a template is broken.
pub(super) fn render(template: &str, view: &impl Serialize) -> Result<String, ReportError> {
    let mut tera = Tera::default();
    // Tera escapes values in templates whose names end in `.html`.
    tera.add_raw_templates([
        ("frame.html", include_str!("resources/frame.html")),
        ("case.html", include_str!("resources/case.html")),
        ("comparison-rows.html", include_str!("resources/comparison-rows.html")),
        ("comparison-cell.html", include_str!("resources/comparison-cell.html")),
        ("comparison.html", include_str!("resources/comparison.html")),
        ("compared.html", include_str!("resources/compared.html")),
        ("page.html", include_str!("resources/page.html")),
        ("advice.html", include_str!("resources/advice.html")),
        ("calibration.html", include_str!("resources/calibration.html")),
        ("flaky.html", include_str!("resources/flaky.html")),
        ("runs.html", include_str!("resources/runs.html")),
        ("trend.html", include_str!("resources/trend.html")),
        ("line-reports.html", include_str!("resources/line-reports.html")),
        ("token.html", include_str!("resources/token.html")),
        ("live.html", include_str!("resources/live.html")),
    ])
    .map_err(ReportError::new)?;
    let mut context = Context::from_serialize(view).map_err(ReportError::new)?;
    context.insert("style", STYLE);
    tera.render(template, &context).map_err(ReportError::new)
}
