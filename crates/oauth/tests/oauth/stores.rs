//! Stores of the application: slow ones, failing ones, and the form in which tokens are kept.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use futures_util::future::join_all;
use reachout_oauth::{MemoryStore, OAuthCredentials, StoreError, StoreLock, TokenStore, Tokens};
use reachout_runtime::{BoxFuture, CredentialProvider as _};
use secrecy::ExposeSecret as _;
use tokio::sync::Semaphore;

use crate::server::Action;
use crate::{Account, START, access, pair, strings, tokens};

/// A store in memory without locks, whose `save` can be made to wait or to fail.
#[derive(Debug)]
pub struct FailingStore {
    inner: MemoryStore,
    /// What a `load` waits for.
    readable: Semaphore,
    pub gate: Semaphore,
    /// Nothing can be saved.
    pub full: AtomicBool,
    /// It is known in advance that nothing can be saved.
    pub known_full: AtomicBool,
    pub saving: AtomicUsize,
    pub loading: AtomicUsize,
    reserved: AtomicUsize,
}

impl FailingStore {
    pub async fn with_tokens(permits: usize) -> Arc<Self> {
        let inner = MemoryStore::new();
        inner.save("acme", &tokens("access-0", "refresh-0", START)).await.unwrap();
        Arc::new(Self {
            inner,
            readable: Semaphore::new(Semaphore::MAX_PERMITS),
            gate: Semaphore::new(permits),
            full: AtomicBool::new(false),
            known_full: AtomicBool::new(false),
            reserved: AtomicUsize::new(0),
            saving: AtomicUsize::new(0),
            loading: AtomicUsize::new(0),
        })
    }

    /// The size that was asked for last.
    pub fn reserved(&self) -> usize {
        self.reserved.load(Ordering::SeqCst)
    }

    pub async fn stored(&self) -> (String, String) {
        pair(&self.inner.load("acme").await.unwrap().unwrap())
    }
}

impl TokenStore for FailingStore {
    fn load<'a>(&'a self, account: &'a str) -> BoxFuture<'a, Result<Option<Tokens>, StoreError>> {
        self.loading.fetch_add(1, Ordering::SeqCst);
        Box::pin(async {
            let _permit = self.readable.acquire().await.unwrap();
            self.inner.load(account).await
        })
    }

    fn save<'a>(&'a self, account: &'a str, tokens: &'a Tokens) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            self.saving.fetch_add(1, Ordering::SeqCst);
            self.gate.acquire().await.unwrap().forget();
            if self.full.load(Ordering::SeqCst) {
                return Err(StoreError::new("the disk is full"));
            }
            self.inner.save(account, tokens).await
        })
    }

    fn remove<'a>(&'a self, account: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        self.inner.remove(account)
    }

    fn reserve<'a>(&'a self, _: &'a str, _: &'a StoreLock, bytes: usize) -> BoxFuture<'a, Result<(), StoreError>> {
        self.reserved.store(bytes, Ordering::SeqCst);
        let full = self.known_full.load(Ordering::SeqCst);
        Box::pin(async move { if full { Err(StoreError::new("the disk is full")) } else { Ok(()) } })
    }
}

#[tokio::test]
async fn new_tokens_are_stored_before_they_are_used() {
    let account = Account::living(0).await;
    let store = FailingStore::with_tokens(0).await;
    let credentials = OAuthCredentials::new(account.app.clone(), store.clone(), "acme");
    let call = tokio::spawn({
        let credentials = credentials.clone();
        async move { access(&credentials).await }
    });
    while store.saving.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(account.server.count(), 1, "the vendor has responded");
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(!call.is_finished(), "the token waits for the store");
    store.gate.add_permits(1);
    assert_eq!(call.await.unwrap().unwrap(), "access-1");
    assert_eq!(store.stored().await, strings("access-1", "refresh-1"));
}

#[tokio::test]
async fn a_new_authorization_beats_tokens_that_could_not_be_stored() {
    let account = Account::living(0).await;
    let store = FailingStore::with_tokens(1000).await;
    let credentials = OAuthCredentials::new(account.app.clone(), store.clone(), "acme");
    store.full.store(true, Ordering::SeqCst);
    assert_eq!(access(&credentials).await.unwrap(), "access-1");
    store.full.store(false, Ordering::SeqCst);
    // By another process, which knows nothing of this one's tokens.
    store.save("acme", &tokens("anew", "refresh-anew", START + 3600)).await.unwrap();
    assert_eq!(access(&credentials).await.unwrap(), "anew");
    assert_eq!(store.stored().await, strings("anew", "refresh-anew"));
}

