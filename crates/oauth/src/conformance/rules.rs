//! The rules, each by itself.

use chrono::DateTime;
use futures_util::future::{join, join_all};
use secrecy::ExposeSecret as _;
use std::time::Duration;
use tokio::time::{sleep, timeout};

use super::{Pair, RuleError, RuleResult};
use crate::{TokenStore, Tokens};

/// A lock is held for this long, and is not to be had meanwhile.
const HELD_FOR: Duration = Duration::from_millis(300);
/// A lock that is free can be had within this.
const LOCK_TIMEOUT: Duration = Duration::from_secs(10);

/// Names that a store may mix up: by case, by trimming, by escaping, by reading them as paths or patterns.
const NAMES: [&str; 14] =
    ["acme", "Acme", "acme ", " acme", "acme.json", "a/b", "a%2Fb", "a\\b", "..", "a'b\"c", "a_b", "a%b", "ünï", "u\u{308}ni\u{308}"];

pub(super) fn all<S: TokenStore>(pair: &Pair<S>) -> Vec<(&'static str, RuleResult<'_>)> {
    vec![
        ("an account that was never saved has no tokens", Box::pin(pair.unknown())),
        ("what one store saves, the other loads, whole", Box::pin(pair.saved_whole())),
        ("saving replaces all of an account's tokens", Box::pin(pair.replaced())),
        ("tokens of 100,000 characters are kept", Box::pin(pair.large())),
        ("accounts are kept apart, whatever their names", Box::pin(pair.separate_accounts())),
        ("removing forgets one account, and nothing is wrong if it was not there", Box::pin(pair.removed())),
        ("of several saves at once, one is kept whole", Box::pin(pair.saved_at_once())),
        ("a lock keeps the other store out until it is dropped", Box::pin(pair.locked())),
        ("a lock leaves other accounts alone", Box::pin(pair.locked_apart())),
        ("a caller that stops waiting for a lock blocks no other", Box::pin(pair.stopped_waiting())),
        ("a locked account can be loaded and saved", Box::pin(pair.usable_under_lock())),
        ("reserving works under a lock and changes nothing", Box::pin(pair.reserved())),
        ("changes under the lock are not lost", Box::pin(pair.counted())),
        ("`Debug` shows no token", Box::pin(pair.debug())),
    ]
}

