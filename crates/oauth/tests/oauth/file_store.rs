//! Files: private, whole at any moment, one an account.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use std::{fs, thread};

use futures_util::FutureExt as _;
use reachout_oauth::{FileStore, OAuthCredentials, TokenStore as _};
use tempfile::TempDir;

use crate::{Account, START, access, pair, strings, tokens};

fn store(directory: &TempDir) -> FileStore {
    FileStore::new(directory.path().join("tokens"))
}

fn files(directory: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn keeps_replaces_and_removes() {
    let directory = TempDir::new().unwrap();
    let store = store(&directory);
    assert!(store.load("acme").await.unwrap().is_none(), "not even the directory is there");
    store.remove("acme").await.unwrap();
    for round in 0..3 {
        store.save("acme", &tokens(&format!("a{round}"), "r", START)).await.unwrap();
        let again = FileStore::new(directory.path().join("tokens"));
        assert_eq!(pair(&again.load("acme").await.unwrap().unwrap()).0, format!("a{round}"));
    }
    assert_eq!(files(&directory.path().join("tokens")), ["acme.json"], "no temporary file stays behind");
    store.remove("acme").await.unwrap();
    assert!(store.load("acme").await.unwrap().is_none());
}

#[tokio::test]
async fn accounts_become_file_names_that_stay_apart_and_inside() {
    let directory = TempDir::new().unwrap();
    let store = store(&directory);
    let accounts = ["../../etc/passwd", "kF4N", "Kf4n", "kf4n", "a/b", "a%2Fb", "..", "ünï", "con.json"];
    for account in accounts {
        store.save(account, &tokens(account, "r", START)).await.unwrap();
    }
    for account in accounts {
        assert_eq!(pair(&store.load(account).await.unwrap().unwrap()).0, account);
    }
    let names = files(&directory.path().join("tokens"));
    assert_eq!(names.len(), accounts.len());
    let lower: std::collections::HashSet<_> = names.iter().map(|name| name.to_lowercase()).collect();
    assert_eq!(lower.len(), accounts.len(), "apart where file names have no case: {names:?}");
    assert_eq!(files(directory.path()), ["tokens"], "nothing outside");
    for account in ["", &"x".repeat(300)] {
        let error = store.save(account, &tokens("a", "r", START)).await.unwrap_err();
        assert_eq!(error.to_string(), "the account's name is empty or too long for a file name");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn files_are_private_from_the_beginning() {
    use std::os::unix::fs::PermissionsExt as _;

    let directory = TempDir::new().unwrap();
    let store = store(&directory);
    let mode = |path: &str| fs::metadata(directory.path().join(path)).unwrap().permissions().mode() & 0o777;
    store.save("acme", &tokens("a", "r", START)).await.unwrap();
    let _lock = store.lock("acme").await.unwrap();
    assert_eq!(mode("tokens"), 0o700);
    assert_eq!(mode("tokens/acme.json"), 0o600);
    assert_eq!(mode("tokens/acme.lock"), 0o600);

    for shared in [0o640, 0o604, 0o660, 0o644] {
        let path = directory.path().join("tokens/acme.json");
        fs::set_permissions(&path, fs::Permissions::from_mode(shared)).unwrap();
        let error = store.load("acme").await.unwrap_err().to_string();
        assert!(error.contains(&format!("has mode {shared:o}")) && error.contains("chmod 600"), "{error}");
    }
    // Saving anew makes it private again.
    store.save("acme", &tokens("b", "r", START)).await.unwrap();
    assert_eq!(mode("tokens/acme.json"), 0o600);
    assert!(store.load("acme").await.is_ok());
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_is_refused() {
    let directory = TempDir::new().unwrap();
    let store = store(&directory);
    store.save("other", &tokens("a", "r", START)).await.unwrap();
    let victim = directory.path().join("victim");
    fs::write(&victim, "untouched").unwrap();
    let link = directory.path().join("tokens/acme.json");
    let nowhere = directory.path().join("nowhere");
    for target in [&victim, &nowhere] {
        std::os::unix::fs::symlink(target, &link).unwrap();
        let lock = store.lock("acme").await.unwrap();
        let errors = [
            store.load("acme").await.unwrap_err(),
            store.reserve("acme", &lock, 1).await.unwrap_err(),
            store.save("acme", &tokens("a", "r", START)).await.unwrap_err(),
            store.remove("acme").await.unwrap_err(),
        ];
        let expect =
            format!("{} is a symbolic link, whose target would not be locked; move the target here, or link the directory", link.display());
        assert!(errors.iter().all(|error| error.to_string() == expect), "{errors:?}");
        assert!(link.is_symlink());
        fs::remove_file(&link).unwrap();
    }
    assert_eq!(fs::read_to_string(&victim).unwrap(), "untouched");
    assert!(!nowhere.exists());
}

/// Reading a pipe never ends, and neither does a device; what is huge holds no tokens.
#[cfg(unix)]
#[tokio::test]
async fn what_is_no_plain_file_of_sensible_size_is_refused() {
    let directory = TempDir::new().unwrap();
    let store = store(&directory);
    store.save("acme", &tokens("a", "r", START)).await.unwrap();
    let path = directory.path().join("tokens/acme.json");
    let soon = async |call: reachout_runtime::BoxFuture<'_, Result<(), reachout_oauth::StoreError>>| {
        let refused = tokio::time::timeout(Duration::from_secs(10), call).await.expect("it waits for a pipe");
        refused.unwrap_err().to_string()
    };
    let load = || -> reachout_runtime::BoxFuture<'_, _> { Box::pin(async { store.load("acme").await.map(drop) }) };

    fs::File::options().write(true).open(&path).unwrap().set_len(10 << 30).unwrap();
    assert_eq!(soon(load()).await, format!("{} is larger than 1048576 bytes, so it holds no tokens", path.display()));

    let pipe = |path: &Path| {
        let _ = fs::remove_file(path);
        assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
    };
    pipe(&path);
    let lock = store.lock("acme").await.unwrap();
    let new = tokens("a", "r", START);
    assert_eq!(soon(load()).await, format!("cannot read {}: it is not a plain file", path.display()));
    assert_eq!(soon(store.save("acme", &new)).await, format!("cannot write {}: it is not a plain file", path.display()));
    assert_eq!(soon(store.reserve("acme", &lock, 1)).await, format!("cannot write {}: it is not a plain file", path.display()));
    drop(lock);
    let locked = directory.path().join("tokens/acme.lock");
    pipe(&locked);
    let error = soon(Box::pin(async { store.lock("acme").await.map(drop) })).await;
    assert_eq!(error, format!("cannot lock {}: it is not a plain file", locked.display()));
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_to_the_directory_is_followed() {
    let directory = TempDir::new().unwrap();
    store(&directory).save("acme", &tokens("a", "r", START)).await.unwrap();
    let link = directory.path().join("link");
    std::os::unix::fs::symlink(directory.path().join("tokens"), &link).unwrap();
    let linked = FileStore::new(&link);
    linked.save("acme", &tokens("b", "r", START)).await.unwrap();
    assert_eq!(pair(&store(&directory).load("acme").await.unwrap().unwrap()), strings("b", "r"));
    let _lock = linked.lock("acme").await.unwrap();
    assert!(store(&directory).lock_timeout(Duration::ZERO).lock("acme").await.is_err(), "one directory, one lock");
}

#[tokio::test]
async fn reserving_leaves_nothing_and_needs_what_saving_needs() {
    let directory = TempDir::new().unwrap();
    let store = store(&directory);
    let lock = store.lock("acme").await.unwrap();
    store.reserve("acme", &lock, 100_000).await.unwrap();
    assert_eq!(files(&directory.path().join("tokens")), ["acme.lock"]);
    fs::create_dir(directory.path().join("tokens/acme.json")).unwrap();
    let error = store.reserve("acme", &lock, 1).await.unwrap_err().to_string();
    assert!(error.starts_with(&format!("cannot write {}: ", directory.path().join("tokens/acme.json").display())), "{error}");
}

#[tokio::test]
async fn errors_name_the_path_and_no_token() {
    let directory = TempDir::new().unwrap();
    let in_the_way = directory.path().join("tokens");
    fs::write(&in_the_way, "a file").unwrap();
    let error = store(&directory).save("acme", &tokens("MARKED", "MARKED", START)).await.unwrap_err().to_string();
    assert!(error.starts_with(&format!("cannot create the token directory {}: ", in_the_way.display())), "{error}");
    fs::remove_file(&in_the_way).unwrap();

    let store = store(&directory);
    store.save("acme", &tokens("MARKED", "MARKED", START)).await.unwrap();
    let path = in_the_way.join("acme.json");
    let half = fs::read_to_string(&path).unwrap();
    fs::write(&path, &half[..half.len() / 2]).unwrap();
    let error = store.load("acme").await.unwrap_err().to_string();
    assert_eq!(error, format!("cannot read {}: line 1 does not hold stored tokens", path.display()));

    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    let error = store.save("acme", &tokens("MARKED", "MARKED", START)).await.unwrap_err().to_string();
    assert!(error.starts_with(&format!("cannot write {}: ", path.display())) && !error.contains("MARKED"), "{error}");
    assert_eq!(files(&in_the_way), ["acme.json"], "a failed save leaves no temporary file");
}

/// Readers that look at every moment of a thousand saves see one whole version or another.
#[tokio::test]
async fn a_reader_never_sees_half_a_file() {
    let directory = TempDir::new().unwrap();
    let store = store(&directory);
    store.save("acme", &tokens("0", "0", START)).await.unwrap();
    let path = directory.path().join("tokens/acme.json");
    let done = Arc::new(AtomicBool::new(false));
    let reader = thread::spawn({
        let done = Arc::clone(&done);
        move || {
            let mut reads = 0;
            while !done.load(Ordering::SeqCst) {
                let json = fs::read_to_string(&path).expect("the file is always there");
                let (access, refresh) = pair(&reachout_oauth::Tokens::from_json(&json).expect("and always whole"));
                assert_eq!(access, refresh);
                reads += 1;
            }
            reads
        }
    });
    for round in 0..300 {
        let text = format!("{round}").repeat(1 + round % 500);
        store.save("acme", &tokens(&text, &text, START)).await.unwrap();
    }
    done.store(true, Ordering::SeqCst);
    assert!(reader.join().unwrap() > 10);
}

/// A save that nobody waits for is still done as a whole.
#[tokio::test]
async fn a_dropped_save_is_all_or_nothing() {
    let directory = TempDir::new().unwrap();
    let store = store(&directory);
    store.save("acme", &tokens("old", "old", START)).await.unwrap();
    for _ in 0..50 {
        let new = tokens("new", "new", START);
        let _ = store.save("acme", &new).now_or_never();
        let found = pair(&store.load("acme").await.unwrap().unwrap());
        assert!(found == strings("old", "old") || found == strings("new", "new"), "{found:?}");
    }
}

#[tokio::test]
async fn the_lock_is_held_across_stores_and_released_on_drop() {
    let directory = TempDir::new().unwrap();
    let (one, other) = (store(&directory), store(&directory).lock_timeout(Duration::from_millis(120)));
    let lock = one.lock("acme").await.unwrap();
    let _elsewhere = other.lock("another account").await.unwrap();
    let error = other.lock("acme").await.unwrap_err().to_string();
    assert!(error.contains("acme.lock") && error.contains("another process has been refreshing this account"), "{error}");
    drop(lock);
    let lock = other.lock("acme").await.unwrap();
    let waiting = tokio::spawn(async move { one.lock("acme").await.map(drop) });
    tokio::time::sleep(Duration::from_millis(20)).await;
    drop(lock);
    waiting.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_processes_refresh_once() {
    let account = Account::living(0).await;
    let directory = TempDir::new().unwrap();
    store(&directory).save("acme", &tokens("access-0", "refresh-0", START)).await.unwrap();
    let calls: Vec<_> = (0..8)
        .map(|_| {
            let credentials = OAuthCredentials::new(account.app.clone(), Arc::new(store(&directory)), "acme");
            tokio::spawn(async move { access(&credentials).await.unwrap() })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap(), "access-1");
    }
    assert_eq!(account.server.count(), 1);
}
