//! The conformance suite: our stores pass it, and a store with a fault does not.

use std::fmt::{self, Debug};
use std::sync::Arc;

use reachout_oauth::conformance::{Violations, run};
use reachout_oauth::{BoxFuture, FileStore, MemoryStore, StoreError, StoreLock, TokenStore, Tokens};
use tempfile::TempDir;

#[tokio::test]
async fn memory_store() {
    let store = Arc::new(MemoryStore::new());
    run(async || Arc::clone(&store)).await.unwrap();
    assert!(format!("{store:?}").contains("MemoryStore"));
}

#[tokio::test]
async fn file_store() {
    let directory = TempDir::new().unwrap();
    run(async || FileStore::new(directory.path())).await.unwrap();
    let left: Vec<_> = std::fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(left.iter().all(|path| path.extension().is_some_and(|extension| extension == "lock")), "no tokens stay: {left:?}");
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    NoLock,
    OneLockForAll,
    Trims,
    IgnoresCase,
    Merges,
    Forgets,
    Truncates,
    RemoveFailsOnNothing,
    RemovesByPrefix,
    ReserveFails,
    ReserveErases,
    ShowsTokens,
    WritesInTwoSteps,
    SaveNeedsTheLock,
}

/// A store in memory that does one thing wrong.
struct Faulty {
    fault: Fault,
    inner: Arc<MemoryStore>,
    own: MemoryStore,
    names: Arc<std::sync::Mutex<Vec<String>>>,
}

impl Faulty {
    fn name(&self, account: &str) -> String {
        match self.fault {
            Fault::Trims => account.trim().to_owned(),
            Fault::IgnoresCase => account.to_lowercase(),
            _ => account.to_owned(),
        }
    }

    async fn write(&self, account: &str, tokens: &Tokens) -> Result<(), StoreError> {
        let mut tokens = tokens.clone();
        let name = self.name(account);
        if self.fault == Fault::Merges {
            tokens.scope = tokens.scope.or(self.inner.load(&name).await?.and_then(|earlier| earlier.scope));
        }
        if self.fault == Fault::Truncates && tokens.to_json_len() > 65_536 {
            tokens.refresh_token = None;
        }
        if self.fault == Fault::WritesInTwoSteps {
            let mut first = self.inner.load(&name).await?.unwrap_or_else(|| tokens.clone());
            first.access_token = tokens.access_token.clone();
            self.inner.save(&name, &first).await?;
            // The first to begin is the last to end.
            for _ in 0..40_000 / tokens.to_json_len() {
                tokio::task::yield_now().await;
            }
            first = self.inner.load(&name).await?.unwrap_or(first);
            first.refresh_token = tokens.refresh_token.clone();
            return self.inner.save(&name, &first).await;
        }
        self.names.lock().unwrap().push(name.clone());
        self.inner.save(&name, &tokens).await
    }
}

trait Len {
    fn to_json_len(&self) -> usize;
}

impl Len for Tokens {
    fn to_json_len(&self) -> usize {
        use secrecy::ExposeSecret as _;
        self.to_json().expose_secret().len()
    }
}

impl Debug for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", if self.fault == Fault::ShowsTokens { "MARKED-access" } else { "Faulty" })
    }
}

impl TokenStore for Faulty {
    fn load<'a>(&'a self, account: &'a str) -> BoxFuture<'a, Result<Option<Tokens>, StoreError>> {
        Box::pin(async move { self.inner.load(&self.name(account)).await })
    }

    fn save<'a>(&'a self, account: &'a str, tokens: &'a Tokens) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            if self.fault == Fault::Forgets {
                return self.own.save(account, tokens).await;
            }
            if self.fault == Fault::SaveNeedsTheLock {
                let _lock = self.inner.lock(account).await?;
                return self.write(account, tokens).await;
            }
            self.write(account, tokens).await
        })
    }

    fn remove<'a>(&'a self, account: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let name = self.name(account);
            if self.fault == Fault::RemoveFailsOnNothing && self.inner.load(&name).await?.is_none() {
                return Err(StoreError::new("no such account"));
            }
            if self.fault == Fault::RemovesByPrefix {
                let names = self.names.lock().unwrap().clone();
                for longer in names.iter().filter(|other| other.starts_with(&name)) {
                    self.inner.remove(longer).await?;
                }
            }
            self.inner.remove(&name).await
        })
    }

    fn reserve<'a>(&'a self, account: &'a str, _: &'a StoreLock, _: usize) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            match self.fault {
                Fault::ReserveFails => Err(StoreError::new("no room")),
                Fault::ReserveErases => self.inner.remove(account).await,
                _ => Ok(()),
            }
        })
    }

    fn lock<'a>(&'a self, account: &'a str) -> BoxFuture<'a, Result<StoreLock, StoreError>> {
        match self.fault {
            Fault::NoLock => Box::pin(async { Ok(StoreLock::none()) }),
            Fault::OneLockForAll => self.inner.lock("all"),
            _ => self.inner.lock(account),
        }
    }
}

async fn violations(fault: Fault) -> Violations {
    let inner = Arc::new(MemoryStore::new());
    let names = Arc::default();
    let open = async || Faulty { fault, inner: Arc::clone(&inner), own: MemoryStore::new(), names: Arc::clone(&names) };
    run(open).await.expect_err(&format!("{fault:?}"))
}

/// Time stands still but for waiting, so that rules which end by their limit end at once.
#[tokio::test(start_paused = true)]
async fn each_fault_is_found() {
    let cases = [
        (Fault::NoLock, "a lock keeps the other store out until it is dropped: the other store got it as well"),
        (Fault::NoLock, "changes under the lock are not lost"),
        (Fault::OneLockForAll, "a lock leaves other accounts alone: another account's was not to be had"),
        (Fault::Trims, "accounts are kept apart, whatever their names"),
        (Fault::IgnoresCase, "accounts are kept apart, whatever their names"),
        (Fault::Merges, "saving replaces all of an account's tokens"),
        (Fault::Forgets, "what one store saves, the other loads, whole"),
        (Fault::Truncates, "tokens of 100,000 characters are kept"),
        (
            Fault::RemoveFailsOnNothing,
            "removing forgets one account, and nothing is wrong if it was not there: the store failed: no such account",
        ),
        (Fault::RemovesByPrefix, "removing forgets one account, and nothing is wrong if it was not there"),
        (Fault::ReserveFails, "reserving works under a lock and changes nothing: the store failed: no room"),
        (Fault::ReserveErases, "reserving works under a lock and changes nothing"),
        (Fault::ShowsTokens, "`Debug` shows no token: it does"),
        (Fault::WritesInTwoSteps, "of several saves at once, one is kept whole"),
        (Fault::SaveNeedsTheLock, "a locked account can be loaded and saved: it did not end within 30 s"),
    ];
    for (fault, expect) in cases {
        let violations = violations(fault).await;
        let text = violations.to_string();
        assert!(text.starts_with("the store does not keep what a token store promises:\n- "), "{text}");
        assert!(text.contains(&format!("\n- {expect}")), "{fault:?}: {text}");
        assert!(violations.iter().all(|violation| !violation.observed.is_empty()));
    }
}
