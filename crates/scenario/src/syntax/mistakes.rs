//! Finds all syntax errors of a text. Lines are corrected where possible, so that the following lines are checked as
//! well.

use std::ops::Range;

use toml_span::{Error, ErrorKind};

use super::line;
use super::scan::{code, is_in_list, line_at, line_before};
use super::words;
use crate::diagnostic::{Diagnostic, Fix};

/// The largest number of mistakes: a file with more is in another language.
const MOST: usize = 20;

/// All syntax errors of a text.
pub(crate) struct Mistakes {
    /// The corrected text, as far as it is known.
    pub corrected: String,
    /// Whether the corrected text is complete: no line had to be omitted.
    pub is_whole: bool,
    found: Vec<FoundMistake>,
    /// The length of the original text in bytes.
    length: usize,
    edits: Vec<Edit>,
}

/// A mistake, with the place of its line in the corrected text.
struct FoundMistake {
    diagnostic: Diagnostic,
    region: Range<usize>,
}

/// A change that was made: the bytes at a position that were replaced, and their replacement.
#[derive(Debug, Clone, Copy)]
struct Edit {
    at: usize,
    removed: usize,
    added: usize,
}

/// A possible correction of a line.
struct Proposal {
    /// The replaced bytes.
    span: Range<usize>,
    text: String,
    message: String,
}

