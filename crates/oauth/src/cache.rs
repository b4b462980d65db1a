//! The token in use: when it is good enough, when it is renewed, and what happens when that fails.

use std::borrow::Cow;
use std::future::ready;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_core::future::BoxFuture;
use reachout_runtime::{Delivery, Error, Token};
use secrecy::SecretString;
use tokio::sync::OwnedMutexGuard;
use tokio::time::timeout;

use super::single_flight::{Outcome, SharedError, SingleFlight};
use super::{StoreError, Tokens, UserType, background};

/// How long before its end a token is renewed, unless set otherwise.
pub(super) const REFRESH_AHEAD: Duration = Duration::from_secs(5 * 60);

/// After a failed renewal, how long its error stands for all calls: an endpoint that refuses is not asked by each of
/// them, and one that allows five requests a minute is not used up.
const PAUSE_AFTER_FAILURE: TimeDelta = TimeDelta::seconds(30);

/// A token this young is not renewed because of a 401. HighLevel also responds 401 where a scope is missing, which no
/// new token cures, and each such call would otherwise cost a refresh.
const JUST_ISSUED: TimeDelta = TimeDelta::seconds(60);

/// How long a call waits while tokens that could not be stored are stored again. It could do without.
const STORE_WAIT: Duration = Duration::from_secs(1);

/// A caller that joins a renewal that does not know its rejected token tries again; no renewal after the next can miss it.
const MAX_JOINS: usize = 3;

/// Reads the time; replaced in tests.
pub(super) type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// Whether tokens are good for use.
pub(super) type Usable<'a> = dyn Fn(&Tokens) -> bool + Send + Sync + 'a;

/// Where new tokens come from.
pub(super) trait Source: Send + Sync + 'static {
    /// Obtains tokens for which `usable` holds, from a store or from the vendor.
    fn renew<'a>(&'a self, usable: &'a Usable<'a>) -> BoxFuture<'a, Result<Tokens, RenewalError>>;

    /// Whether the tokens in use are still to be stored.
    fn has_unstored(&self) -> bool {
        false
    }

    /// Stores them. Tokens are returned if the store has others by now, which count instead.
    fn store_again(&self) -> BoxFuture<'_, Option<Tokens>> {
        Box::pin(ready(None))
    }
}

/// A renewal that did not work.
pub(super) struct RenewalError {
    pub(super) error: Error,
    /// What the error means for the account.
    pub(super) advice: Cow<'static, str>,
    /// The tokens it found and could not renew.
    pub(super) earlier: Option<Tokens>,
}

impl From<Error> for RenewalError {
    fn from(error: Error) -> Self {
        Self { error, advice: Cow::Borrowed(""), earlier: None }
    }
}

/// One account's tokens, renewed from `S`.
pub(super) struct Cache<S> {
    pub(super) source: S,
    refresh_ahead: Duration,
    clock: Clock,
    state: Mutex<State>,
    flight: SingleFlight,
    /// Held by what changes the tokens, so that a renewal cannot undo a replacement that came after it. Only what runs in the background
    /// waits for it: a future that is not polled would get the turn and keep it.
    turn: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Default)]
struct State {
    tokens: Option<Arc<Tokens>>,
    /// The last failure, and until when it stands.
    failure: Option<(SharedError, DateTime<Utc>)>,
}

impl<S: Source> Cache<S> {
    pub(super) fn new(source: S, refresh_ahead: Duration, clock: Clock) -> Self {
        Self { source, refresh_ahead, clock, state: Mutex::default(), flight: SingleFlight::default(), turn: Arc::default() }
    }

    /// Tokens to send a request with. Those at hand do as long as they live, if a renewal ahead of time fails.
    pub(super) async fn tokens(self: &Arc<Self>) -> Result<Arc<Tokens>, Error> {
        // The holder of the turn stores them first.
        if self.source.has_unstored()
            && let Ok(turn) = Arc::clone(&self.turn).try_lock_owned()
            && let Ok(attempt) = background::spawn(Arc::clone(self).store_again(turn))
            && let Ok(wait) = background::spawn(timeout(STORE_WAIT, attempt))
        {
            let _ = wait.await;
        }
        match self.renewed(None).await {
            Ok(tokens) => Ok(tokens),
            Err(failure) => {
                let now = (self.clock)();
                let living = self.state().tokens.clone().filter(|tokens| tokens.expires_at.is_some_and(|end| now < end));
                living.ok_or_else(|| failure.unavailable())
            }
        }
    }

    /// Whose the tokens in use are, where they say it.
    pub(super) fn token(&self) -> Option<Token> {
        let kinds = [(UserType::Company, Token::Agency), (UserType::Location, Token::Location)];
        let state = self.state();
        let user = state.tokens.as_ref()?.user_type.as_deref()?;
        kinds.into_iter().find(|(kind, _)| kind.as_str() == user).map(|(_, token)| token)
    }

