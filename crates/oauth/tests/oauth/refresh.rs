//! When tokens are renewed, how often, and what a failure leaves behind.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_core::future::BoxFuture;
use futures_util::future::join_all;
use reachout_oauth::{MemoryStore, OAuthCredentials, StoreError, TokenStore, Tokens};
use reachout_runtime::{CredentialProvider as _, Delivery, Error, ErrorKind};
use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::server::{Action, granted};
use crate::{Account, START, access, at, pair, strings, tokens};

#[tokio::test]
async fn good_tokens_are_used_as_they_are() {
    let account = Account::living(86_399).await;
    for _ in 0..3 {
        assert_eq!(account.access().await.unwrap(), "access-0");
    }
    assert_eq!(account.server.count(), 0);
}

#[tokio::test]
async fn renewed_five_minutes_ahead() {
    // seconds left, how many refreshes
    for (left, refreshes) in [(3600, 0), (301, 0), (300, 1), (1, 1), (0, 1), (-86_400, 1)] {
        let account = Account::living(left).await;
        let token = account.access().await.unwrap();
        assert_eq!(account.server.count(), refreshes, "{left} s left");
        assert_eq!(token, format!("access-{refreshes}"), "{left} s left");
    }
}

#[tokio::test]
async fn rotates_again_and_again() {
    let account = Account::living(0).await;
    for round in 1..=4 {
        assert_eq!(account.access().await.unwrap(), format!("access-{round}"));
        assert_eq!(account.stored().await, (format!("access-{round}"), format!("refresh-{round}")));
        account.clock.advance(86_399);
    }
    assert_eq!(account.server.count(), 4);
}

#[tokio::test]
async fn a_short_lived_token_is_used_for_half_its_life() {
    let account = Account::living(0).await;
    account.server.next(Action::json(200, &json!({"access_token": "short", "refresh_token": "refresh-0", "expires_in": 60})));
    assert_eq!(account.access().await.unwrap(), "short");
    account.clock.advance(29);
    assert_eq!(account.access().await.unwrap(), "short", "five minutes ahead would be before its beginning");
    account.clock.advance(1);
    assert_eq!(account.access().await.unwrap(), "access-1");
    assert_eq!(account.server.count(), 2);
}