impl Mistakes {
    /// Finds all mistakes; `None` if the text is TOML.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let mut mistakes = Self {
            corrected: text.to_owned(),
            is_whole: true,
            found: Vec::new(),
            length: text.len(),
            edits: Vec::new(),
        };
        while let Err(error) = toml_span::parse(&mistakes.corrected) {
            if mistakes.found.len() == MOST {
                mistakes.is_whole = false;
                break;
            }
            match mistakes.proposals(&error).into_iter().find(|proposal| mistakes.helps(proposal)) {
                Some(proposal) => mistakes.correct(proposal),
                None => mistakes.leave_out(&error),
            }
            // Otherwise the keys of a table that exists twice would be reported for the table above.
            if matches!(error.kind, ErrorKind::DuplicateTable { .. } | ErrorKind::RedefineAsArray) && !mistakes.is_whole
            {
                break;
            }
        }
        (!mistakes.found.is_empty()).then_some(mistakes)
    }

    /// Returns possible corrections, the most likely first.
    fn proposals(&self, error: &Error) -> Vec<Proposal> {
        let text = &self.corrected;
        let mut lines = vec![line_at(text, error.span.start)];
        // A list or a string that does not end is noticed later, and at the end of the file after its last line.
        lines.extend(line_before(text, lines[0].start));
        let mut proposals: Vec<_> = self.cases(error, &lines[0]).into_iter().collect();
        for line in &lines {
            let whole = &text[line.clone()];
            let code = code(whole);
            let start = line.start + (code.len() - code.trim_start().len());
            let span = start..line.start + code.len();
            let is_in_list = is_in_list(text, line.start);
            // A character that looks like the mark of a comment is not one in TOML.
            let corrected = line::correct(code.trim(), is_in_list).or_else(|| line::correct(code.trim(), false));
            let corrected = corrected.map(|corrected| Proposal {
                span: span.clone(),
                text: corrected.text,
                message: corrected.message,
            });
            let closed = ["]", "\"", "'", "}"].map(|end| Proposal {
                span: span.clone(),
                text: format!("{}{end}", code.trim()),
                message: match end {
                    "]" => "the list has no `]` at its end".to_owned(),
                    "}" => "the table has no `}` at its end".to_owned(),
                    _ => "the text has no quote at its end".to_owned(),
                },
            });
            proposals.extend(corrected);
            proposals.extend(closed.into_iter().filter(|_| !code.trim().is_empty()));
        }
        // Closing the line above is more likely than another meaning of a line that is valid by itself.
        let is_good = toml_span::parse(&text[lines[0].clone()]).is_ok();
        let own = |proposal: &Proposal| proposal.span.start >= lines[0].start && proposal.span.end <= lines[0].end;
        proposals.sort_by_key(|proposal| is_good && own(proposal));
        proposals
    }

    /// Proposes a list of cases if there are two `[case]`.
    fn cases(&self, error: &Error, line: &Range<usize>) -> Option<Proposal> {
        let is_repeated = matches!(error.kind, ErrorKind::DuplicateTable { .. } | ErrorKind::RedefineAsArray);
        let own = code(&self.corrected[line.clone()]).trim();
        if !is_repeated || own != "[case]" {
            return None;
        }
        let start = self.corrected.lines().scan(0, |at, line| {
            let start = *at;
            *at += line.len() + 1;
            Some((start, line))
        });
        let first =
            start.into_iter().find(|(_, line)| code(line).trim() == "[case]").map_or(line.start, |(start, _)| start);
        let span = first..line.end;
        let text = self.corrected[span.clone()].replace("[case]", "[[case]]");
        Some(Proposal { span, text, message: "`[case]` exists more than once: a list of cases is [[case]]".to_owned() })
    }

    /// Returns whether a correction makes its line valid, and does not move the error to the line after it.
    fn helps(&self, proposal: &Proposal) -> bool {
        let text = self.with(proposal);
        let changed = proposal.span.start..proposal.span.start + proposal.text.len();
        match toml_span::parse(&text) {
            Ok(_) => true,
            Err(error) => {
                let now = line_at(&text, error.span.start);
                let is_elsewhere = now.end < changed.start || now.start > changed.end;
                let shift = proposal.text.len() as i64 - proposal.span.len() as i64;
                let before = toml_span::parse(&self.corrected).err().map_or(0, |error| error.span.start as i64);
                let is_later = error.span.start as i64 > before.max(proposal.span.end as i64) + shift;
                // Tables are put together after all lines have been parsed.
                let is_of_tables = matches!(
                    error.kind,
                    ErrorKind::DuplicateKey { .. }
                        | ErrorKind::DuplicateTable { .. }
                        | ErrorKind::RedefineAsArray
                        | ErrorKind::DottedKeyInvalidType { .. }
                );
                is_elsewhere && (is_later || is_of_tables)
            }
        }
    }

    fn with(&self, proposal: &Proposal) -> String {
        let (before, after) = (&self.corrected[..proposal.span.start], &self.corrected[proposal.span.end..]);
        format!("{before}{}{after}", proposal.text)
    }

    fn correct(&mut self, proposal: Proposal) {
        let span = self.original(&proposal.span);
        let fix = Fix { span: span.clone(), text: proposal.text.clone() };
        let diagnostic = Diagnostic {
            message: proposal.message.clone(),
            span: Some(span),
            label: "here".to_owned(),
            help: advice(&proposal.text),
            fix: Some(fix),
        };
        self.replace(proposal, diagnostic);
    }

    /// Reports a line that cannot be corrected, and continues without it.
    fn leave_out(&mut self, error: &Error) {
        let explanation = words::explanation(error, &self.corrected);
        let mut line = line_at(&self.corrected, error.span.start);
        if self.corrected[line.clone()].trim().is_empty() {
            line = line_before(&self.corrected, line.start).unwrap_or(line);
        }
        let whole = self.corrected[line.clone()].to_owned();
        let code = code(&whole);
        let marked = line.start + (code.len() - code.trim_start().len())..line.start + code.len();
        let is_alone = explanation.is_repeated && !code.contains(['{', '[']);
        // An empty line at the place of an omitted one would be reported again.
        let is_stuck = whole.trim().is_empty();
        let proposal = Proposal { span: line.clone(), text: String::new(), message: String::new() };
        let fix =
            (is_alone && self.helps_alone(&proposal)).then(|| Fix { span: self.original(&line), text: String::new() });
        self.is_whole &= fix.is_some();
        let span = self.original(&marked);
        let diagnostic = Diagnostic {
            message: explanation.message,
            span: Some(span),
            label: explanation.label.to_owned(),
            help: explanation.help,
            fix,
        };
        self.replace(proposal, diagnostic);
        if is_stuck {
            // A string or list that is open at the end of the file hides no following line.
            self.corrected.clear();
        }
    }

    /// Returns whether a line can be omitted without making another one invalid.
    fn helps_alone(&self, proposal: &Proposal) -> bool {
        match toml_span::parse(&self.with(proposal)) {
            Ok(_) => true,
            Err(error) => matches!(error.kind, ErrorKind::DuplicateKey { .. } | ErrorKind::DuplicateTable { .. }),
        }
    }

    fn replace(&mut self, proposal: Proposal, diagnostic: Diagnostic) {
        let edit = Edit { at: proposal.span.start, removed: proposal.span.len(), added: proposal.text.len() };
        self.corrected = self.with(&proposal);
        for found in &mut self.found {
            found.region = moved(found.region.start, edit)..moved(found.region.end, edit);
        }
        self.edits.push(edit);
        self.found.push(FoundMistake { diagnostic, region: edit.at..edit.at + edit.added });
    }

    /// Converts a place in the corrected text to a place in the original one.
    fn original(&self, span: &Range<usize>) -> Range<usize> {
        let back = |at: usize, is_end: bool| {
            self.edits.iter().rev().fold(at, |at, edit| match at {
                at if at >= edit.at + edit.added && (is_end || at > edit.at || edit.added > 0 || edit.removed == 0) => {
                    at - edit.added + edit.removed
                }
                at if at > edit.at => edit.at + (at - edit.at).min(edit.removed),
                at => at,
            })
        };
        let (start, end) = (back(span.start, false), back(span.end, true));
        start.min(self.length)..end.max(start).min(self.length)
    }

    /// Returns all mistakes, with the problems of the corrected text. A problem in a corrected line is part of the same
    /// mistake.
    pub(crate) fn with_others(mut self, others: &[Diagnostic]) -> Vec<Diagnostic> {
        let (length, corrected) = (self.length, self.corrected.len());
        let mut all = Vec::new();
        let mut changes: Vec<(usize, Fix)> = Vec::new();
        for other in others {
            let Some(span) = &other.span else {
                all.push(other.clone());
                continue;
            };
            let place = |span: &Range<usize>| match span.start > corrected {
                // The bytes of extended files come after the text.
                true => span.start - corrected + length..span.end - corrected + length,
                false => self.original(span),
            };
            let in_line = self.found.iter().position(|found| {
                found.region.start <= span.start && span.end <= found.region.end && !found.region.is_empty()
            });
            match (in_line, &other.fix) {
                (None, _) => {
                    let fix = other.fix.as_ref().map(|fix| Fix { span: place(&fix.span), text: fix.text.clone() });
                    all.push(Diagnostic { span: Some(place(span)), fix, ..other.clone() });
                }
                (Some(number), Some(fix)) => changes.push((number, fix.clone())),
                (Some(number), None) => self.found[number].worsen(other),
            }
        }
        // From the end, so that the places of earlier changes stay valid.
        changes.sort_by_key(|(_, fix)| std::cmp::Reverse(fix.span.start));
        for (number, fix) in changes {
            self.found[number].improve(&fix);
        }
        all.extend(self.found.into_iter().map(|found| found.diagnostic));
        all
    }
}

