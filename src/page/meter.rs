//! The meter counts the events of a page as they arrive, before anything reads them. Counting takes no time, whatever
//! the events hold.

use super::fault::PageFault;
use super::limits::{MAX_CONSOLE_BYTES, MAX_CONSOLE_LINES, MAX_EVENT_BYTES, PageAllowance};

/// Counts what one page says in one attempt at a case.
#[derive(Debug, Default)]
pub struct EventMeter {
    allowance: PageAllowance,
    events: usize,
    events_bytes: usize,
    lines: usize,
    lines_bytes: usize,
}

impl EventMeter {
    /// Returns a meter for a page that may say so much.
    pub fn new(allowance: PageAllowance) -> Self {
        Self { allowance, ..Self::default() }
    }

    /// Counts an event.
    ///
    /// # Errors
    ///
    /// When it, or all events together, are beyond a limit.
    pub fn event(&mut self, payload: &str) -> Result<(), PageFault> {
        if payload.len() > MAX_EVENT_BYTES {
            return Err(PageFault::TooLong { bytes: payload.len() });
        }
        add(&mut self.events, 1, self.allowance.events, "events")?;
        add(&mut self.events_bytes, payload.len(), self.allowance.events_bytes, "bytes of events")
    }

    /// Counts a console line. Returns whether it is recorded.
    ///
    /// # Errors
    ///
    /// When all lines together are beyond a limit, unless the page may say more than is recorded.
    pub fn line(&mut self, text: &str) -> Result<bool, PageFault> {
        if !self.allowance.leaves_out_lines {
            add(&mut self.lines, 1, MAX_CONSOLE_LINES, "console lines")?;
            add(&mut self.lines_bytes, text.len(), MAX_CONSOLE_BYTES, "bytes of console lines")?;
            return Ok(true);
        }
        self.lines = self.lines.saturating_add(1);
        self.lines_bytes = self.lines_bytes.saturating_add(text.len());
        // A control character takes six bytes in a file.
        Ok(self.lines <= MAX_CONSOLE_LINES && self.lines_bytes <= MAX_CONSOLE_BYTES / 6)
    }
}

/// Adds to a count that has a limit.
pub(super) fn add(count: &mut usize, more: usize, most: usize, what: &'static str) -> Result<(), PageFault> {
    *count = count.saturating_add(more);
    if *count > most { Err(PageFault::TooMuch { what, came: *count, most }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fault that a meter reports after one event too many.
    fn said<T>(mut say: impl FnMut(&mut EventMeter) -> Result<T, PageFault>) -> String {
        let mut meter = EventMeter::default();
        (0..100_000).find_map(|_| say(&mut meter).err()).expect("it ends").to_string()
    }

    #[test]
    fn each_limit_is_enforced_with_its_count() {
        let long = "x".repeat(MAX_EVENT_BYTES);
        assert!(EventMeter::default().event(&long).is_ok());
        let longer = format!("{long}x");
        insta::assert_snapshot!(said(|meter| meter.event(&longer)), @"the page sent an event of 262145 bytes; at most 262144 are taken");
        insta::assert_snapshot!(said(|meter| meter.event("{}")), @"the page sent 10001 events; at most 10000 are taken");
        insta::assert_snapshot!(said(|meter| meter.event(&long)), @"the page sent 8650752 bytes of events; at most 8388608 are taken");
        insta::assert_snapshot!(said(|meter| meter.line("a")), @"the page sent 5001 console lines; at most 5000 are taken");
        insta::assert_snapshot!(said(|meter| meter.line(&long)), @"the page sent 4456448 bytes of console lines; at most 4194304 are taken");
    }

    #[test]
    fn lines_of_an_application_beyond_the_limit_are_left_out() {
        let allowance = PageAllowance { leaves_out_lines: true, ..PageAllowance::default() };
        let mut meter = EventMeter::new(allowance);
        let recorded = (0..2 * MAX_CONSOLE_LINES).filter(|_| meter.line("a").expect("no fault")).count();
        assert_eq!(recorded, MAX_CONSOLE_LINES);
    }
}
