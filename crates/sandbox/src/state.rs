//! Files to start from: objects that people write, and the state that the sandbox keeps over restarts.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use chrono::{DateTime, Utc};
use reachout_messenger::Vendor;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinHandle;

use crate::engine::{Simulator, Snapshot};
use crate::fault::{FaultRule, unknown};
use crate::server::{Server, lock};
use crate::start_error::StartError;
use crate::webhook::Subscription;

/// How long a change waits for others before the file is written.
const GATHER: Duration = Duration::from_secs(1);

/// What is kept over restarts, exported and imported. The log and the settings are not.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SavedState {
    /// The objects by the slug of their vendor.
    vendors: BTreeMap<String, Snapshot>,
    faults: Vec<FaultRule>,
    webhooks: Vec<Subscription>,
    /// The time, where it is not the system's. A sandbox that takes it over is not before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    clock: Option<DateTime<Utc>>,
}

impl SavedState {
    pub(crate) fn of(server: &Server) -> Self {
        Self {
            vendors: server.simulators().iter().map(|simulator| (simulator.api.vendor.to_string(), simulator.snapshot())).collect(),
            faults: server.faults().rules().map(|queued| queued.rule.clone()).collect(),
            webhooks: server.webhooks.subscriptions(),
            clock: server.clock.is_moved().then(|| server.clock.now()),
        }
    }

    /// Reads a state. The error names the field, or line and column of what is not JSON.
    pub(crate) fn parse(json: &[u8]) -> Result<Self, String> {
        parse(json)
    }

    /// Makes this the state of `server`: all of it, or nothing and an error that names the field. Vendors that it leaves out stay as they
    /// are.
    pub(crate) fn apply(self, server: &Server) -> Result<(), String> {
        let capacity = server.settings().capacity;
        let mut snapshots = Vec::new();
        for (name, snapshot) in self.vendors {
            let known = || Vendor::ALL.map(Vendor::id).into_iter();
            let vendor: Vendor = name.parse().map_err(|_| format!("vendors.{}", unknown(&name, &name, "a vendor", known())))?;
            snapshot.check(capacity).map_err(|problem| format!("vendors.{name}.{problem}"))?;
            snapshots.push((vendor, snapshot));
        }
        for (index, rule) in self.faults.iter().enumerate() {
            server.check_fault(rule).map_err(|problem| format!("faults.{index}.{problem}"))?;
        }
        for (index, subscription) in self.webhooks.iter().enumerate() {
            let api = server.simulator(subscription.webhook.vendor).api;
            subscription.webhook.check(api).map_err(|problem| format!("webhooks.{index}.{problem}"))?;
        }
        for (vendor, snapshot) in snapshots {
            server.simulator(vendor).restore(snapshot, capacity);
        }
        server.replace_faults(self.faults);
        server.webhooks.restore(self.webhooks);
        if let Some(time) = self.clock {
            server.clock.forward(time);
        }
        server.changes.changed(crate::changes::Topic::Objects);
        Ok(())
    }
}

/// Starts every vendor from the objects of a seed file. Nothing is taken over unless all of it is right.
pub(crate) fn seed(simulators: &mut [Simulator], path: &Path) -> Result<(), StartError> {
    let problem = |problem: String| StartError::File { path: path.to_owned(), problem };
    let vendors: Map<String, Value> = parse(&read(path)?).map_err(problem)?;
    for (name, kinds) in &vendors {
        let simulator = simulators.iter_mut().find(|simulator| simulator.api.vendor.id() == name);
        let known = Vendor::ALL.map(Vendor::id).into_iter();
        let simulator = simulator.ok_or_else(|| problem(unknown(name, name, "a vendor", known)))?;
        let kinds = kinds.as_object().ok_or_else(|| problem(format!("{name}: this is not a map from kinds to lists of objects")))?;
        simulator.seed(kinds).map_err(|error| problem(format!("{name}.{error}")))?;
    }
    Ok(())
}

