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

/// A rule that takes longer than this is broken: something waits for ever.
const RULE: Duration = Duration::from_secs(30);

/// Checks a store, and says all that it does not keep.
///
/// `open` is called twice and gives a store over the same storage each time. Only accounts whose names begin with
/// `conformance-` and the time are touched, and they are removed in the end. It takes a few seconds, on a tokio
/// runtime with time.
pub async fn run<S: TokenStore>(open: impl AsyncFn() -> S) -> Result<(), Violations> {
    let since = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    let pair = Pair { one: open().await, other: open().await, prefix: format!("conformance-{}-", since.as_nanos()) };
    let mut violations = Vec::new();
    for (rule, kept) in rules::all(&pair) {
        let what = match timeout(RULE, kept).await {
            Ok(Ok(())) => continue,
            Ok(Err(Broken(what))) => what,
            Err(_) => format!("nothing came of it within {} s", RULE.as_secs()),
        };
        violations.push(Violation { rule, what });
    }
    if violations.is_empty() { Ok(()) } else { Err(Violations(violations)) }
}

/// Two stores over one storage.
struct Pair<S> {
    one: S,
    other: S,
    prefix: String,
}

type Kept<'a> = BoxFuture<'a, Result<(), Broken>>;

/// How a rule is not kept.
struct Broken(String);

impl From<StoreError> for Broken {
    fn from(error: StoreError) -> Self {
        Self(format!("the store failed: {error}"))
    }
}

/// What a store does not keep.
#[derive(Debug, Clone)]
pub struct Violations(Vec<Violation>);

/// A rule that a store does not keep.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Violation {
    /// The rule, in a sentence.
    pub rule: &'static str,
    /// What happened instead.
    pub what: String,
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
        self.0.iter().try_for_each(|Violation { rule, what }| write!(f, "\n- {rule}: {what}"))
    }
}

impl std::error::Error for Violations {}
