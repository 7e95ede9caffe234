//! Collects the problems of a file.

use std::ops::Range;

use super::diagnostic::{Diagnostic, Fix};
use super::renamed_key::RenamedKey;
use super::sources::Sources;

/// The problems that were found so far.
#[derive(Debug, Default)]
pub(super) struct Problems {
    found: Vec<Diagnostic>,
    /// The texts of the files, for advice that quotes them.
    sources: Option<Sources>,
    /// Deprecated keys with their places, each place once.
    deprecated: Vec<(Range<usize>, &'static RenamedKey)>,
}

impl Problems {
    /// Sets the texts that advice can quote.
    pub(crate) fn read_from(&mut self, sources: &Sources) {
        self.sources = Some(sources.clone());
    }

    /// Adds a problem at `span`.
    pub(crate) fn add(
        &mut self,
        span: &Range<usize>,
        message: impl Into<String>,
        label: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.add_fixed(span, message, label, help, None);
    }

    /// Adds a problem at `span`, with a change that corrects it.
    pub(crate) fn add_fixed(
        &mut self,
        span: &Range<usize>,
        message: impl Into<String>,
        label: impl Into<String>,
        help: impl Into<String>,
        fix: Option<Fix>,
    ) {
        let (message, label, help) = (message.into(), label.into(), help.into());
        let problem = Diagnostic { message, span: Some(span.clone()), label, help, fix };
        // A field of both directions is invalid in both, but is reported once.
        if !self.found.contains(&problem) {
            self.found.push(problem);
        }
    }

    /// Records the place of a deprecated key, which is not a problem.
    pub(crate) fn deprecate(&mut self, span: &Range<usize>, key: &'static RenamedKey) {
        if !self.deprecated.iter().any(|(known, _)| known == span) {
            self.deprecated.push((span.clone(), key));
        }
    }

    /// Returns the recorded deprecated keys.
    pub(crate) fn deprecated(&self) -> impl Iterator<Item = &(Range<usize>, &'static RenamedKey)> {
        self.deprecated.iter()
    }

    /// Returns the text at a place; empty if no text is known.
    pub(crate) fn written(&self, span: &Range<usize>) -> &str {
        let Some(sources) = &self.sources else { return "" };
        let (_, text, span) = sources.locate(span);
        text.get(span).unwrap_or_default()
    }

    /// Returns the key of a value as it is written before it, such as `test.timeout`; `key` where it is not in the same
    /// line.
    pub(crate) fn written_key(&self, value: &Range<usize>, key: &str) -> String {
        let found = || {
            let (_, text, span) = self.sources.as_ref()?.locate(value);
            let line = text.get(..span.start)?.rsplit('\n').next()?;
            let before = line.trim_end_matches(['"', '\'', ' ', '\t']).strip_suffix('=')?;
            let written = before.rsplit(['{', ',']).next()?.trim();
            let is_key = written.chars().all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c));
            (is_key && (written == key || written.ends_with(&format!(".{key}")))).then(|| written.to_owned())
        };
        found().unwrap_or_else(|| key.to_owned())
    }

    /// Returns the place from one part of a line to another; `None` if they are in different lines.
    pub(crate) fn joined(&self, from: &Range<usize>, to: &Range<usize>) -> Option<Range<usize>> {
        let span = from.start..to.end;
        let text = self.written(&span);
        (from.start <= to.start && !text.is_empty() && !text.contains('\n')).then_some(span)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub(crate) fn into_inner(self) -> Vec<Diagnostic> {
        self.found
    }
}
