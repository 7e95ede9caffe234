//! The one gate for everything that a page says: nothing else reads it.

use serde_json::Value;

use super::event::PageEvent;
use super::fault::PageFault;
use super::limits::{
    MAX_CALL_EVENTS, MAX_CONSOLE_BYTES, MAX_EVENT_BYTES, MAX_MESSAGE_CHARS, MAX_SAMPLES, PageAllowance,
};
use super::meter::add;
use super::sane::sane;
use super::text::cut;
use precall_results::{CasePhase, ConsoleLine};
use precall_support::secrets::redact;

/// A value of JSON counts as so many bytes at least: it takes several times as many until it is written.
const VALUE_BYTES: usize = 16;

/// The tests that a page is asked to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestedTests {
    /// Whether `testConnectivity` runs.
    pub connectivity: bool,
    /// Whether `testQuality` runs.
    pub quality: bool,
    /// Whether the page is that of a participant of a call. It then runs no test, and may be loaded again.
    pub call: bool,
}

/// Reads what one page says in one attempt at a case. What it lets through is sane, in order, and bounded.
#[derive(Debug)]
pub struct EventGate {
    asked: RequestedTests,
    allowance: PageAllowance,
    is_loaded: bool,
    is_ready: bool,
    phase: CasePhase,
    has_connectivity: bool,
    has_quality: bool,
    samples: usize,
    call_events: usize,
    reports: usize,
    recorded_bytes: usize,
    recorded_lines_bytes: usize,
}

impl EventGate {
    /// For a page that is asked to run these tests, and may say so much.
    pub fn new(asked: RequestedTests, allowance: PageAllowance) -> Self {
        Self {
            asked,
            allowance,
            is_loaded: false,
            is_ready: false,
            phase: CasePhase::Prepare,
            has_connectivity: false,
            has_quality: false,
            samples: 0,
            call_events: 0,
            reports: 0,
            recorded_bytes: 0,
            recorded_lines_bytes: 0,
        }
    }

    /// Reads an event. Secrets in it, wherever the page put them, are taken out first.
    ///
    /// # Errors
    ///
    /// When the page is to be listened to no longer.
    pub fn event(&mut self, payload: &str) -> Result<PageEvent, PageFault> {
        if payload.len() > MAX_EVENT_BYTES {
            return Err(PageFault::TooLong { bytes: payload.len() });
        }
        let mut event = PageEvent::parse(payload)?;
        sane(&mut event)?;
        self.in_order(&event)?;
        match &event {
            PageEvent::Sample { .. } => add(&mut self.samples, 1, MAX_SAMPLES, "samples")?,
            PageEvent::Call { .. } | PageEvent::Barrier { .. } | PageEvent::StepEnded { .. } => {
                add(&mut self.call_events, 1, MAX_CALL_EVENTS, "events of a call")?;
            }
            PageEvent::RtcStats(report) => {
                add(&mut self.reports, 1, self.allowance.reports, "reports of W3C statistics")?;
                // A number of four bytes may take twenty in a file.
                let bytes = report.to_string().len().max(values(report) * VALUE_BYTES);
                add(&mut self.recorded_bytes, bytes, self.allowance.events_bytes, "bytes of W3C statistics")?;
            }
            _ => {}
        }
        Ok(event)
    }

    /// Reads a console line.
    ///
    /// # Errors
    ///
    /// When the page is to be listened to no longer.
    pub fn line(&mut self, level: &str, text: &str) -> Result<ConsoleLine, PageFault> {
        let mut text = redact(text);
        cut(&mut text, MAX_MESSAGE_CHARS);
        // A control character takes six bytes in a file.
        let bytes = serde_json::to_string(&text).map_or(text.len(), |json| json.len());
        add(&mut self.recorded_lines_bytes, bytes, MAX_CONSOLE_BYTES, "bytes of console lines")?;
        Ok(ConsoleLine { participant: None, level: level.to_owned(), text })
    }

    /// Phases go forward and begin once, and so does what belongs to them.
    fn in_order(&mut self, event: &PageEvent) -> Result<(), PageFault> {
        let phase = self.phase;
        let wrong = |what, when: &str| Err(PageFault::OutOfOrder { what, when: when.to_owned() });
        let in_phase = |what| {
            let when = format!("in the phase {}", phase.as_str());
            Err(PageFault::OutOfOrder { what, when })
        };
        match event {
            PageEvent::Loaded if self.asked.call => {
                // It was reloaded.
                (self.is_loaded, self.is_ready) = (true, false);
                Ok(())
            }
            PageEvent::Loaded if self.is_loaded => wrong("`loaded`", "twice"),
            PageEvent::Loaded => {
                self.is_loaded = true;
                Ok(())
            }
            PageEvent::Failed { .. } | PageEvent::Blocked { .. } | PageEvent::TooLong { .. } => Ok(()),
            PageEvent::Ready { .. } if self.is_ready => wrong("`ready`", "twice"),
            PageEvent::Ready { .. } => {
                self.is_ready = true;
                Ok(())
            }
            _ if !self.is_ready => wrong("an event of its tests", "before it was `ready`"),
            PageEvent::Call { .. }
            | PageEvent::Subscription { .. }
            | PageEvent::Displayed { .. }
            | PageEvent::Perceived(_)
            | PageEvent::Release { .. }
            | PageEvent::StepEnded { .. }
            | PageEvent::Barrier { .. } => match self.asked.call {
                true => Ok(()),
                false => wrong("an event of a call", "in a network test"),
            },
            PageEvent::Phase { .. } if self.asked.call => wrong("a test", "in a call"),
            PageEvent::Phase { phase: next } if *next <= phase => {
                let when =
                    format!("{} in the phase {}; phases go forward and begin once", next.as_str(), phase.as_str());
                Err(PageFault::OutOfOrder { what: "the phase", when })
            }
            PageEvent::Phase { phase: next } => {
                self.phase = *next;
                Ok(())
            }
            PageEvent::Connectivity { .. } if phase != CasePhase::Connectivity => in_phase("a connectivity result"),
            PageEvent::Connectivity { .. } if self.has_connectivity => wrong("a connectivity result", "twice"),
            PageEvent::Connectivity { .. } => {
                self.has_connectivity = true;
                Ok(())
            }
            PageEvent::Sample { .. } if phase != CasePhase::Quality => in_phase("a sample"),
            PageEvent::Quality { .. } | PageEvent::QualityError { .. } if phase != CasePhase::Quality => {
                in_phase("a quality result")
            }
            PageEvent::Quality { .. } | PageEvent::QualityError { .. } if self.has_quality => {
                wrong("a quality result", "twice")
            }
            PageEvent::Quality { .. } | PageEvent::QualityError { .. } => {
                self.has_quality = true;
                Ok(())
            }
            PageEvent::Done if self.asked.connectivity && !self.has_connectivity => {
                wrong("`done`", "without a connectivity result")
            }
            PageEvent::Done if self.asked.quality && !self.has_quality => wrong("`done`", "without a quality result"),
            PageEvent::Sample { .. } | PageEvent::RtcStats(_) | PageEvent::Done => Ok(()),
        }
    }
}

/// How many values there are in one.
fn values(value: &Value) -> usize {
    match value {
        Value::Array(values) => 1 + values.iter().map(self::values).sum::<usize>(),
        Value::Object(members) => 1 + members.values().map(self::values).sum::<usize>(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 1,
    }
}

#[cfg(test)]
mod tests;
