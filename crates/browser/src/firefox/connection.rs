//! The connection to Firefox: commands with their answers, and the events of each page.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot, watch};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_util::task::AbortOnDropHandle;

use super::start::Socket;
use crate::bridge::too_long;
use crate::error::BrowserError;
use crate::health::Health;
use precall_support::secrets::Secret;

/// The credentials of a page for its proxy.
pub(super) struct Login {
    pub name: String,
    pub password: Secret,
}

/// An event of Firefox about a page: its method and its parameters.
#[derive(Debug)]
pub(super) struct Event {
    pub method: String,
    pub params: Value,
}

/// A page that is open.
struct OpenPage {
    events: mpsc::UnboundedSender<Event>,
    login: Option<Login>,
    /// The requests for which the proxy has been given the credentials. It is not given them twice.
    answered: HashSet<String>,
    accepts_dialogs: bool,
}

type Pages = Arc<Mutex<HashMap<String, OpenPage>>>;
type Answer = Result<Value, String>;
type Pending = Arc<Mutex<HashMap<u64, oneshot::Sender<Answer>>>>;

/// A connection to Firefox. It ends when it is dropped.
pub(super) struct BidiConnection {
    commands: mpsc::UnboundedSender<Message>,
    next_id: AtomicU64,
    pending: Pending,
    pages: Pages,
    health: Health,
    _task: AbortOnDropHandle<()>,
}

impl BidiConnection {
    pub(super) fn new(socket: Socket) -> Self {
        let (commands, queue) = mpsc::unbounded_channel();
        let (gone, health) = Health::new();
        let (pending, pages) = (Pending::default(), Pages::default());
        let exchange =
            Exchange { commands: commands.clone(), pending: Arc::clone(&pending), pages: Arc::clone(&pages) };
        let task = AbortOnDropHandle::new(tokio::spawn(exchange.run(socket, queue, gone)));
        Self { commands, next_id: AtomicU64::new(1), pending, pages, health, _task: task }
    }

    pub(super) fn health(&self) -> &Health {
        &self.health
    }

    /// Sends a command and returns its answer.
    ///
    /// # Errors
    ///
    /// If the browser is gone, does not answer in time, or refuses.
    pub(super) async fn call(&self, method: &'static str, params: Value) -> Result<Value, BrowserError> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let (sender, answer) = oneshot::channel();
        lock(&self.pending).insert(id, sender);
        let command = json!({ "id": id, "method": method, "params": params });
        // A connection that has ended answers nothing, which the health reports.
        let _ = self.commands.send(Message::text(command.to_string()));
        let answer = async { answer.await.unwrap_or_else(|_| Err("its connection ended".to_owned())) };
        let answer = self.health.call(method, answer).await;
        lock(&self.pending).remove(&id);
        answer
    }

    /// Delivers the events of a page from now on. Its proxy gets these credentials.
    pub(super) fn listen(&self, page: &str, login: Option<Login>) -> mpsc::UnboundedReceiver<Event> {
        let (events, receiver) = mpsc::unbounded_channel();
        let open = OpenPage { events, login, answered: HashSet::new(), accepts_dialogs: false };
        lock(&self.pages).insert(page.to_owned(), open);
        receiver
    }

    /// Returns the ids of the pages that are open.
    pub(super) fn open_pages(&self) -> Vec<String> {
        lock(&self.pages).keys().cloned().collect()
    }

    /// Accepts the dialogs of a page from now on.
    pub(super) fn accept_dialogs(&self, page: &str) {
        if let Some(page) = lock(&self.pages).get_mut(page) {
            page.accepts_dialogs = true;
        }
    }

    /// Delivers no further event of a page.
    pub(super) fn forget(&self, page: &str) {
        lock(&self.pages).remove(page);
    }

    /// Sends a command whose answer does not matter.
    pub(super) fn tell(&self, method: &str, params: &Value) {
        tell(&self.commands, method, params);
    }
}

/// The id of commands whose answers do not matter.
const UNANSWERED: u64 = 0;

fn tell(commands: &mpsc::UnboundedSender<Message>, method: &str, params: &Value) {
    let command = json!({ "id": UNANSWERED, "method": method, "params": params });
    // As in `call`.
    let _ = commands.send(Message::text(command.to_string()));
}

/// Nothing that is done under these locks panics half-way.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The task behind a connection.
struct Exchange {
    commands: mpsc::UnboundedSender<Message>,
    pending: Pending,
    pages: Pages,
}

impl Exchange {
    async fn run(
        self,
        socket: Socket,
        mut queue: mpsc::UnboundedReceiver<Message>,
        gone: watch::Sender<Option<String>>,
    ) {
        let (mut output, mut input) = socket.split();
        let reason = loop {
            tokio::select! {
                command = queue.recv() => match command {
                    Some(command) => {
                        if let Err(error) = output.send(command).await {
                            break format!("its WebDriver BiDi connection broke ({error})");
                        }
                    }
                    None => break "precall ended the connection".to_owned(),
                },
                message = input.next() => match message {
                    Some(Ok(Message::Text(text))) => self.take(&text),
                    Some(Ok(Message::Close(_))) | None => {
                        break "it closed its WebDriver BiDi connection".to_owned();
                    }
                    Some(Ok(_)) => {}
                    Some(Err(Error::Capacity(_))) => break too_long(),
                    Some(Err(error)) => break format!("its WebDriver BiDi connection broke ({error})"),
                },
            }
        };
        // The streams of events end, and the commands that wait get no answer.
        lock(&self.pages).clear();
        let _ = gone.send(Some(reason));
        lock(&self.pending).clear();
    }

    /// Takes a message of Firefox in.
    fn take(&self, text: &str) {
        let Ok(mut message) = serde_json::from_str::<Value>(text) else { return };
        if let Some(id) = message["id"].as_u64() {
            if let Some(waiting) = lock(&self.pending).remove(&id) {
                let answer = match message["type"].as_str() {
                    Some("success") => Ok(message["result"].take()),
                    _ => Err(format!("{}: {}", plain(&message["error"]), plain(&message["message"]))),
                };
                // Nobody may wait any more.
                let _ = waiting.send(answer);
            }
            return;
        }
        let params = message["params"].take();
        let of_source = params["source"]["context"].as_str();
        let Some(id) = params["context"].as_str().or(of_source).map(str::to_owned) else { return };
        let mut pages = lock(&self.pages);
        let Some(page) = pages.get_mut(&id) else { return };
        let method = plain(&message["method"]).to_owned();
        match method.as_str() {
            "network.authRequired" => self.log_in(page, &params),
            "browsingContext.userPromptOpened" if page.accepts_dialogs => {
                tell(&self.commands, "browsingContext.handleUserPrompt", &json!({ "context": id, "accept": true }));
            }
            _ => {}
        }
        // The page may be read by nobody.
        let _ = page.events.send(Event { method, params });
    }

    /// Gives the credentials to a proxy that requests them, once for each request.
    fn log_in(&self, page: &mut OpenPage, params: &Value) {
        let request = plain(&params["request"]["request"]).to_owned();
        let is_first = page.answered.insert(request.clone());
        let action = match &page.login {
            Some(login) if is_first => json!({
                "request": request,
                "action": "provideCredentials",
                "credentials": { "type": "password", "username": login.name, "password": login.password.expose() },
            }),
            _ => json!({ "request": request, "action": "cancel" }),
        };
        tell(&self.commands, "network.continueWithAuth", &action);
    }
}

/// Returns a string of an answer; empty if there is none.
pub(super) fn text(answer: &Value, key: &str) -> String {
    plain(&answer[key]).to_owned()
}

fn plain(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
