//! Listens to a case's page in a task of its own, so that a page that says too much, or what takes long to read, holds
//! up neither the case's deadlines nor precall's memory.

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio_util::task::AbortOnDropHandle;

use crate::page::{EventGate, EventMeter, PageAllowance, PageEvent, PageFault, RequestedTests};
use precall_browser::{BrowserEvent, PageEvents};
use precall_results::ConsoleLine;

/// From so many bytes on a text is read by a thread that may be busy.
const MIN_BLOCKING_BYTES: usize = 8 * 1024;

/// A message of a page that has passed the gate.
#[derive(Debug)]
pub(super) enum PageMessage {
    Event(Box<PageEvent>),
    Line(ConsoleLine),
    /// It crashed, or its browser is gone.
    Crashed(String),
}

/// Whatever a page says, in order. Dropped, it listens no longer.
pub(super) struct Listener {
    /// Bounded by the meter.
    heard: UnboundedReceiver<Result<MeteredMessage, PageFault>>,
    /// The gate; while a thread reads with it, that thread.
    gate: GateState,
    task: AbortOnDropHandle<()>,
}

/// A message of a page that has passed the meter.
#[derive(Debug)]
enum MeteredMessage {
    Event(String),
    Line { level: String, text: String },
    Crashed(String),
}

type GateOutput = (EventGate, Result<PageMessage, PageFault>);

enum GateState {
    Free(Box<EventGate>),
    Busy(JoinHandle<GateOutput>),
    /// Only while one becomes the other.
    Between,
}

impl Listener {
    /// Listens to a page that stays at this URL, or that may navigate without one. The page is asked to run these
    /// tests, and may say so much.
    pub fn new(events: PageEvents, url: Option<String>, asked: RequestedTests, allowance: PageAllowance) -> Self {
        let (sender, heard) = unbounded_channel();
        let task = AbortOnDropHandle::new(tokio::spawn(hear(events, url, EventMeter::new(allowance), sender)));
        Self { heard, gate: GateState::Free(Box::new(EventGate::new(asked, allowance))), task }
    }

    /// Listens no longer, so that a page which goes on takes no memory while its case ends.
    pub fn end(&mut self) {
        self.task.abort();
        self.heard.close();
    }

    /// The next thing that the page says. Nothing is lost when the waiting is given up.
    ///
    /// # Errors
    ///
    /// When the page is to be listened to no longer.
    pub async fn next(&mut self) -> Result<PageMessage, PageFault> {
        if !matches!(self.gate, GateState::Busy(_)) {
            let Some(heard) = self.heard.recv().await else { return std::future::pending().await };
            let heard = heard?;
            let GateState::Free(mut gate) = std::mem::replace(&mut self.gate, GateState::Between) else {
                return std::future::pending().await;
            };
            if heard.bytes() < MIN_BLOCKING_BYTES {
                let said = heard.read(&mut gate);
                self.gate = GateState::Free(gate);
                return said;
            }
            self.gate = GateState::Busy(tokio::task::spawn_blocking(move || {
                let said = heard.read(&mut gate);
                (*gate, said)
            }));
        }
        match &mut self.gate {
            GateState::Busy(reading) => match reading.await {
                Ok((gate, said)) => {
                    self.gate = GateState::Free(Box::new(gate));
                    said
                }
                Err(error) => match error.try_into_panic() {
                    // It is the case's, whose task it ends.
                    Ok(panic) => std::panic::resume_unwind(panic),
                    // precall itself ends.
                    Err(_) => std::future::pending().await,
                },
            },
            GateState::Free(_) | GateState::Between => std::future::pending().await,
        }
    }
}

impl MeteredMessage {
    /// How much there is to read.
    fn bytes(&self) -> usize {
        match self {
            Self::Event(text) | Self::Line { text, .. } => text.len(),
            Self::Crashed(_) => 0,
        }
    }

    fn read(self, gate: &mut EventGate) -> Result<PageMessage, PageFault> {
        match self {
            Self::Event(payload) => gate.event(&payload).map(|event| PageMessage::Event(Box::new(event))),
            Self::Line { level, text } => gate.line(&level, &text).map(PageMessage::Line),
            Self::Crashed(reason) => Ok(PageMessage::Crashed(reason)),
        }
    }
}

/// Takes events from the browser as fast as they come, until the page has ended or says too much.
async fn hear(
    mut events: PageEvents,
    url: Option<String>,
    mut meter: EventMeter,
    sender: UnboundedSender<Result<MeteredMessage, PageFault>>,
) {
    // Until the harness speaks no build is there, and the page may still be on its way from where it was made.
    let mut has_spoken = false;
    loop {
        let event = events.next().await;
        has_spoken |= matches!(event, BrowserEvent::Binding { .. });
        let heard = match event {
            BrowserEvent::Navigated { url: other } if !has_spoken || url.as_ref().is_none_or(|url| *url == other) => {
                continue;
            }
            event => match metered(&mut meter, event).transpose() {
                Some(heard) => heard,
                // It is left out.
                None => continue,
            },
        };
        let is_last = !matches!(heard, Ok(MeteredMessage::Event(_) | MeteredMessage::Line { .. }));
        if sender.send(heard).is_err() || is_last {
            return;
        }
    }
}

/// Returns what is recorded of an event; `None` if it is left out.
fn metered(meter: &mut EventMeter, event: BrowserEvent) -> Result<Option<MeteredMessage>, PageFault> {
    let mut line = |level: String, text: String| {
        let is_recorded = meter.line(&text)?;
        Ok(is_recorded.then_some(MeteredMessage::Line { level, text }))
    };
    match event {
        BrowserEvent::Binding { payload } => meter.event(&payload).map(|()| Some(MeteredMessage::Event(payload))),
        BrowserEvent::Console { level, text } => line(level, text),
        BrowserEvent::Exception { text } => line("exception".to_owned(), text),
        BrowserEvent::Navigated { url } => Err(PageFault::left(&url)),
        BrowserEvent::Closed => Err(PageFault::Closed),
        BrowserEvent::TooLong { limit } => Err(PageFault::TooLongAtOnce { limit }),
        BrowserEvent::Crashed { reason } => Ok(Some(MeteredMessage::Crashed(reason))),
    }
}