/// Takes over the state of a file; one that does not exist yet is the state to start from.
pub(crate) fn restore(server: &Server, path: &Path) -> Result<(), StartError> {
    if !path.exists() {
        return Ok(());
    }
    let state = SavedState::parse(&read(path)?).and_then(|state| state.apply(server));
    state.map_err(|problem| StartError::File { path: path.to_owned(), problem })
}

/// Lets the people of a file react to messages.
pub(crate) fn people(server: &Server, path: &Path) -> Result<(), StartError> {
    let set = parse(&read(path)?).and_then(|people| server.set_people(people));
    set.map_err(|problem| StartError::File { path: path.to_owned(), problem })
}

fn read(path: &Path) -> Result<Vec<u8>, StartError> {
    std::fs::read(path).map_err(|error| StartError::File { path: path.to_owned(), problem: error.to_string() })
}

fn parse<T: serde::de::DeserializeOwned>(json: &[u8]) -> Result<T, String> {
    let mut reader = serde_json::Deserializer::from_slice(json);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| match error.path().to_string().as_str() {
        // What is not JSON has a line and a column.
        "." => error.inner().to_string(),
        _ if !error.inner().is_data() => error.inner().to_string(),
        field => format!("{field}: {}", error.inner()),
    })?;
    reader.end().map_err(|error| error.to_string())?;
    Ok(value)
}

/// Writes the state into a file whenever it changes, until it is dropped.
#[derive(Debug)]
pub(crate) struct Saver {
    file: Arc<Mutex<StateFile>>,
    task: JoinHandle<()>,
}

/// Writes the file once, so that it is known to be possible, and then whenever something changed.
pub(crate) fn save_changes(server: &Arc<Server>, path: PathBuf) -> Result<Saver, StartError> {
    let mut file = StateFile { path, written: String::new() };
    file.write(server)?;
    let file = Arc::new(Mutex::new(file));
    let task = tokio::spawn(follow(Arc::downgrade(server), Arc::clone(&file)));
    Ok(Saver { file, task })
}

impl Saver {
    /// Writes the file now.
    pub(crate) fn save(&self, server: &Server) -> Result<(), StartError> {
        lock(&self.file).write(server)
    }
}

impl Drop for Saver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A file that has the state of a sandbox.
#[derive(Debug)]
struct StateFile {
    path: PathBuf,
    /// What was written last.
    written: String,
}

impl StateFile {
    /// Writes the state, if it changed: to a file beside, which then takes the other's place.
    fn write(&mut self, server: &Server) -> Result<(), StartError> {
        let problem = |problem: String| StartError::File { path: self.path.clone(), problem };
        let text = serde_json::to_string(&SavedState::of(server)).map_err(|error| problem(error.to_string()))?;
        if text == self.written {
            return Ok(());
        }
        let directory = self.path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let write = || {
            let mut file = tempfile::NamedTempFile::new_in(directory)?;
            file.write_all(text.as_bytes())?;
            file.as_file().sync_all()?;
            file.persist(&self.path).map_err(|error| error.error)
        };
        write().map_err(|error| problem(error.to_string()))?;
        self.written = text;
        Ok(())
    }
}

/// Writes the file whenever something changed, until the server is gone.
async fn follow(server: Weak<Server>, file: Arc<Mutex<StateFile>>) {
    let Some(mut changes) = server.upgrade().map(|server| server.changes.watch()) else { return };
    loop {
        if matches!(changes.recv().await, Err(RecvError::Closed)) {
            return;
        }
        tokio::time::sleep(GATHER).await;
        // What came meanwhile is written along.
        changes = changes.resubscribe();
        let (Some(server), file) = (server.upgrade(), Arc::clone(&file)) else { return };
        let written = tokio::task::spawn_blocking(move || lock(&file).write(&server)).await;
        if let Ok(Err(error)) = written {
            tracing::error!(%error, "the state is not written");
        }
    }
}
