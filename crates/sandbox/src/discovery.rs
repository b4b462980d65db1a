//! [`Running`]: a sandbox in another process, and how it is found.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use reachout_messenger::Vendor;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::{Host, Url};

use crate::clock::ClockReading;

/// A sandbox that another process serves.
#[derive(Clone, Debug)]
pub struct Running {
    url: String,
    base_urls: BTreeMap<Vendor, String>,
}

/// Why no sandbox is used at an address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no sandbox responds at {url}: {problem}")]
#[non_exhaustive]
pub struct NotRunning {
    /// The address.
    pub url: String,
    /// What happened instead.
    pub problem: String,
}

/// The variable that names the address of a running sandbox.
const VARIABLE: &str = "REACHOUT_SANDBOX_URL";
/// How long a sandbox may take to respond; one on this machine takes a millisecond.
const TIMEOUT: Duration = Duration::from_secs(2);
/// How long the pause between two looks is while one is waited for.
const PAUSE: Duration = Duration::from_millis(50);
/// No overview is longer.
const LIMIT: usize = 1 << 20;
const ANOTHER: &str = "this is not a sandbox, or another version of it";

impl Running {
    /// The sandbox at this address, if it says that it is one.
    pub async fn at(url: &str) -> Result<Self, NotRunning> {
        let url = url.trim_end_matches('/');
        let overview: Value = get(url, "").await?;
        let base_url = |vendor: Vendor| Some((vendor, overview["vendors"][vendor.id()]["base_url"].as_str()?.to_owned()));
        let base_urls: Option<BTreeMap<_, _>> = Vendor::ALL.into_iter().map(base_url).collect();
        let base_urls = base_urls.ok_or_else(|| NotRunning { url: url.to_owned(), problem: ANOTHER.to_owned() })?;
        Ok(Self { url: url.to_owned(), base_urls })
    }

    /// The sandbox that `REACHOUT_SANDBOX_URL` names, which then must respond, or else the one of this user that announced itself last and
    /// still responds.
    pub async fn find() -> Result<Option<Self>, NotRunning> {
        match std::env::var(VARIABLE).ok().filter(|url| !url.is_empty()) {
            Some(url) => Self::at(&url).await.map(Some),
            None => Ok(Self::all().await.into_iter().next()),
        }
    }

    /// The sandboxes of this user that announced themselves and respond, the one that started last first.
    pub async fn all() -> Vec<Self> {
        let mut found = Vec::new();
        for (path, announced) in directory().map(|directory| announcements(&directory)).unwrap_or_default() {
            // Whoever could write the file must not lead the requests of this user to another machine.
            if !is_local(&announced.url) {
                continue;
            }
            match Self::at(&announced.url).await {
                Ok(running) => found.push(running),
                // It was killed before it could remove its file.
                Err(_) if is_free(&announced.url).await => drop(std::fs::remove_file(path)),
                Err(_) => {}
            }
        }
        found
    }