/// The user authorizes anew while a refresh of the old tokens is on its way.
#[tokio::test]
async fn a_refresh_under_way_does_not_undo_a_new_authorization() {
    let account = Account::living(0).await;
    let store = FailingStore::with_tokens(1000).await;
    let credentials = OAuthCredentials::new(account.app.clone(), store.clone(), "acme");
    account.server.next(Action::Hold);
    let (_, ()) = tokio::join!(access(&credentials), async {
        account.server.has_received(1).await;
        let new = tokens("anew", "refresh-anew", START + 3600);
        let (replaced, ()) = tokio::join!(credentials.replace(new), async { account.server.release() });
        replaced.unwrap();
    });
    assert_eq!(access(&credentials).await.unwrap(), "anew");
    assert_eq!(store.stored().await, strings("anew", "refresh-anew"));
}

#[tokio::test]
async fn a_hundred_calls_share_one_failure() {
    let account = Account::living(0).await;
    let store = FailingStore::with_tokens(1000).await;
    let nobody = OAuthCredentials::new(account.app.clone(), store.clone(), "nobody");
    store.readable.forget_permits(Semaphore::MAX_PERMITS);
    let calls = join_all((0..100).map(|_| access(&nobody)));
    let (outcomes, ()) = tokio::join!(calls, async { store.readable.add_permits(1) });
    assert!(outcomes.iter().all(Result::is_err));
    assert_eq!(store.loading.load(Ordering::SeqCst), 1);
}

/// The store failed once; asking it again right away, for each call that joined, would help nobody.
#[tokio::test]
async fn a_refusal_that_joins_a_renewal_shares_its_failure() {
    let account = Account::living(0).await;
    let store = FailingStore::with_tokens(1000).await;
    let nobody = OAuthCredentials::new(account.app.clone(), store.clone(), "nobody");
    let refused = "access-0".into();
    store.readable.forget_permits(Semaphore::MAX_PERMITS);
    let (first, joined, ()) = tokio::join!(access(&nobody), nobody.rejected(&refused), async { store.readable.add_permits(1) });
    assert!(first.is_err() && joined.is_err());
    assert_eq!(store.loading.load(Ordering::SeqCst), 1);
}

#[test]
fn errors_come_from_what_stores_meet() {
    let quoting = serde_json::from_str::<Vec<u8>>("[1,\n \"MARKED-token\"]").unwrap_err();
    assert!(quoting.to_string().contains("MARKED"), "this is what must not be repeated");
    let cases: [(StoreError, &str); 5] = [
        (quoting.into(), "the stored JSON is not what was expected at line 2 column 15"),
        (std::io::Error::other("the disk is gone").into(), "the disk is gone"),
        (Tokens::from_json("{}").unwrap_err().into(), "line 1 does not hold stored tokens"),
        (String::from_utf8(vec![b'a', 0xff]).unwrap_err().utf8_error().into(), "invalid utf-8 sequence of 1 bytes from index 1"),
        (StoreError::because("cannot do it", 7), "cannot do it: 7"),
    ];
    for (error, expect) in cases {
        assert_eq!(error.to_string(), expect);
    }
}

#[test]
fn a_lock_gives_back_its_guard() {
    let lock = StoreLock::new(7_u8);
    assert_eq!((lock.guard::<u8>(), lock.guard::<u16>()), (Some(&7), None));
    assert!(StoreLock::none().guard::<u8>().is_none());
}

#[tokio::test]
async fn memory_store() {
    let store = MemoryStore::new();
    assert!(store.load("a").await.unwrap().is_none());
    store.save("a", &tokens("a", "r", START)).await.unwrap();
    store.save("b", &tokens("b", "r", START)).await.unwrap();
    store.remove("a").await.unwrap();
    store.remove("never there").await.unwrap();
    assert!(store.load("a").await.unwrap().is_none());
    assert_eq!(pair(&store.load("b").await.unwrap().unwrap()), strings("b", "r"));
}

#[test]
fn the_stored_form_keeps_everything() {
    let mut all = tokens("access", "refresh", START);
    all.issued_at = Some(crate::at(START - 60));
    all.scope = Some("a b".to_owned());
    all.location_id = Some("location".to_owned());
    all.user_id = Some("user".to_owned());
    all.plan_id = Some("plan".to_owned());
    all.approved_locations = vec!["l1".to_owned(), "l2".to_owned()];
    all.is_bulk_installation = Some(false);
    let json = all.to_json();
    let read = Tokens::from_json(json.expose_secret()).unwrap();
    assert_eq!(read.to_json().expose_secret(), json.expose_secret());
    assert_eq!(pair(&read), strings("access", "refresh"));
    assert_eq!((read.expires_at, read.issued_at), (all.expires_at, all.issued_at));

    let least = Tokens::from_json(r#"{"access_token":"a","from_a_later_version":1}"#).unwrap();
    assert_eq!(pair(&least), strings("a", ""));
    let error = Tokens::from_json("{\n\"access_token\": [\"MARKED\"]}").unwrap_err();
    assert_eq!(error.to_string(), "line 2 does not hold stored tokens");
}
