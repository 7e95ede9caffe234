//! One HTML file that needs nothing else: opened from a CI artifact, mailed, read on a phone, without JavaScript.
//!
//! `view` turns a recording into what the templates beside it show; every text is escaped by them, and a content security policy
//! lets no script run but the page's own.

mod calibration;
mod case;
mod charts;
mod comparison;
mod heat;
mod page;
mod strip;
mod templates;

pub use calibration::calibration_html;
pub use comparison::comparison_html;
pub use page::html;