    /// The sandbox that [`Running::find`] finds, as soon as it responds; an error after this time.
    pub async fn wait(time: Duration) -> Result<Self, NotRunning> {
        let end = Instant::now() + time;
        loop {
            let found = Self::find().await;
            if let Ok(Some(running)) = found {
                return Ok(running);
            }
            if Instant::now() >= end {
                let url = std::env::var(VARIABLE).unwrap_or_else(|_| "any announced address".to_owned());
                let problem = format!("none started within {time:?}");
                return Err(found.err().unwrap_or(NotRunning { url, problem }));
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// The address of the sandbox itself.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The time in the sandbox, and when something happens there by itself next.
    pub async fn clock(&self) -> Result<ClockReading, NotRunning> {
        get(&self.url, "/clock").await
    }

    /// The base URL to give the vendor's client.
    pub fn base_url(&self, vendor: Vendor) -> &str {
        // Every vendor has one: `at` refuses a sandbox that lacks it.
        self.base_urls.get(&vendor).map_or("", String::as_str)
    }
}

/// What the control at `path` of the sandbox at `url` shows.
async fn get<T: DeserializeOwned>(url: &str, path: &str) -> Result<T, NotRunning> {
    let shown = tokio::time::timeout(TIMEOUT, fetch(url, path)).await.unwrap_or_else(|_| Err(format!("no response within {TIMEOUT:?}")));
    let shown = shown.and_then(|bytes| serde_json::from_slice(&bytes).map_err(|_| ANOTHER.to_owned()));
    shown.map_err(|problem| NotRunning { url: url.to_owned(), problem })
}

async fn fetch(url: &str, path: &str) -> Result<Bytes, String> {
    let request = Request::get(format!("{url}/_sandbox{path}")).body(Empty::<Bytes>::new()).map_err(|error| error.to_string())?;
    let client = Client::builder(TokioExecutor::new()).build_http();
    let response = client.request(request).await.map_err(|error| match std::error::Error::source(&error) {
        Some(source) => source.to_string(),
        None => error.to_string(),
    })?;
    let body = Limited::new(response.into_body(), LIMIT).collect().await.map_err(|error| error.to_string())?;
    Ok(body.to_bytes())
}

/// The file by which a running sandbox is found. It is gone once this is dropped.
#[derive(Debug)]
#[must_use = "the sandbox is not found any more once this is dropped"]
pub struct Announcement {
    path: PathBuf,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Announced {
    url: String,
    /// Milliseconds since 1970.
    started_at: i64,
}

impl Announcement {
    /// Writes a file of the sandbox's own, for whoever runs programs under the same user. Nothing where the system has no place for such
    /// files.
    pub(crate) fn write(url: &str) -> std::io::Result<Option<Self>> {
        let Some(directory) = directory() else { return Ok(None) };
        let announced = Announced { url: url.to_owned(), started_at: chrono::Utc::now().timestamp_millis() };
        std::fs::create_dir_all(&directory)?;
        let mut file = tempfile::NamedTempFile::new_in(&directory)?;
        file.write_all(&serde_json::to_vec(&announced)?)?;
        let path = directory.join(format!("{}.json", uuid::Uuid::new_v4()));
        file.persist(&path).map_err(|error| error.error)?;
        Ok(Some(Self { path }))
    }
}

impl Drop for Announcement {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// The announcements in a directory, the newest first.
fn announcements(directory: &Path) -> Vec<(PathBuf, Announced)> {
    let files = std::fs::read_dir(directory).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path());
    let read = |path: PathBuf| Some((path.clone(), serde_json::from_slice::<Announced>(&std::fs::read(path).ok()?).ok()?));
    let mut all: Vec<_> = files.filter(|path| path.extension().is_some_and(|extension| extension == "json")).filter_map(read).collect();
    all.sort_by_key(|(_, announced)| std::cmp::Reverse(announced.started_at));
    all
}

/// Where sandboxes of this user announce themselves: under the XDG directory of what runs, or else that of state.
fn directory() -> Option<PathBuf> {
    let directory = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || directory("HOME").map(|home| home.join(".local/state"));
    let directory = ["XDG_RUNTIME_DIR", "XDG_STATE_HOME", "LOCALAPPDATA"].into_iter().find_map(directory).or_else(home)?;
    Some(directory.join("reachout").join("sandboxes"))
}

/// Whether nothing listens at the address any more.
async fn is_free(url: &str) -> bool {
    let addresses = Url::parse(url).ok().and_then(|url| url.socket_addrs(|| None).ok()).unwrap_or_default();
    match tokio::net::TcpStream::connect(&addresses[..]).await {
        Err(error) => error.kind() == std::io::ErrorKind::ConnectionRefused,
        Ok(_) => false,
    }
}

fn is_local(url: &str) -> bool {
    let url = Url::parse(url).ok().filter(|url| url.scheme() == "http");
    match url.as_ref().and_then(Url::host) {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