#[tokio::test]
async fn without_an_expiry_a_token_lasts_until_it_is_refused() {
    let account = Account::living(0).await;
    let mut endless = tokens("endless", "refresh-0", 0);
    endless.expires_at = None;
    account.store.save("acme", &endless).await.unwrap();
    account.clock.advance(10_000_000);
    assert_eq!(account.access().await.unwrap(), "endless");
    assert!(account.rejected("endless").await.unwrap());
    assert_eq!(account.access().await.unwrap(), "access-1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_calls_cause_one_refresh() {
    let account = Account::living(-1).await;
    let calls = (0..100).map(|_| {
        let credentials = account.credentials.clone();
        tokio::spawn(async move { access(&credentials).await.unwrap() })
    });
    let tokens: Vec<_> = join_all(calls).await.into_iter().map(Result::unwrap).collect();
    assert!(tokens.iter().all(|token| token == "access-1"), "{tokens:?}");
    assert_eq!(account.server.count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_refusals_cause_one_refresh() {
    let account = Account::living(86_399).await;
    assert_eq!(account.access().await.unwrap(), "access-0");
    let calls = (0..100).map(|_| {
        let credentials = account.credentials.clone();
        tokio::spawn(async move {
            use reachout_runtime::CredentialProvider as _;
            let renewed = credentials.rejected(&"access-0".into()).await.unwrap();
            (renewed, access(&credentials).await.unwrap())
        })
    });
    let outcomes: Vec<_> = join_all(calls).await.into_iter().map(Result::unwrap).collect();
    assert!(outcomes.iter().all(|outcome| *outcome == (true, "access-1".to_owned())), "{outcomes:?}");
    assert_eq!(account.server.count(), 1);
}

#[tokio::test]
async fn a_refusal_of_an_old_token_needs_no_refresh() {
    let account = Account::living(0).await;
    assert_eq!(account.access().await.unwrap(), "access-1");
    assert!(account.rejected("access-0").await.unwrap(), "there is a newer one already");
    assert_eq!(account.server.count(), 1);
}

#[tokio::test]
async fn a_refusal_of_a_brand_new_token_is_not_the_tokens_fault() {
    let account = Account::living(0).await;
    assert_eq!(account.access().await.unwrap(), "access-1");
    assert!(!account.rejected("access-1").await.unwrap(), "a missing scope leads to 401 too");
    assert_eq!(account.server.count(), 1);
    account.clock.advance(60);
    assert!(account.rejected("access-1").await.unwrap());
    assert_eq!(account.server.count(), 2);
}

/// Another machine's clock is a day ahead, and it stored the tokens.
#[tokio::test]
async fn a_token_from_the_future_is_not_brand_new() {
    let account = Account::living(3 * 86_400).await;
    let mut ahead = tokens("access-0", "refresh-0", START + 3 * 86_400);
    ahead.issued_at = Some(at(START + 86_400));
    account.store.save("acme", &ahead).await.unwrap();
    assert_eq!(account.access().await.unwrap(), "access-0");
    assert!(account.rejected("access-0").await.unwrap());
    assert_eq!(account.access().await.unwrap(), "access-1");
}

/// The first call's renewal finds good tokens in the store. It does not know that they are refused.
#[tokio::test]
async fn a_refusal_that_joins_a_renewal_that_knows_nothing_of_it_tries_again() {
    let account = Account::living(86_399).await;
    let (first, refused) = tokio::join!(account.access(), account.rejected("access-0"));
    assert_eq!(first.unwrap(), "access-0");
    assert!(refused.unwrap());
    assert_eq!(account.server.count(), 1);
    assert_eq!(account.access().await.unwrap(), "access-1");
}

/// Its own renewal would fail in the same way: one failure is enough for both.
#[tokio::test]
async fn a_refusal_that_joins_a_renewal_that_fails_does_not_begin_another() {
    let account = Account::living(0).await;
    let store = Arc::new(Counting { tokens: account.store.clone(), loads: AtomicUsize::new(0) });
    let unreachable = crate::app_builder("http://127.0.0.1:1").clock(|| at(START)).build().unwrap();
    let credentials = OAuthCredentials::new(unreachable, store.clone(), "acme");
    access(&credentials).await.unwrap_err();
    let one = store.loads.load(Ordering::SeqCst);
    let token = "access-0".into();
    let (first, refused) = tokio::join!(access(&credentials), credentials.rejected(&token));
    assert!(first.is_err() && refused.is_err());
    assert_eq!(store.loads.load(Ordering::SeqCst), 2 * one);
}

/// Counts how often tokens are looked for.
#[derive(Debug)]
struct Counting {
    tokens: Arc<MemoryStore>,
    loads: AtomicUsize,
}

impl TokenStore for Counting {
    fn load<'a>(&'a self, account: &'a str) -> BoxFuture<'a, Result<Option<Tokens>, StoreError>> {
        self.loads.fetch_add(1, Ordering::SeqCst);
        self.tokens.load(account)
    }

    fn save<'a>(&'a self, account: &'a str, tokens: &'a Tokens) -> BoxFuture<'a, Result<(), StoreError>> {
        self.tokens.save(account, tokens)
    }

    fn remove<'a>(&'a self, account: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        self.tokens.remove(account)
    }
}

