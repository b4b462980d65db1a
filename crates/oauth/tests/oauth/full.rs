//! Stores that take nothing, before a refresh token is spent and after.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use reachout_oauth::{OAuthCredentials, TokenStore as _};
use serde_json::json;
use tokio::time::{Instant, timeout};

use crate::server::Action;
use crate::stores::FailingStore;
use crate::{Account, START, access, strings, tokens};

async fn credentials(account: &Account) -> (OAuthCredentials, Arc<FailingStore>) {
    let store = FailingStore::with_tokens(1000).await;
    (OAuthCredentials::new(account.app.clone(), store.clone(), "acme"), store)
}

#[tokio::test]
async fn a_full_store_keeps_the_refresh_token_from_being_spent() {
    let account = Account::living(0).await;
    let (credentials, store) = credentials(&account).await;
    store.known_full.store(true, Ordering::SeqCst);
    for _ in 0..3 {
        let error = access(&credentials).await.unwrap_err().to_string();
        assert!(error.contains("the token store failed: the disk is full; the refresh token was not spent"), "{error}");
    }
    assert_eq!(account.server.count(), 0);
    assert!(store.reserved() >= 16 * 1024, "room for longer tokens than the present ones");
    assert!(credentials.unstored().is_none(), "there is nothing to store");
    store.known_full.store(false, Ordering::SeqCst);
    assert_eq!(access(&credentials).await.unwrap(), "access-1", "at once, without a pause");
    assert_eq!(store.stored().await, strings("access-1", "refresh-1"));
}

#[tokio::test]
async fn with_a_full_store_a_token_is_used_to_its_end() {
    let account = Account::living(0).await;
    let (credentials, store) = credentials(&account).await;
    store.save("acme", &tokens("access-0", "refresh-0", START + 120)).await.unwrap();
    store.known_full.store(true, Ordering::SeqCst);
    assert_eq!(access(&credentials).await.unwrap(), "access-0", "two minutes are left");
    account.clock.advance(120);
    assert!(access(&credentials).await.is_err());
    assert_eq!(account.server.count(), 0);
}

#[tokio::test]
async fn large_tokens_need_more_room() {
    let account = Account::living(0).await;
    let (credentials, store) = credentials(&account).await;
    store.save("acme", &tokens(&"x".repeat(20_000), "refresh-0", START)).await.unwrap();
    access(&credentials).await.unwrap();
    assert!(store.reserved() > 40_000, "{}", store.reserved());
}

#[tokio::test]
async fn tokens_that_cannot_be_stored_are_not_lost() {
    let account = Account::living(0).await;
    let (credentials, store) = credentials(&account).await;
    store.full.store(true, Ordering::SeqCst);
    for attempt in 1..=3 {
        assert_eq!(access(&credentials).await.unwrap(), "access-1", "from memory");
        assert_eq!(store.saving.load(Ordering::SeqCst), attempt, "every call tries to store them");
        assert_eq!(credentials.unstored().unwrap().to_string(), "the disk is full");
        assert!(!format!("{credentials:?}").contains("access-1"));
    }
    assert_eq!(store.stored().await, strings("access-0", "refresh-0"));
    store.full.store(false, Ordering::SeqCst);
    assert_eq!(access(&credentials).await.unwrap(), "access-1");
    assert_eq!(store.stored().await, strings("access-1", "refresh-1"));
    assert!(credentials.unstored().is_none());
    assert_eq!(account.server.count(), 1, "the refresh token was spent once");
}

/// What the store holds is used up, so waiting for it would save nothing.
#[tokio::test]
async fn renewals_go_on_from_memory() {
    let account = Account::living(0).await;
    let (credentials, store) = credentials(&account).await;
    store.full.store(true, Ordering::SeqCst);
    assert_eq!(access(&credentials).await.unwrap(), "access-1");
    account.clock.advance(86_399);
    store.known_full.store(true, Ordering::SeqCst);
    assert_eq!(access(&credentials).await.unwrap(), "access-2");

    account.clock.advance(86_399);
    account.server.next(Action::json(400, &json!({"message": "Invalid grant: refresh token is invalid"})));
    let error = access(&credentials).await.unwrap_err().to_string();
    assert!(error.contains("the present tokens are in memory only, because the token store failed: the disk is full"), "{error}");

    account.clock.advance(30);
    store.full.store(false, Ordering::SeqCst);
    store.known_full.store(false, Ordering::SeqCst);
    assert_eq!(access(&credentials).await.unwrap(), "access-3");
    assert_eq!(store.stored().await, strings("access-3", "refresh-3"));
    assert!(credentials.unstored().is_none());
}

#[tokio::test]
async fn a_new_authorization_that_cannot_be_stored_is_used() {
    let account = Account::living(0).await;
    let (credentials, store) = credentials(&account).await;
    store.full.store(true, Ordering::SeqCst);
    let error = credentials.replace(tokens("anew", "refresh-anew", START + 3600)).await.unwrap_err().to_string();
    let expect = "the token store failed: the disk is full; the tokens are used from memory, and every call tries to store them";
    assert!(error.contains(expect), "{error}");
    assert_eq!(access(&credentials).await.unwrap(), "anew");
    assert_eq!(store.stored().await, strings("access-0", "refresh-0"));
    store.full.store(false, Ordering::SeqCst);
    assert_eq!(access(&credentials).await.unwrap(), "anew");
    assert_eq!(store.stored().await, strings("anew", "refresh-anew"));
    assert_eq!(account.server.count(), 0);
}

#[tokio::test]
async fn flush_stores_or_says_why_not() {
    let account = Account::living(0).await;
    let (credentials, store) = credentials(&account).await;
    credentials.flush().await.unwrap();
    assert_eq!(store.saving.load(Ordering::SeqCst), 0, "there was nothing to store");
    store.full.store(true, Ordering::SeqCst);
    access(&credentials).await.unwrap();
    let error = credentials.flush().await.unwrap_err().to_string();
    assert!(error.contains("the disk is full"), "{error}");
    store.full.store(false, Ordering::SeqCst);
    credentials.flush().await.unwrap();
    assert_eq!(store.stored().await, strings("access-1", "refresh-1"));
}

/// A database that neither accepts nor refuses must not hold up calls that have a good token.
#[tokio::test]
async fn a_store_that_hangs_holds_up_one_call_for_a_second() {
    let account = Account::living(0).await;
    let (credentials, store) = credentials(&account).await;
    store.full.store(true, Ordering::SeqCst);
    access(&credentials).await.unwrap();
    store.full.store(false, Ordering::SeqCst);
    store.gate.forget_permits(1000);
    let first = Instant::now();
    assert_eq!(access(&credentials).await.unwrap(), "access-1");
    assert!(first.elapsed() >= Duration::from_secs(1), "it waits a little, and often that is enough");
    let others = async {
        for _ in 0..100 {
            assert_eq!(access(&credentials).await.unwrap(), "access-1");
        }
    };
    timeout(Duration::from_secs(1), others).await.expect("the others do not wait at all");
    store.gate.add_permits(1);
    credentials.flush().await.unwrap();
    assert_eq!(store.stored().await, strings("access-1", "refresh-1"));
}
