//! What has been found wrong with a file so far.

use std::ops::Range;

use super::diagnostic::{Diagnostic, Fix};
use super::sources::Sources;

/// What has been found wrong so far.
#[derive(Debug, Default)]
pub(super) struct Problems {
    found: Vec<Diagnostic>,
    /// What was read, where advice repeats how something is written.
    sources: Option<Sources>,
}

impl Problems {
    /// Lets advice repeat what is written in these texts.
    pub fn read_from(&mut self, sources: &Sources) {
        self.sources = Some(sources.clone());
    }

    /// Adds one that stands at `span`.
    pub fn add(
        &mut self,
        span: &Range<usize>,
        message: impl Into<String>,
        label: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.add_fixed(span, message, label, help, None);
    }

    /// Adds one that stands at `span`, with a change that mends it.
    pub fn add_fixed(
        &mut self,
        span: &Range<usize>,
        message: impl Into<String>,
        label: impl Into<String>,
        help: impl Into<String>,
        fix: Option<Fix>,
    ) {
        let (message, label, help) = (message.into(), label.into(), help.into());
        let problem = Diagnostic { message, span: Some(span.clone()), label, help, fix };
        // What goes for both directions is wrong in both, and said once.
        if !self.found.contains(&problem) {
            self.found.push(problem);
        }
    }

    /// What is written at a place; nothing where no text is known.
    pub fn written(&self, span: &Range<usize>) -> &str {
        let Some(sources) = &self.sources else { return "" };
        let (_, text, span) = sources.locate(span);
        text.get(span).unwrap_or_default()
    }

    /// The place from one part of a line to another, if both stand in one.
    pub fn joined(&self, from: &Range<usize>, to: &Range<usize>) -> Option<Range<usize>> {
        let span = from.start..to.end;
        let text = self.written(&span);
        (from.start <= to.start && !text.is_empty() && !text.contains('\n')).then_some(span)
    }

    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub fn into_inner(self) -> Vec<Diagnostic> {
        self.found
    }
}