/// Tokens that end at once let every call begin a renewal of its own; who was refused does not wait for all of them.
#[tokio::test]
async fn a_refusal_joins_three_renewals_at_most() {
    let account = Account::living(0).await;
    for call in 1..=10 {
        let mut ended = granted(call);
        ended["expires_in"] = 0.into();
        account.server.next(Action::json(200, &ended));
    }
    let calls = async {
        for _ in 0..9 {
            account.access().await.unwrap();
        }
    };
    let refused = async {
        assert!(account.rejected("access-0").await.unwrap());
        account.server.count()
    };
    // In this order, so that each of the calls begins the renewal that the refusal then joins.
    let ((), renewals) = futures_util::future::join(calls, refused).await;
    assert!(renewals <= 4, "{renewals} renewals before the refused one went on");
}

#[tokio::test]
async fn a_token_that_is_born_ended_costs_each_call_one_refresh() {
    let account = Account::living(0).await;
    for call in 1..=3 {
        let mut ended = granted(call);
        ended["expires_in"] = 0.into();
        account.server.next(Action::json(200, &ended));
        assert_eq!(account.access().await.unwrap(), format!("access-{call}"));
        assert_eq!(account.server.count(), call);
    }
}

#[tokio::test]
async fn a_refresh_that_fails_leaves_the_store_alone() {
    let refused = json!({"statusCode": 400, "message": "Invalid grant: refresh token is invalid", "error": "Bad Request"});
    let cases = [
        (
            "refused",
            Action::json(400, &refused),
            "Invalid grant: refresh token is invalid; the stored refresh token was not replaced; if the vendor calls it invalid, authorize the account again",
        ),
        (
            "broken",
            Action::Respond(502, "text/html", "<html>".into()),
            "the outcome of the refresh is unknown and the refresh token may be used up; if the next refresh is refused, authorize the account again",
        ),
        ("closed", Action::Hang, "the outcome of the refresh is unknown"),
        (
            "unreadable",
            Action::json(200, &json!({})),
            "the refresh token is used up and its successor is lost; authorize the account again",
        ),
    ];
    for (name, action, expect) in cases {
        let account = Account::living(0).await;
        account.server.next(action);
        let error = account.access().await.unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::Credential, Delivery::NotSent), "{name}: {error}");
        assert!(error.to_string().starts_with("no access token: "), "{name}: {error}");
        assert!(error.to_string().contains(expect), "{name}: {error}");
        assert!(!error.is_retryable(), "{name}");
        assert_eq!(account.stored().await, strings("access-0", "refresh-0"), "{name}");
        assert_eq!(account.server.count(), 1, "{name}");
    }
}

#[tokio::test]
async fn the_refreshs_own_error_is_the_source() {
    let account = Account::living(0).await;
    account.server.next(Action::Hang);
    let error = account.access().await.unwrap_err();
    let source = std::error::Error::source(&error).unwrap();
    let refresh = source.downcast_ref::<Arc<Error>>().unwrap();
    assert_eq!(refresh.delivery(), Delivery::Unknown, "of the token request, unlike the call's");
    assert_eq!(refresh.operation(), Some("get_access_token"));
}

#[tokio::test]
async fn an_unknown_outcome_is_never_repeated_by_itself() {
    let account = Account::living(0).await;
    account.server.next(Action::Hang);
    let errors = join_all((0..20).map(|_| account.access())).await;
    assert!(errors.iter().all(Result::is_err));
    for _ in 0..5 {
        account.clock.advance(5);
        assert!(account.access().await.is_err(), "the failure stands for 30 seconds");
    }
    assert_eq!(account.server.count(), 1);
    account.clock.advance(5);
    // The vendor never acted on the first request, so its refresh token is still good.
    assert_eq!(account.access().await.unwrap(), "access-1");
    assert_eq!(account.server.count(), 2);
}

#[tokio::test]
async fn retry_after_is_honoured() {
    let account = Account::living(0).await;
    // A header more than the content type.
    account.server.next(Action::Respond(429, "application/json\r\nretry-after: 120", "{}".into()));
    let error = account.access().await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(120)));
    account.clock.advance(119);
    assert!(account.access().await.is_err());
    assert_eq!(account.server.count(), 1);
    account.clock.advance(1);
    assert_eq!(account.access().await.unwrap(), "access-1");
}

