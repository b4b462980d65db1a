//! What is sent and what came back, shown to people: `-v`, `--dry-run` and `--curl`.

mod curl;
mod mask;

use std::{
    fmt::Write as _,
    io::IsTerminal as _,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use reachout_document::is_secret;
use reachout_runtime::{
    Auth, Bytes, Error, Observer, Outgoing, StatusCode, Vendor,
    header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap},
};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::cli::{
    failure::Failure,
    globals::Globals,
    output::{Output, line, note, plain},
};

/// The longest body that is shown.
const SHOWN: usize = 16 * 1024;

/// What the runtime puts where a credential was.
const REDACTED: &str = "[redacted]";

/// How the exchanges of this run are shown. Clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Exchange {
    verbose: u8,
    mode: Mode,
    unsent: Arc<Mutex<Option<Unsent>>>,
    /// The parts of a form, which the request itself does not show.
    parts: Arc<Mutex<Vec<Part>>>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mode {
    #[default]
    Send,
    DryRun,
    Curl,
}

/// A part of a form: its text, or the path of its file.
#[derive(Clone, Debug, Serialize)]
pub struct Part {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

/// A request that was not sent.
#[derive(Clone, Debug)]
struct Unsent {
    method: String,
    url: String,
    /// The credential is a variable of the shell.
    headers: Vec<(String, String)>,
    /// The headers that hold it.
    credential: Vec<String>,
    body: Option<Bytes>,
    parts: Vec<Part>,
}

impl Exchange {
    pub fn new(globals: &Globals) -> Self {
        let mode = match (globals.dry_run, globals.curl) {
            (true, _) => Mode::DryRun,
            (_, true) => Mode::Curl,
            _ => Mode::Send,
        };
        Self { verbose: globals.verbose, mode, ..Self::default() }
    }

    /// Nothing is sent.
    pub fn is_preview(&self) -> bool {
        self.mode != Mode::Send
    }

    /// A person reads what would be sent, rather than a shell.
    pub fn is_dry_run(&self) -> bool {
        self.mode == Mode::DryRun
    }

    /// What watches the calls to a vendor; nothing where nobody wants to see them.
    pub fn observer(&self, vendor: &'static Vendor) -> Option<Arc<dyn Observer>> {
        let wanted = self.verbose > 0 || self.is_preview();
        wanted.then(|| Arc::new(Watcher { exchange: self.clone(), vendor, sent: Mutex::new(Instant::now()) }) as Arc<dyn Observer>)
    }

    /// Records what the form of the next request consists of.
    pub fn set_parts(&self, parts: Vec<Part>) {
        *self.parts.lock().unwrap_or_else(PoisonError::into_inner) = parts;
    }

    /// Prints the request that was not sent, if there was one.
    pub fn show(&self, output: &mut Output) -> Option<Result<(), Failure>> {
        let unsent = self.unsent.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        Some(match self.mode {
            Mode::Curl => line(&curl::command(&unsent)),
            _ if output.is_table() => line(&unsent.text()),
            _ => output.object(&unsent.object()),
        })
    }
}

impl Unsent {
    fn of(request: &Outgoing<'_>, vendor: &Vendor, parts: Vec<Part>) -> Self {
        let (header, _) = credential_header(vendor);
        let variable = format!("${}", vendor.credential_env);
        let mut credential = Vec::new();
        let mut headers = Vec::new();
        for (name, value) in request.headers {
            let mut text = String::from_utf8_lossy(value.as_bytes()).into_owned();
            if name.as_str().eq_ignore_ascii_case(header) && text.contains(REDACTED) {
                text = text.replace(REDACTED, &variable);
                credential.push(name.to_string());
            }
            // A form is shown by its parts: the boundary between them, and so its length, are another's to choose.
            if parts.is_empty() || ![CONTENT_TYPE, CONTENT_LENGTH].contains(name) {
                headers.push((name.to_string(), text));
            }
        }
        Self { method: request.method.to_string(), url: request.url.to_owned(), headers, credential, body: request.body.cloned(), parts }
    }

    fn media_type(&self) -> &str {
        self.headers.iter().find(|(name, _)| name == CONTENT_TYPE.as_str()).map_or("", |(_, value)| value)
    }

    /// The headers without secrets.
    fn shown_headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter().map(|(name, value)| {
            let is_secret = is_secret(name) && !self.credential.contains(name);
            (name.as_str(), if is_secret { REDACTED } else { value.as_str() })
        })
    }

    /// The parts without secrets.
    fn shown_parts(&self) -> impl Iterator<Item = Part> {
        self.parts.iter().cloned().map(|part| match part.text {
            Some(_) if is_secret(&part.name) => Part { text: Some(REDACTED.to_owned()), ..part },
            _ => part,
        })
    }