impl<S: TokenStore> Pair<S> {
    fn account(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    async fn unknown(&self) -> Result<(), RuleError> {
        expect(&self.one, &self.account("unknown"), None).await
    }

    async fn saved_whole(&self) -> Result<(), RuleError> {
        let account = self.account("whole");
        self.one.save(&account, &full("access", "refresh")).await?;
        expect(&self.other, &account, Some(&full("access", "refresh"))).await?;
        self.one.remove(&account).await.map_err(RuleError::from)
    }

    async fn replaced(&self) -> Result<(), RuleError> {
        let account = self.account("replaced");
        self.one.save(&account, &full("access-1", "refresh-1")).await?;
        let bare = Tokens::new("access-2");
        self.other.save(&account, &bare).await?;
        expect(&self.one, &account, Some(&bare)).await?;
        self.one.remove(&account).await.map_err(RuleError::from)
    }

    async fn large(&self) -> Result<(), RuleError> {
        let account = self.account("large");
        let large = full(&"a".repeat(100_000), &"r".repeat(100_000));
        self.one.save(&account, &large).await?;
        expect(&self.other, &account, Some(&large)).await?;
        self.one.remove(&account).await.map_err(RuleError::from)
    }

    async fn separate_accounts(&self) -> Result<(), RuleError> {
        for name in NAMES {
            self.one.save(&self.account(name), &full(name, "refresh")).await?;
        }
        for name in NAMES {
            expect(&self.other, &self.account(name), Some(&full(name, "refresh"))).await?;
        }
        for name in NAMES {
            self.one.remove(&self.account(name)).await?;
        }
        Ok(())
    }

    async fn removed(&self) -> Result<(), RuleError> {
        let (account, neighbour) = (self.account("removed"), self.account("removed-not"));
        self.one.remove(&account).await?;
        self.one.save(&account, &full("access", "refresh")).await?;
        self.one.save(&neighbour, &full("neighbour", "refresh")).await?;
        self.other.remove(&account).await?;
        expect(&self.one, &account, None).await?;
        expect(&self.one, &neighbour, Some(&full("neighbour", "refresh"))).await?;
        self.one.save(&account, &full("anew", "refresh")).await?;
        expect(&self.other, &account, Some(&full("anew", "refresh"))).await?;
        self.one.remove(&account).await?;
        self.one.remove(&neighbour).await.map_err(RuleError::from)
    }

    async fn saved_at_once(&self) -> Result<(), RuleError> {
        let account = self.account("at-once");
        let candidates: Vec<_> = (1..=20).map(|number| full(&format!("{number}").repeat(200 * number), &number.to_string())).collect();
        let stores = [&self.one, &self.other];
        let saves = candidates.iter().zip(stores.into_iter().cycle()).map(|(tokens, store)| store.save(&account, tokens));
        for saved in join_all(saves).await {
            saved?;
        }
        let found = self.one.load(&account).await?.map(|tokens| json(&tokens));
        ensure(candidates.iter().any(|tokens| Some(json(tokens)) == found), "what is there afterwards is none of them")?;
        self.one.remove(&account).await.map_err(RuleError::from)
    }

    async fn locked(&self) -> Result<(), RuleError> {
        let account = self.account("locked");
        let lock = self.one.lock(&account).await?;
        let second = timeout(HELD_FOR, self.other.lock(&account)).await;
        ensure(!matches!(second, Ok(Ok(_))), "the other store got it as well")?;
        let (freed, ()) = join(timeout(LOCK_TIMEOUT, self.other.lock(&account)), async {
            sleep(HELD_FOR).await;
            drop(lock);
        })
        .await;
        soon(freed.map(|lock| lock.map(drop)), "it was dropped, and the other store did not get it")
    }

    async fn locked_apart(&self) -> Result<(), RuleError> {
        let _lock = self.one.lock(&self.account("locked")).await?;
        let other = timeout(LOCK_TIMEOUT, self.other.lock(&self.account("another"))).await;
        soon(other.map(|lock| lock.map(drop)), "another account's was not to be had")
    }

    async fn stopped_waiting(&self) -> Result<(), RuleError> {
        let account = self.account("stopped");
        let lock = self.one.lock(&account).await?;
        for _ in 0..3 {
            // Dropped while it waits; a store that gives up with an error is as good.
            let _ = timeout(HELD_FOR / 3, self.other.lock(&account)).await;
        }
        drop(lock);
        for store in [&self.one, &self.other] {
            let lock = timeout(LOCK_TIMEOUT, store.lock(&account)).await;
            soon(lock.map(|lock| lock.map(drop)), "it was free, and not to be had")?;
        }
        Ok(())
    }

    async fn usable_under_lock(&self) -> Result<(), RuleError> {
        let account = self.account("under-lock");
        let _lock = self.one.lock(&account).await?;
        self.one.save(&account, &full("access", "refresh")).await?;
        expect(&self.one, &account, Some(&full("access", "refresh"))).await?;
        expect(&self.other, &account, Some(&full("access", "refresh"))).await?;
        self.one.remove(&account).await.map_err(RuleError::from)
    }

    async fn reserved(&self) -> Result<(), RuleError> {
        let account = self.account("reserved");
        let lock = self.one.lock(&account).await?;
        self.one.reserve(&account, &lock, 16 * 1024).await?;
        expect(&self.one, &account, None).await?;
        self.one.save(&account, &full("access", "refresh")).await?;
        self.one.reserve(&account, &lock, 64 * 1024).await?;
        expect(&self.other, &account, Some(&full("access", "refresh"))).await?;
        self.one.remove(&account).await.map_err(RuleError::from)
    }

    /// What a refresh does, ten times from each side: look, think, write.
    async fn counted(&self) -> Result<(), RuleError> {
        let account = self.account("counted");
        self.one.save(&account, &Tokens::new("0")).await?;
        let (one, other) = join(increment(&self.one, &account), increment(&self.other, &account)).await;
        one.and(other)?;
        expect(&self.one, &account, Some(&Tokens::new("20"))).await?;
        self.one.remove(&account).await.map_err(RuleError::from)
    }

    async fn debug(&self) -> Result<(), RuleError> {
        let account = self.account("debug");
        self.one.save(&account, &full("MARKED-access", "MARKED-refresh")).await?;
        ensure(!format!("{:?} {:?}", self.one, self.other).contains("MARKED"), "it does")?;
        self.one.remove(&account).await.map_err(RuleError::from)
    }
}

async fn increment<S: TokenStore>(store: &S, account: &str) -> Result<(), RuleError> {
    for _ in 0..10 {
        let lock = store.lock(account).await?;
        let seen = store.load(account).await?;
        let seen: u32 = seen.and_then(|tokens| tokens.access_token.expose_secret().parse().ok()).unwrap_or_default();
        store.reserve(account, &lock, 1024).await?;
        sleep(Duration::from_millis(2)).await;
        store.save(account, &Tokens::new((seen + 1).to_string())).await?;
    }
    Ok(())
}

fn ensure(holds: bool, otherwise: &str) -> Result<(), RuleError> {
    if holds { Ok(()) } else { Err(RuleError(otherwise.to_owned())) }
}

fn soon<E>(done: Result<Result<(), crate::StoreError>, E>, otherwise: &str) -> Result<(), RuleError> {
    done.map_err(|_| RuleError(otherwise.to_owned()))?.map_err(RuleError::from)
}

async fn expect<S: TokenStore>(store: &S, account: &str, expected: Option<&Tokens>) -> Result<(), RuleError> {
    let found = store.load(account).await?;
    match (found, expected) {
        (None, None) => Ok(()),
        (None, Some(_)) => Err(RuleError(format!("`{account}` has no tokens"))),
        (Some(_), None) => Err(RuleError(format!("`{account}` has tokens"))),
        (Some(found), Some(expected)) => {
            ensure(json(&found) == json(expected), &format!("`{account}` has other tokens, or not all of them"))
        }
    }
}

fn json(tokens: &Tokens) -> String {
    tokens.to_json().expose_secret().to_owned()
}

/// With every field set, to values that a column of the wrong type or length would change.
fn full(access: &str, refresh: &str) -> Tokens {
    let mut tokens = Tokens::new(access);
    tokens.refresh_token = Some(refresh.into());
    tokens.expires_at = DateTime::from_timestamp(4_102_444_800, 123_456_789);
    tokens.issued_at = DateTime::from_timestamp(-1, 0);
    tokens.scope = Some("contacts.readonly conversations/message.write".to_owned());
    tokens.user_type = Some("Company".to_owned());
    tokens.company_id = Some("0123".to_owned());
    tokens.location_id = Some(String::new());
    tokens.user_id = Some("ünï 👋 'quoted' \"twice\" \\".to_owned());
    tokens.plan_id = Some(" spaces ".to_owned());
    tokens.approved_locations = vec!["one".to_owned(), "two".to_owned()];
    tokens.is_bulk_installation = Some(false);
    tokens
}