#[tokio::test]
async fn what_was_never_sent_may_be_tried_at_once() {
    let account = Account::living(0).await;
    let unreachable = crate::app_builder("http://127.0.0.1:1").clock(|| at(START)).build().unwrap();
    let credentials = OAuthCredentials::new(unreachable, account.store.clone(), "acme");
    for _ in 0..2 {
        let error = access(&credentials).await.unwrap_err();
        assert!(error.is_retryable(), "{error}");
        assert!(error.to_string().contains("the stored refresh token was not replaced"), "{error}");
    }
    assert_eq!(account.access().await.unwrap(), "access-1");
}

#[tokio::test]
async fn a_failure_ahead_of_the_end_does_no_harm() {
    let account = Account::living(120).await;
    account.server.next(Action::Hang);
    assert_eq!(account.access().await.unwrap(), "access-0", "two minutes are left");
    assert_eq!(account.access().await.unwrap(), "access-0");
    assert_eq!(account.server.count(), 1, "and the endpoint is left alone for a while");
    account.clock.advance(30);
    assert_eq!(account.access().await.unwrap(), "access-1");
}

#[tokio::test]
async fn a_refused_token_is_not_used_on_although_it_has_not_ended() {
    let account = Account::living(86_399).await;
    assert_eq!(account.access().await.unwrap(), "access-0");
    account.server.next(Action::Hang);
    let error = account.rejected("access-0").await.unwrap_err();
    assert!(error.to_string().contains("the outcome of the refresh is unknown"), "{error}");
}

#[tokio::test]
async fn accounts_without_tokens() {
    let account = Account::living(0).await;
    let nobody = OAuthCredentials::new(account.app.clone(), account.store.clone(), "nobody");
    let error = access(&nobody).await.unwrap_err();
    assert!(error.to_string().contains("no tokens are stored for the account `nobody`; authorize it first"), "{error}");

    let mut bare = tokens("access-0", "", START);
    bare.refresh_token = None;
    account.store.save("bare", &bare).await.unwrap();
    let bare = OAuthCredentials::new(account.app.clone(), account.store.clone(), "bare");
    let error = access(&bare).await.unwrap_err();
    assert!(error.to_string().contains("no refresh token; authorize the account again"), "{error}");
    assert_eq!(account.server.count(), 0);
}

#[tokio::test]
async fn a_new_authorization_takes_effect_at_once() {
    let account = Account::living(0).await;
    account.server.next(Action::json(400, &json!({"message": "Invalid grant: refresh token is invalid"})));
    assert!(account.access().await.is_err());
    let credentials = account.credentials.clone();
    // Spawned as a web handler's future would be: it has to be `Send`.
    tokio::spawn(async move { credentials.replace(tokens("anew", "refresh-0", START + 3600)).await }).await.unwrap().unwrap();
    assert_eq!(account.access().await.unwrap(), "anew");
    assert_eq!(account.stored().await, strings("anew", "refresh-0"));
    assert_eq!(account.server.count(), 1);
}

/// Two of them over one store behave like two processes that share it.
#[tokio::test]
async fn two_over_one_store_refresh_once() {
    let account = Account::living(0).await;
    let other = OAuthCredentials::new(account.app.clone(), account.store.clone(), "acme");
    account.server.next(Action::Hold);
    let (one, two, ()) = tokio::join!(account.access(), access(&other), async {
        account.server.has_received(1).await;
        account.server.release();
    });
    assert_eq!((one.unwrap(), two.unwrap()), strings("access-1", "access-1"));
    assert_eq!(account.server.count(), 1, "the second waited, and found the first one's tokens in the store");
    let found = other.tokens().await.unwrap();
    assert_eq!(pair(&found), strings("access-1", "refresh-1"));
    assert_eq!(found.access_token.expose_secret(), "access-1");
}
