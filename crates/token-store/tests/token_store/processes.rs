//! Other processes: this binary runs itself again.

use std::env;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use reachout_oauth::{App, OAuthCredentials, TokenStore};

use crate::access;

const ADDRESS: &str = "REACHOUT_TEST_ADDRESS";
const ROLE: &str = "REACHOUT_TEST_ROLE";
/// libtest writes to stdout as well.
const MARK: &str = "child: ";

/// What a process does for ever: hold the account's lock.
const HOLD: &str = "hold";

/// Runs `as_a_child` of the test module `module` alone.
fn command(module: &str, address: &str, role: &str) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    let (_, module) = module.split_once("::").unwrap();
    command.args(["--ignored", "--exact", &format!("{module}::as_a_child"), "--nocapture"]).env(ADDRESS, address).env(ROLE, role);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A process that asks once for an access token, and what it got.
pub async fn refresh(module: &str, address: &str, endpoint: &str) -> String {
    let mut command = command(module, address, endpoint);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let line = said.lines().find_map(|line| line.split_once(MARK)).map(|(_, text)| text.to_owned());
    line.unwrap_or_else(|| panic!("{said}{}", String::from_utf8_lossy(&output.stderr)))
}

/// A process that is killed while it holds the lock on `acme`, whose lease is three seconds.
pub async fn kill_while_it_holds(module: &str, address: &str) {
    let mut command = command(module, address, HOLD);
    let work = move || {
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap().contains("held")));
        child.kill().unwrap();
        child.wait().unwrap();
    };
    tokio::task::spawn_blocking(work).await.unwrap();
}

/// Address and role, in a process that was started here.
pub fn child() -> Option<(String, String)> {
    env::var(ADDRESS).ok().zip(env::var(ROLE).ok())
}

pub trait Leased {
    fn leased(self, lease: Duration) -> Self;
}

impl Leased for reachout_token_store::SqliteStore {
    fn leased(self, lease: Duration) -> Self {
        self.lease(lease)
    }
}

impl Leased for reachout_token_store::PostgresStore {
    fn leased(self, lease: Duration) -> Self {
        self.lease(lease)
    }
}

pub async fn act<S: TokenStore + Leased + 'static>(store: S, role: &str) {
    let store = store.leased(Duration::from_secs(3));
    if role == HOLD {
        let _lock = store.lock("acme").await.unwrap();
        println!("{MARK}held");
        let _ = tokio::task::spawn_blocking(|| std::io::stdin().read(&mut [0])).await;
        return;
    }
    let app = App::builder("id", "secret").base_url(role).build().unwrap();
    match OAuthCredentials::new(app, Arc::new(store), "acme").tokens().await {
        Ok(tokens) => println!("{MARK}token {}", access(&tokens)),
        Err(error) => println!("{MARK}error {error}"),
    }
}
