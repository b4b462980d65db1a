//! [`Running`]: a sandbox in another process, and how it is found.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::{Host, Url};

use crate::Vendor;

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
/// No overview is longer.
const LIMIT: usize = 1 << 20;

impl Running {
    /// The sandbox at this address, if it says that it is one.
    pub async fn at(url: &str) -> Result<Self, NotRunning> {
        let url = url.trim_end_matches('/');
        let not_running = |problem: String| NotRunning { url: url.to_owned(), problem };
        let overview = tokio::time::timeout(TIMEOUT, overview(url));
        let overview = overview.await.map_err(|_| not_running(format!("no response within {TIMEOUT:?}")))?.map_err(not_running)?;
        let base_url = |vendor: Vendor| Some((vendor, overview["vendors"][vendor.slug()]["base_url"].as_str()?.to_owned()));
        let base_urls: Option<BTreeMap<_, _>> = Vendor::ALL.into_iter().map(base_url).collect();
        let base_urls = base_urls.ok_or_else(|| not_running("this is not a sandbox, or another version of it".to_owned()))?;
        Ok(Self { url: url.to_owned(), base_urls })
    }

    /// The sandbox that `REACHOUT_SANDBOX_URL` names, which then must respond, or else the one of this user that announced itself last and
    /// still responds.
    pub async fn find() -> Result<Option<Self>, NotRunning> {
        if let Some(url) = std::env::var(VARIABLE).ok().filter(|url| !url.is_empty()) {
            return Self::at(&url).await.map(Some);
        }
        let announced = announcement_path().and_then(|path| read(&path));
        match announced {
            // Whoever could write the file must not lead the requests of this user to another machine.
            Some(announced) if is_local(&announced.url) => Ok(Self::at(&announced.url).await.ok()),
            _ => Ok(None),
        }
    }

    /// The address of the sandbox itself.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The base URL to give the vendor's client.
    pub fn base_url(&self, vendor: Vendor) -> &str {
        // Every vendor has one: `at` refuses a sandbox that lacks it.
        self.base_urls.get(&vendor).map_or("", String::as_str)
    }
}

async fn overview(url: &str) -> Result<Value, String> {
    let request = Request::get(format!("{url}/_sandbox")).body(Empty::<Bytes>::new()).map_err(|error| error.to_string())?;
    let client = Client::builder(TokioExecutor::new()).build_http();
    let response = client.request(request).await.map_err(|error| match std::error::Error::source(&error) {
        Some(source) => source.to_string(),
        None => error.to_string(),
    })?;
    let body = Limited::new(response.into_body(), LIMIT).collect().await.map_err(|error| error.to_string())?;
    serde_json::from_slice(&body.to_bytes()).map_err(|_| "this is not a sandbox".to_owned())
}

/// What a sandbox says of itself in the file by which it is found. The file is gone once this is dropped.
#[derive(Debug)]
#[must_use = "the sandbox is not found any more once this is dropped"]
pub struct Announcement {
    path: PathBuf,
    announced: Announced,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Announced {
    url: String,
    process: u32,
}

impl Announcement {
    /// Writes the file, for whoever runs programs under the same user. Nothing where the system has no place for such files.
    pub(crate) fn write(url: &str) -> std::io::Result<Option<Self>> {
        let Some(path) = announcement_path() else { return Ok(None) };
        let announced = Announced { url: url.to_owned(), process: std::process::id() };
        let directory = path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(directory)?;
        let mut file = tempfile::NamedTempFile::new_in(directory)?;
        file.write_all(&serde_json::to_vec(&announced)?)?;
        file.persist(&path).map_err(|error| error.error)?;
        Ok(Some(Self { path, announced }))
    }
}

impl Drop for Announcement {
    fn drop(&mut self) {
        // Another sandbox may have announced itself since.
        if read(&self.path).as_ref() == Some(&self.announced) {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

fn read(path: &Path) -> Option<Announced> {
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}

/// Where sandboxes of this user announce themselves: the XDG directory of what runs, or else that of state.
fn announcement_path() -> Option<PathBuf> {
    let directory = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || directory("HOME").map(|home| home.join(".local/state"));
    let directory = ["XDG_RUNTIME_DIR", "XDG_STATE_HOME", "LOCALAPPDATA"].into_iter().find_map(directory).or_else(home)?;
    Some(directory.join("reachout").join("sandbox.json"))
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