    fn text(&self) -> String {
        let mut text = format!("{} {}\n", self.method, mask::query(&self.url));
        for (name, value) in self.shown_headers() {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{name}: {value}");
        }
        if let Some(body) = &self.body {
            let _ = write!(text, "\n{}", shown(body, self.media_type(), true, usize::MAX));
        }
        for Part { name, text: value, file } in self.shown_parts() {
            let value = value.or_else(|| file.map(|file| format!("the file {file}"))).unwrap_or_default();
            let _ = write!(text, "\n{name}: {value}");
        }
        plain(text.trim_end())
    }

    /// For programs.
    fn object(&self) -> Value {
        let headers: Map<_, _> = self.shown_headers().map(|(name, value)| (name.to_owned(), Value::from(value))).collect();
        let body = self.body.as_ref().map(|body| {
            let text = mask::body(body, self.media_type());
            serde_json::from_str(&text).unwrap_or(Value::String(text))
        });
        let mut object = Map::new();
        object.insert("method".to_owned(), self.method.clone().into());
        object.insert("url".to_owned(), mask::query(&self.url).into());
        object.insert("headers".to_owned(), headers.into());
        object.insert("body".to_owned(), body.unwrap_or_default());
        if !self.parts.is_empty() {
            object.insert("parts".to_owned(), serde_json::to_value(self.shown_parts().collect::<Vec<_>>()).unwrap_or_default());
        }
        object.into()
    }
}

/// The header that carries a vendor's credential, and what stands before it.
fn credential_header(vendor: &Vendor) -> (&'static str, &'static str) {
    match vendor.auth {
        Auth::Header(name) => (name, ""),
        _ => ("authorization", "Bearer "),
    }
}

/// Sees the calls to one vendor.
#[derive(Debug)]
struct Watcher {
    exchange: Exchange,
    vendor: &'static Vendor,
    sent: Mutex<Instant>,
}

impl Watcher {
    fn since(&self) -> u128 {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).elapsed().as_millis()
    }

    fn details(&self, sign: char, headers: &HeaderMap, body: Option<&[u8]>) {
        if self.exchange.verbose < 2 {
            return;
        }
        for (name, value) in headers {
            let value = if value.is_sensitive() || is_secret(name.as_str()) && value != "Bearer [redacted]" {
                REDACTED.to_owned()
            } else {
                String::from_utf8_lossy(value.as_bytes()).into_owned()
            };
            print(sign, &format!("{name}: {value}"));
        }
        let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        for text in
            body.filter(|body| !body.is_empty()).map(|body| shown(body, media_type, false, SHOWN)).iter().flat_map(|text| text.lines())
        {
            print(sign, text);
        }
    }
}

impl Observer for Watcher {
    fn sending(&self, request: &Outgoing<'_>) -> bool {
        let parts = self.exchange.parts.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if self.exchange.is_preview() {
            *self.exchange.unsent.lock().unwrap_or_else(PoisonError::into_inner) = Some(Unsent::of(request, self.vendor, parts));
            return false;
        }
        let attempt = if request.attempt > 1 { format!(" (attempt {})", request.attempt) } else { String::new() };
        print('>', &format!("{} {}{attempt}", request.method, mask::query(request.url)));
        self.details('>', request.headers, request.body.map(|body| &body[..]));
        if self.exchange.verbose > 1 {
            for Part { name, text, file } in &parts {
                let value = if is_secret(name) { Some(REDACTED.to_owned()) } else { text.clone().or_else(|| file.clone()) };
                print('>', &format!("{name}: {}", value.unwrap_or_default()));
            }
        }
        *self.sent.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        true
    }

    fn responded(&self, status: StatusCode, headers: &HeaderMap, body: Option<&Bytes>) {
        print('<', &format!("{status} in {} ms", self.since()));
        self.details('<', headers, body.map(|body| &body[..]));
    }

    fn failed(&self, error: &Error, wait: Option<Duration>) {
        match error.status() {
            Some(status) => print('<', &format!("{status} in {} ms", self.since())),
            None => print('<', &format!("{} after {} ms", error.reason(), self.since())),
        }
        self.details('<', error.headers(), Some(error.body()));
        if let Some(wait) = wait {
            print('*', &format!("trying again in {:.1} s", wait.as_secs_f64()));
        }
    }

    fn paced(&self, wait: Duration) {
        // Asking for a slot that is free takes some milliseconds at most.
        if self.exchange.verbose > 0 && wait >= Duration::from_millis(50) {
            print('*', &format!("waited {:.1} s for the rate limit", wait.as_secs_f64()));
        }
    }
}

fn print(sign: char, text: &str) {
    let text = plain(text);
    let faint = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    note(&if faint { format!("\u{1b}[2m{sign} {text}\u{1b}[0m") } else { format!("{sign} {text}") });
}

/// A body as text, with its secrets masked.
fn shown(body: &[u8], media_type: &str, spread: bool, limit: usize) -> String {
    let mut text = mask::body(body, media_type);
    if spread && let Ok(value) = serde_json::from_str::<Value>(&text) {
        text = format!("{value:#}");
    }
    match text.char_indices().nth(limit) {
        None => text,
        Some((end, _)) => format!("{}… ({} bytes)", &text[..end], body.len()),
    }
}