impl FoundMistake {
    /// Adds a change of the corrected line to the advice.
    fn improve(&mut self, change: &Fix) {
        let Some(fix) = &mut self.diagnostic.fix else { return };
        let (Some(start), Some(end)) =
            (change.span.start.checked_sub(self.region.start), change.span.end.checked_sub(self.region.start))
        else {
            return;
        };
        if fix.text.get(start..end).is_some() {
            fix.text.replace_range(start..end, &change.text);
            self.diagnostic.help = advice(&fix.text);
        }
    }

    /// Reports a problem of the line for which there is no correction.
    fn worsen(&mut self, other: &Diagnostic) {
        self.diagnostic.message = format!("{}, and {}", self.diagnostic.message, other.message);
        self.diagnostic.help.clone_from(&other.help);
        self.diagnostic.fix = None;
    }
}

/// Returns the advice. If there are several lines, it shows the first.
fn advice(text: &str) -> String {
    match text.split_once('\n') {
        Some((first, _)) => format!("write `{first}` each time"),
        None => format!("write `{text}`"),
    }
}

/// Returns a place after a change.
fn moved(at: usize, edit: Edit) -> usize {
    if at >= edit.at + edit.removed { at - edit.removed + edit.added } else { at.min(edit.at + edit.added) }
}
