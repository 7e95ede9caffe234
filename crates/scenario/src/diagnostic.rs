//! Diagnostics of scenario files: the place, the mistake, and its correction.

use std::fmt;
use std::ops::Range;

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};

use super::excerpt::Excerpt;
use super::node::Node;
use super::sources::Sources;
use precall_support::text::count;

/// The most mistakes that are shown at once: a list of values can have as many as values.
const MOST_SHOWN: usize = 100;

/// One mistake in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The mistake, in one sentence.
    pub message: String,
    /// Its place in bytes, counted through all files that were read; `None` if it concerns the file as a whole.
    pub span: Option<Range<usize>>,
    /// A few words for the marked place.
    pub label: String,
    /// The advice, as an imperative.
    pub help: String,
    /// The advice as a change of the file; `None` if it is not clear what is meant.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// Returns the diagnostic of a text that begins at byte `start` of all texts.
    pub(super) fn moved(mut self, start: usize) -> Self {
        let moved = |span: Range<usize>| span.start + start..span.end + start;
        self.span = self.span.map(moved);
        self.fix = self.fix.map(|fix| Fix { span: moved(fix.span), text: fix.text });
        self
    }
}

/// A change of a file that corrects a mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// The replaced bytes, counted as in [`Diagnostic::span`].
    pub span: Range<usize>,
    /// The text that replaces them.
    pub text: String,
}

impl Fix {
    /// Returns the replacement of a value.
    pub(super) fn of(node: &Node, text: impl Into<String>) -> Self {
        Self { span: node.span.clone(), text: text.into() }
    }
}

/// All mistakes in a file.
#[derive(Debug)]
pub struct LoadError {
    sources: Sources,
    diagnostics: Vec<Diagnostic>,
}

impl LoadError {
    pub(super) fn new(sources: Sources, mut diagnostics: Vec<Diagnostic>) -> Self {
        diagnostics.sort_by_key(|diagnostic| diagnostic.span.as_ref().map(|span| span.start));
        // A top-level table is decoded once for every case.
        diagnostics.dedup();
        Self { sources, diagnostics }
    }

    /// Returns the mistakes without the texts.
    pub(super) fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics
    }

    /// Returns the mistakes in file order.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Formats all mistakes with their lines.
    pub fn render(&self, colour: bool) -> String {
        let theme = if colour { GraphicalTheme::unicode() } else { GraphicalTheme::none() };
        let handler = GraphicalReportHandler::new_themed(theme).with_width(100).with_links(false);
        let mut text = String::new();
        for diagnostic in self.diagnostics.iter().take(MOST_SHOWN) {
            let whole = 0..0;
            let (path, source, span) = self.sources.locate(diagnostic.span.as_ref().unwrap_or(&whole));
            let name = path.to_string_lossy().into_owned();
            let excerpt = diagnostic.span.as_ref().map(|_| Excerpt::of(name, source, &span));
            let report = Report { diagnostic, excerpt };
            if handler.render_report(&mut text, &report).is_err() {
                // The report must contain the mistake even if its lines cannot be shown.
                text.push_str(&format!("{}: {} ({})\n", path.display(), diagnostic.message, diagnostic.help));
            }
        }
        if let Some(more) = self.diagnostics.len().checked_sub(MOST_SHOWN).filter(|more| *more > 0) {
            text.push_str(&format!("  … and {}\n", count(more, "more mistake", "more mistakes")));
        }
        text
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for LoadError {}

/// A diagnostic in the form that miette expects.
#[derive(Debug)]
struct Report<'a> {
    diagnostic: &'a Diagnostic,
    /// The lines with its place; `None` if it concerns the file as a whole.
    excerpt: Option<Excerpt>,
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.diagnostic.message)
    }
}

impl std::error::Error for Report<'_> {}

impl miette::Diagnostic for Report<'_> {
    fn help(&self) -> Option<Box<dyn fmt::Display + '_>> {
        (!self.diagnostic.help.is_empty()).then(|| Box::new(&self.diagnostic.help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.excerpt.as_ref().map(|excerpt| excerpt as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let span = self.excerpt.as_ref()?.span.clone();
        let label = (!self.diagnostic.label.is_empty()).then(|| self.diagnostic.label.clone());
        Some(Box::new(std::iter::once(LabeledSpan::new(label, span.start, span.len()))))
    }
}
