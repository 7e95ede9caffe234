//! The lines of a file that a diagnostic shows: those around its place, without the far parts of very long ones.

use std::ops::Range;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

/// The most bytes of a line that are shown. A matrix of thousands of values can be one line.
const MOST_LINE_BYTES: usize = 240;
/// The bytes that are shown before the marked place of a longer line.
const BEFORE: usize = 60;
/// The lines before and after the marked ones.
const CONTEXT_LINES: usize = 1;
/// The bytes of the longest character in UTF-8.
const LONGEST_CHAR: usize = 4;
/// What stands in for the part of a line that is left out.
const LEFT_OUT: &str = "…";

/// Some lines of a file.
#[derive(Debug)]
pub(super) struct Excerpt {
    name: String,
    text: String,
    /// The number of the first line in the file, from 0.
    line: usize,
    /// By how many bytes the marked place is farther from the beginning of its line in the file.
    shift: isize,
    /// The marked bytes of `text`.
    pub(super) span: Range<usize>,
}

impl Excerpt {
    /// Returns the lines around `span`, which is in bytes of `source`. `name` is shown as the file.
    pub(super) fn of(name: String, source: &str, span: &Range<usize>) -> Self {
        let span = floor(source, span.start)..floor(source, span.end.max(span.start));
        let mut start = line_start(source, span.start);
        for _ in 0..CONTEXT_LINES {
            start = start.checked_sub(1).map_or(0, |before| line_start(source, before));
        }
        let mut end = line_end(source, span.end.max(span.start + 1) - 1);
        for _ in 0..CONTEXT_LINES {
            end = if end < source.len() { line_end(source, end + 1) } else { end };
        }
        let line = source[..start].bytes().filter(|byte| *byte == b'\n').count();
        let (mut text, mut marked, mut shift) = (String::new(), None::<Range<usize>>, 0);
        let mut at = start;
        for whole in source[start..end].split_inclusive('\n') {
            let content = whole.trim_end_matches('\n');
            // The part of the span in this line.
            let own = span.start.clamp(at, at + content.len()) - at..span.end.clamp(at, at + content.len()) - at;
            let is_marked = span.start <= at + content.len() && span.end >= at;
            let (shown, shown_span) = shortened(content, &own);
            if is_marked {
                if marked.is_none() && shown.starts_with(LEFT_OUT) {
                    let skipped = own.start - (shown_span.start - LEFT_OUT.len());
                    shift = skipped as isize - LEFT_OUT.len() as isize;
                }
                let begin = marked.as_ref().map_or(text.len() + shown_span.start, |marked| marked.start);
                marked = Some(begin..text.len() + shown_span.end);
            }
            text.push_str(&shown);
            text.push_str(&whole[content.len()..]);
            at += whole.len();
        }
        let span = marked.unwrap_or(text.len()..text.len());
        Self { name, text, line, shift, span }
    }
}

/// Returns a line without its far parts, and where the marked bytes are in what is left.
fn shortened(line: &str, span: &Range<usize>) -> (String, Range<usize>) {
    if line.len() <= MOST_LINE_BYTES {
        return (line.to_owned(), span.clone());
    }
    let start = floor(line, span.start.saturating_sub(BEFORE).min(line.len() - MOST_LINE_BYTES));
    // The last character may be longer than the bytes that are left.
    let end = floor(line, (start + MOST_LINE_BYTES + LONGEST_CHAR).min(line.len()));
    let before = if start > 0 { LEFT_OUT } else { "" };
    let after = if end < line.len() { LEFT_OUT } else { "" };
    let moved = |at: usize| at.clamp(start, end) - start + before.len();
    (format!("{before}{}{after}", &line[start..end]), moved(span.start)..moved(span.end))
}

/// The nearest boundary of characters at or before a byte.
fn floor(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at)
}

fn line_start(source: &str, at: usize) -> usize {
    source[..floor(source, at)].rfind('\n').map_or(0, |end| end + 1)
}

fn line_end(source: &str, at: usize) -> usize {
    let at = floor(source, at);
    source[at..].find('\n').map_or(source.len(), |length| at + length)
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let found = self.text.as_bytes().read_span(span, before, after)?;
        // What does not begin with a line begins in the marked one.
        let column = if found.column() > 0 { found.column().saturating_add_signed(self.shift) } else { 0 };
        let (line, lines) = (self.line + found.line(), found.line_count());
        let contents =
            MietteSpanContents::new_named(self.name.clone(), found.data(), *found.span(), line, column, lines);
        Ok(Box::new(contents))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_far_parts_of_a_long_line_are_left_out() {
        let values: Vec<_> = (0..2000).map(|rate| format!("\"{rate} kbit/s\"")).collect();
        let source = format!("name = \"a\"\nnetwork.rate = [{}]\nrepeat = 2\n", values.join(", "));
        let place = source.find("\"1234 ").expect("a value");
        let excerpt = Excerpt::of("a.toml".to_owned(), &source, &(place..place + 13));
        assert_eq!(&excerpt.text[excerpt.span.clone()], "\"1234 kbit/s\"");
        assert!(excerpt.text.starts_with("name = \"a\"\n…") && excerpt.text.ends_with("…\nrepeat = 2"));
        assert!(excerpt.text.len() < 300, "{}", excerpt.text);
        let marked = excerpt.read_span(&SourceSpan::from(excerpt.span.clone()), 0, 0).expect("a place");
        let column = place - source[..place].rfind('\n').map_or(0, |end| end + 1);
        assert_eq!((marked.line(), marked.column()), (1, column));
    }

    proptest! {
        #[test]
        fn what_is_marked_stays_marked(
            lines in prop::collection::vec("[aü \"=]{0,400}", 1..6),
            start in any::<prop::sample::Index>(),
            length in 0_usize..80,
        ) {
            let source = lines.join("\n");
            let begin = source.floor_char_boundary(start.index(source.len() + 1));
            let end = source.floor_char_boundary((begin + length).min(source.len()));
            let excerpt = Excerpt::of(String::new(), &source, &(begin..end));
            let marked = &excerpt.text[excerpt.span.clone()];
            let first = source[begin..end].lines().next().unwrap_or_default();
            prop_assert!(marked.starts_with(first), "{marked:?} for {first:?}");
            prop_assert_eq!(excerpt.line, source[..begin].matches('\n').count().saturating_sub(1));
        }
    }
}
