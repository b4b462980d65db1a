//! Files to start from: objects that people write, and the state that the sandbox keeps over restarts.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::sync::broadcast::error::RecvError;

use crate::engine::{Snapshot, Stage};
use crate::fault::unknown;
use crate::server::Server;
use crate::{FaultRule, StartError, Subscription, Vendor};

/// How long a change waits for others before the file is written.
const GATHER: Duration = Duration::from_secs(1);

/// What is kept over restarts. The log and the settings are not.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct State {
    /// The objects by the slug of their vendor.
    vendors: BTreeMap<String, Snapshot>,
    faults: Vec<FaultRule>,
    webhooks: Vec<Subscription>,
}

/// Starts every vendor from the objects of a seed file. Nothing is taken over unless all of it is right.
pub(crate) fn seed(stages: &mut [Stage], path: &Path) -> Result<(), StartError> {
    let vendors: Map<String, Value> = read(path)?;
    let problem = |problem: String| StartError::File { path: path.to_owned(), problem };
    for (name, kinds) in &vendors {
        let stage = stages.iter_mut().find(|stage| stage.api.vendor.slug() == name);
        let known = Vendor::ALL.map(Vendor::slug).into_iter();
        let stage = stage.ok_or_else(|| problem(unknown(name, name, "a vendor", known)))?;
        let kinds = kinds.as_object().ok_or_else(|| problem(format!("{name}: this is not a map from kinds to lists of objects")))?;
        stage.seed(kinds).map_err(|error| problem(format!("{name}.{error}")))?;
    }
    Ok(())
}

/// Takes over the state of a file; one that does not exist yet is the state to start from.
pub(crate) fn restore(server: &Server, path: &Path) -> Result<(), StartError> {
    if !path.exists() {
        return Ok(());
    }
    let state: State = read(path)?;
    let settings = server.settings();
    for (name, snapshot) in state.vendors {
        let vendor: Vendor = name.parse().map_err(|_| StartError::File {
            path: path.to_owned(),
            problem: format!("vendors.{}", unknown(&name, &name, "a vendor", Vendor::ALL.map(Vendor::slug).into_iter())),
        })?;
        server.stage(vendor).restore(snapshot, &settings);
    }
    for rule in state.faults {
        server.faults().add(rule);
    }
    server.hub.restore(state.webhooks);
    Ok(())
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, StartError> {
    let problem = |problem: String| StartError::File { path: path.to_owned(), problem };
    let text = std::fs::read_to_string(path).map_err(|error| problem(error.to_string()))?;
    let mut reader = serde_json::Deserializer::from_str(&text);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| match error.path().to_string().as_str() {
        // What is not JSON has a line and a column.
        "." => problem(error.inner().to_string()),
        _ if !error.inner().is_data() => problem(error.inner().to_string()),
        field => problem(format!("{field}: {}", error.inner())),
    })?;
    reader.end().map_err(|error| problem(error.to_string()))?;
    Ok(value)
}

/// A file that has the state of a sandbox.
#[derive(Debug)]
pub(crate) struct StateFile {
    path: PathBuf,
    /// What was written last.
    written: String,
}

impl StateFile {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path, written: String::new() }
    }

    /// Writes the state, if it changed: to a file beside, which then takes the other's place.
    pub(crate) fn write(&mut self, server: &Server) -> Result<(), StartError> {
        let problem = |problem: String| StartError::File { path: self.path.clone(), problem };
        let state = State {
            vendors: server.stages().iter().map(|stage| (stage.api.vendor.to_string(), stage.snapshot())).collect(),
            faults: server.faults().rules().map(|waiting| waiting.rule.clone()).collect(),
            webhooks: server.hub.subscriptions(),
        };
        let text = serde_json::to_string(&state).map_err(|error| problem(error.to_string()))?;
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
pub(crate) async fn keep(server: Weak<Server>, file: Arc<std::sync::Mutex<StateFile>>) {
    let Some(mut news) = server.upgrade().map(|server| server.news.watch()) else { return };
    loop {
        if matches!(news.recv().await, Err(RecvError::Closed)) {
            return;
        }
        tokio::time::sleep(GATHER).await;
        // What came meanwhile is written along.
        news = news.resubscribe();
        let (Some(server), file) = (server.upgrade(), Arc::clone(&file)) else { return };
        let written = tokio::task::spawn_blocking(move || crate::server::lock(&file).write(&server)).await;
        if let Ok(Err(error)) = written {
            tracing::error!(%error, "the state is not written");
        }
    }
}
