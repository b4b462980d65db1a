//! Several processes, and one whose disk is full: this binary runs itself again.

use std::env;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use reachout_oauth::{FileStore, OAuthCredentials, TokenStore as _};
use tempfile::TempDir;

use crate::server::{Action, Server, granted};
use crate::{START, access, app_builder, at, pair, secrets, strings, tokens};

const ROLE: &str = "REACHOUT_TEST_ROLE";
const URL: &str = "REACHOUT_TEST_URL";
const DIRECTORY: &str = "REACHOUT_TEST_DIRECTORY";
/// libtest writes to stdout as well.
const MARK: &str = "child: ";

/// This binary as another process, which runs [`as_a_child`] alone.
pub fn child(role: &str) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    as_child(&mut command, role);
    command
}

/// The same where no file can grow beyond `blocks` of 512 bytes (1,024 in some shells): writing more fails, as it does
/// on a full disk. Ignoring the signal that would come first is inherited.
fn child_on_a_full_disk(role: &str, blocks: usize) -> Command {
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!(r#"trap '' XFSZ; ulimit -f {blocks}; exec "$0" "$@""#)).arg(env::current_exe().unwrap());
    as_child(&mut command, role);
    command
}

fn as_child(command: &mut Command, role: &str) {
    command.args(["--ignored", "--exact", "processes::as_a_child", "--nocapture"]).env(ROLE, role);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
}

/// What the child said, line by line. Its own failure is the test's.
pub fn said(output: Output) -> Vec<String> {
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8_lossy(&output.stderr).into_owned());
    assert!(output.status.success(), "{out}{err}");
    out.lines().filter_map(|line| line.split_once(MARK)).map(|(_, text)| text.to_owned()).collect()
}

#[tokio::test]
#[ignore = "run by the other tests, as a process of its own"]
async fn as_a_child() {
    match env::var(ROLE).as_deref() {
        Ok("refresh") => refresh().await,
        Ok("hold") => hold(),
        Ok("log") => secrets::log_of_a_refresh().await.lines().for_each(|line| println!("{MARK}{line}")),
        _ => {}
    }
}

/// Asks twice for an access token.
async fn refresh() {
    let app = app_builder(&env::var(URL).unwrap()).clock(|| at(START)).build().unwrap();
    let credentials = OAuthCredentials::new(app, Arc::new(FileStore::new(env::var(DIRECTORY).unwrap())), "acme");
    for _ in 0..2 {
        match access(&credentials).await {
            // Cut, because it may be a long one.
            Ok(token) => println!("{MARK}token {token:.20}"),
            Err(error) => println!("{MARK}error {error}"),
        }
    }
    if let Some(error) = credentials.unstored() {
        println!("{MARK}unstored {error}");
    }
}

/// Keeps a temporary file locked until it is killed.
fn hold() {
    let file = File::create(Path::new(&env::var(DIRECTORY).unwrap()).join(".tokens-living")).unwrap();
    file.lock().unwrap();
    println!("{MARK}ready");
    let _ = std::io::stdin().read(&mut [0]);
}

/// A token directory with an account whose access token has ended, and the server that renews it.
async fn ended() -> (Server, TempDir) {
    let directory = TempDir::new().unwrap();
    FileStore::new(directory.path()).save("acme", &tokens("access-0", "refresh-0", START)).await.unwrap();
    (Server::start().await, directory)
}

async fn run(mut command: Command, server: &Server, directory: &TempDir) -> Vec<String> {
    command.env(URL, server.url()).env(DIRECTORY, directory.path());
    said(tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap())
}

async fn stored(directory: &TempDir) -> (String, String) {
    pair(&FileStore::new(directory.path()).load("acme").await.unwrap().unwrap())
}

fn temporary_files(directory: &Path) -> Vec<String> {
    let names = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| name.starts_with(".tokens-")).collect();
    names.sort();
    names
}

