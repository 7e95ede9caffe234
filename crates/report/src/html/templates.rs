//! The templates, and the page's own style and script.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use sha2::{Digest, Sha256};
use tera::{Context, Tera};

use super::calibration::CalibrationView;
use super::comparison::ComparisonPage;
use super::page::PageView;
use crate::ReportError;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// The page's script, with the digest that its content security policy lets run; nothing else may.
#[derive(Debug, Serialize)]
pub(super) struct Script {
    text: &'static str,
    digest: String,
}

impl Default for Script {
    fn default() -> Self {
        Self { text: SCRIPT, digest: STANDARD.encode(Sha256::digest(SCRIPT)) }
    }
}

/// Fills the page of a run in.
pub(super) fn page(view: &PageView<'_>) -> Result<String, ReportError> {
    fill("page.html", view)
}

/// Fills the page of a calibration in.
pub(super) fn calibration_page(view: &CalibrationView) -> Result<String, ReportError> {
    fill("calibration.html", view)
}

/// Fills the page of a comparison in.
pub(super) fn comparison_page(view: &ComparisonPage) -> Result<String, ReportError> {
    fill("compared.html", view)
}

fn fill(template: &str, view: &impl Serialize) -> Result<String, ReportError> {
    let mut tera = Tera::default();
    // Their names end as tera wants them for escaping.
    tera.add_raw_templates([
        ("frame.html", include_str!("frame.html")),
        ("case.html", include_str!("case.html")),
        ("comparison-rows.html", include_str!("comparison-rows.html")),
        ("comparison-cell.html", include_str!("comparison-cell.html")),
        ("comparison.html", include_str!("comparison.html")),
        ("compared.html", include_str!("compared.html")),
        ("page.html", include_str!("page.html")),
        ("calibration.html", include_str!("calibration.html")),
    ])
    .map_err(ReportError::new)?;
    let mut context = Context::from_serialize(view).map_err(ReportError::new)?;
    context.insert("style", STYLE);
    tera.render(template, &context).map_err(ReportError::new)
}
