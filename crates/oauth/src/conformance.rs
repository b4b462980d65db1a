//! What a [`TokenStore`] promises, as a test suite for stores of your own.
//!
//! ```
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use std::sync::Arc;
//! use reachout_oauth::{MemoryStore, conformance};
//!
//! // Two stores over one storage, as two processes would have them; a store in memory has to be shared.
//! let store = Arc::new(MemoryStore::new());
//! conformance::run(async || Arc::clone(&store)).await?;
//! # Ok(())
//! # }
//! # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(example()).unwrap();
//! ```

mod rules;

use std::fmt;
use std::time::{Duration, SystemTime};

use futures_core::future::BoxFuture;
use tokio::time::timeout;

use super::{StoreError, TokenStore};

/// A rule that takes longer than this is violated: something waits for ever.
const RULE_TIMEOUT: Duration = Duration::from_secs(30);

/// Checks a store, and returns all that it violates.
///
/// `open` is called twice and gives a store over the same storage each time. Only accounts whose names begin with
/// `conformance-` and the time are touched, and they are removed in the end. It takes a few seconds, on a tokio
/// runtime with time.
pub async fn run<S: TokenStore>(open: impl AsyncFn() -> S) -> Result<(), Violations> {
    let since = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    let pair = Pair { one: open().await, other: open().await, prefix: format!("conformance-{}-", since.as_nanos()) };
    let mut violations = Vec::new();
    for (rule, check) in rules::all(&pair) {
        let observed = match timeout(RULE_TIMEOUT, check).await {
            Ok(Ok(())) => continue,
            Ok(Err(RuleError(observed))) => observed,
            Err(_) => format!("it did not end within {} s", RULE_TIMEOUT.as_secs()),
        };
        violations.push(Violation { rule, observed });
    }
    if violations.is_empty() { Ok(()) } else { Err(Violations(violations)) }
}

/// Two stores over one storage.
struct Pair<S> {
    one: S,
    other: S,
    prefix: String,
}

type RuleResult<'a> = BoxFuture<'a, Result<(), RuleError>>;

/// How a rule is violated.
struct RuleError(String);

impl From<StoreError> for RuleError {
    fn from(error: StoreError) -> Self {
        Self(format!("the store failed: {error}"))
    }
}

/// The rules that a store violates.
#[derive(Debug, Clone)]
pub struct Violations(Vec<Violation>);

/// A rule that a store violates.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Violation {
    /// The rule, in a sentence.
    pub rule: &'static str,
    /// What happened instead.
    pub observed: String,
}

impl Violations {
    /// One by one.
    pub fn iter(&self) -> std::slice::Iter<'_, Violation> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a Violations {
    type Item = &'a Violation;
    type IntoIter = std::slice::Iter<'a, Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the store does not keep what a token store promises:")?;
        self.0.iter().try_for_each(|Violation { rule, observed }| write!(f, "\n- {rule}: {observed}"))
    }
}

impl std::error::Error for Violations {}