    /// Reacts to a 401: `Ok(true)` if other tokens are at hand now.
    pub(super) async fn rejected(self: &Arc<Self>, token: &SecretString) -> Result<bool, Error> {
        let now = (self.clock)();
        let young = |tokens: &Tokens| tokens.is_access_token(token) && tokens.issued_at.is_some_and(|at| (now - at).abs() < JUST_ISSUED);
        if self.state().tokens.as_ref().is_some_and(|tokens| young(tokens)) {
            return Ok(false);
        }
        self.renewed(Some(token)).await.map(|_| true).map_err(SharedError::unavailable)
    }

    /// Takes tokens that came from elsewhere into use, after `store` has tried to store them.
    pub(super) async fn replace<F>(
        self: &Arc<Self>,
        tokens: Tokens,
        store: impl FnOnce(Arc<Self>, Arc<Tokens>) -> F,
    ) -> Result<(), StoreError>
    where
        F: Future<Output = Result<(), StoreError>> + Send + 'static,
    {
        let (cache, tokens) = (Arc::clone(self), Arc::new(tokens));
        let storing = store(Arc::clone(self), Arc::clone(&tokens));
        let replacing = background::spawn(async move {
            let _turn = cache.turn.lock().await;
            let stored = storing.await;
            *cache.state() = State { tokens: Some(tokens), failure: None };
            stored
        });
        replacing?.await.unwrap_or_else(|_| Err(StoreError::new("the token store did not finish")))
    }

    /// Stores what is still to be stored, and waits for it.
    pub(super) async fn flush(self: &Arc<Self>) {
        let cache = Arc::clone(self);
        let flushing = background::spawn(async move {
            let turn = Arc::clone(&cache.turn).lock_owned().await;
            if cache.source.has_unstored() {
                cache.store_again(turn).await;
            }
        });
        if let Ok(flushing) = flushing {
            let _ = flushing.await;
        }
    }

    async fn store_again(self: Arc<Self>, _turn: OwnedMutexGuard<()>) {
        if let Some(tokens) = self.source.store_again().await {
            *self.state() = State { tokens: Some(Arc::new(tokens)), failure: None };
        }
    }

    async fn renewed(self: &Arc<Self>, refused: Option<&SecretString>) -> Outcome {
        let mut joins = 0;
        loop {
            if let Some(outcome) = self.current(refused) {
                return outcome;
            }
            let ticket = self.flight.join_or_begin(refused, || Arc::clone(self).renew(refused.cloned()));
            let outcome = ticket.outcome.await;
            joins += 1;
            if ticket.knows_rejected || outcome.is_err() || joins == MAX_JOINS {
                return outcome;
            }
        }
    }

    /// What needs no renewal: good tokens, or a failure that is too recent to try again.
    fn current(&self, refused: Option<&SecretString>) -> Option<Outcome> {
        let now = (self.clock)();
        let state = self.state();
        if let Some(tokens) = state.tokens.as_ref().filter(|tokens| self.usable(tokens, refused, now)) {
            return Some(Ok(Arc::clone(tokens)));
        }
        let (failure, until) = state.failure.as_ref()?;
        (now < *until).then(|| Err(failure.clone()))
    }

    async fn renew(self: Arc<Self>, refused: Option<SecretString>) -> Outcome {
        let _turn = self.turn.lock().await;
        // Another change may have ended between the caller's look and this one's turn.
        if let Some(outcome) = self.current(refused.as_ref()) {
            return outcome;
        }
        let usable = |tokens: &Tokens| self.usable(tokens, refused.as_ref(), (self.clock)());
        let renewed = self.source.renew(&usable).await;
        let mut state = self.state();
        match renewed {
            Ok(tokens) => {
                let tokens = Arc::new(tokens);
                *state = State { tokens: Some(Arc::clone(&tokens)), failure: None };
                Ok(tokens)
            }
            Err(RenewalError { error, advice, earlier }) => {
                if let Some(earlier) = earlier {
                    state.tokens = Some(Arc::new(earlier));
                }
                let failure = SharedError::new(error, &advice);
                tracing::warn!(error = %failure.text, "tokens could not be renewed");
                // What never left may be tried again at once.
                if failure.error.delivery() != Delivery::NotSent {
                    let requested = failure.error.retry_after().and_then(|wait| TimeDelta::from_std(wait).ok()).unwrap_or_default();
                    let until = (self.clock)().checked_add_signed(requested.max(PAUSE_AFTER_FAILURE));
                    state.failure = until.map(|until| (failure.clone(), until));
                }
                Err(failure)
            }
        }
    }

    fn usable(&self, tokens: &Tokens, refused: Option<&SecretString>, now: DateTime<Utc>) -> bool {
        if refused.is_some_and(|refused| tokens.is_access_token(refused)) {
            return false;
        }
        let Some(end) = tokens.expires_at else { return true };
        let ahead = TimeDelta::from_std(self.refresh_ahead).unwrap_or(TimeDelta::MAX);
        // A token that lives shorter than that would be renewed by every call.
        let half_life = tokens.issued_at.map_or(ahead, |from| ((end - from) / 2).max(TimeDelta::zero()));
        end - now > ahead.min(half_life)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Each critical section assigns whole values, so a poisoned state is still a consistent one.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