#[tokio::test]
async fn several_refresh_once() {
    let (server, directory) = ended().await;
    server.next(Action::Hold);
    let children = futures_util::future::join_all((0..4).map(|_| run(child("refresh"), &server, &directory)));
    let (outcomes, ()) = tokio::join!(children, async {
        server.has_received(1).await;
        // Time for the others to come to the lock.
        tokio::time::sleep(Duration::from_millis(500)).await;
        server.release();
    });
    for outcome in outcomes {
        assert_eq!(outcome, ["token access-1", "token access-1"]);
    }
    assert_eq!(server.count(), 1);
    assert_eq!(stored(&directory).await, strings("access-1", "refresh-1"));
}

#[cfg(unix)]
#[tokio::test]
async fn on_a_full_disk_no_refresh_token_is_spent() {
    let (server, directory) = ended().await;
    let said = run(child_on_a_full_disk("refresh", 0), &server, &directory).await;
    let expect = format!(
        "cannot write {}: File too large (os error 27); the refresh token was not spent",
        directory.path().join("acme.json").display()
    );
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said.iter().all(|said| said.contains(&expect)), "{said:?}");
    assert_eq!(server.count(), 0);
    assert_eq!(stored(&directory).await, strings("access-0", "refresh-0"));
    assert_eq!(temporary_files(directory.path()), [""; 0]);
}

/// There was room for tokens like the present ones, and the new ones are longer.
#[cfg(unix)]
#[tokio::test]
async fn on_a_disk_that_fills_up_tokens_are_used_from_memory() {
    let (server, directory) = ended().await;
    let mut long = granted(1);
    long["access_token"] = format!("access-1{}", "x".repeat(400_000)).into();
    server.next(Action::json(200, &long));
    let said = run(child_on_a_full_disk("refresh", 100), &server, &directory).await;
    let unstored = format!("unstored cannot write {}: File too large (os error 27)", directory.path().join("acme.json").display());
    assert_eq!(said, ["token access-1xxxxxxxxxxxx", "token access-1xxxxxxxxxxxx", &unstored]);
    assert_eq!(server.count(), 1);
    assert_eq!(stored(&directory).await, strings("access-0", "refresh-0"));
    assert_eq!(temporary_files(directory.path()), [""; 0]);
}

#[tokio::test]
async fn what_a_killed_one_left_is_swept_and_what_a_living_one_writes_is_not() {
    let directory = TempDir::new().unwrap();
    let mut living: Child = child("hold").env(DIRECTORY, directory.path()).spawn().unwrap();
    let mut lines = BufReader::new(living.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("ready")));

    let path = |name: &str| directory.path().join(name);
    for name in [".tokens-killed", ".tokens-recent", ".tokens-backup2", ".tokens-a.b.c_", ".tokens", "tokens-killed"] {
        fs::write(path(name), "half a fi").unwrap();
        let age = if name.ends_with("recent") { 60 } else { 3600 };
        File::open(path(name)).unwrap().set_modified(SystemTime::now() - Duration::from_secs(age)).unwrap();
    }
    fs::create_dir(path(".tokens-folder")).unwrap();
    let old = SystemTime::now() - Duration::from_secs(3600);
    File::open(path(".tokens-living")).unwrap().set_modified(old).unwrap();

    let store = FileStore::new(directory.path());
    store.save("acme", &tokens("a", "r", START)).await.unwrap();
    let kept = [".tokens-a.b.c_", ".tokens-backup2", ".tokens-folder", ".tokens-living", ".tokens-recent"];
    assert_eq!(temporary_files(directory.path()), kept, "only what is ours, old, and nobody's");
    assert!(path(".tokens").exists() && path("tokens-killed").exists());

    living.kill().unwrap();
    living.wait().unwrap();
    store.save("acme", &tokens("a", "r", START)).await.unwrap();
    assert!(path(".tokens-living").exists(), "a store looks once an hour");
    FileStore::new(directory.path()).save("acme", &tokens("a", "r", START)).await.unwrap();
    assert!(!path(".tokens-living").exists());
}
