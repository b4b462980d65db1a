//! [`Spacing`]: how long after a message of an account the next one may begin.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::RulesError;
use crate::time::milliseconds;

/// How long after a message of an account the next one may begin: anew each time, at random between two times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Spacing {
    /// The shortest distance in milliseconds.
    pub from_ms: i64,
    /// The longest, in milliseconds.
    pub to_ms: i64,
}

impl Spacing {
    /// Between two times.
    pub fn between(from: Duration, to: Duration) -> Result<Self, RulesError> {
        if from > to || to.is_zero() {
            return Err(RulesError::Spacing);
        }
        Ok(Self { from_ms: milliseconds(from), to_ms: milliseconds(to) })
    }

    /// A time between them.
    pub(crate) fn draw(self) -> i64 {
        let span = u128::try_from(self.to_ms - self.from_ms).unwrap_or(0) + 1;
        self.from_ms + i64::try_from(uuid::Uuid::new_v4().as_u128() % span).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_drawn_between_the_two() {
        let spacing = Spacing::between(Duration::from_secs(2), Duration::from_secs(5)).unwrap();
        let drawn: Vec<_> = (0..200).map(|_| spacing.draw()).collect();
        assert!(drawn.iter().all(|ms| (2_000..=5_000).contains(ms)) && drawn.iter().any(|ms| *ms != drawn[0]), "{drawn:?}");
        assert!(Spacing::between(Duration::from_secs(5), Duration::from_secs(2)).is_err());
    }
}
