//! [`Delay`]: how long after the step before it a step is due.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::{Span, SpanRelativeTo};
use serde::{Deserialize, Serialize};

/// How long after the step before it was accepted a step is due: `3d`, `36h`, `5 working days`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[non_exhaustive]
pub enum Delay {
    /// So long; a day has 24 hours.
    Time(Duration),
    /// Days from Monday to Friday that are no holidays, at the same time of the day.
    WorkingDays(u16),
}

impl Delay {
    /// Days of 24 hours.
    pub const fn days(days: u64) -> Self {
        Self::Time(Duration::from_secs(days * 86_400))
    }

    /// Whether it may end on the day that it begins.
    pub(super) const fn is_under_a_day(self) -> bool {
        match self {
            Self::Time(time) => time.as_secs() < 86_400,
            Self::WorkingDays(days) => days == 0,
        }
    }
}

/// A text that is no delay.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not a delay; write one such as 36h, 3d or 5 working days", .0.escape_debug())]
pub struct NotADelay(String);

impl FromStr for Delay {
    type Err = NotADelay;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || NotADelay(text.to_owned());
        let words: Vec<_> = text.split_whitespace().collect();
        if let [number, "working", "day" | "days"] = words.as_slice() {
            return number.parse().map(Self::WorkingDays).map_err(|_| wrong());
        }
        let span: Span = text.trim().parse().map_err(|_| wrong())?;
        let time = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| wrong())?;
        Duration::try_from(time).map(Self::Time).map_err(|_| wrong())
    }
}

impl fmt::Display for Delay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WorkingDays(1) => f.write_str("1 working day"),
            Self::WorkingDays(days) => write!(f, "{days} working days"),
            Self::Time(time) if time.as_secs() % 86_400 == 0 => write!(f, "{}d", time.as_secs() / 86_400),
            Self::Time(time) if time.as_secs() % 3_600 == 0 => write!(f, "{}h", time.as_secs() / 3_600),
            Self::Time(time) => write!(f, "{}s", time.as_secs()),
        }
    }
}

impl TryFrom<String> for Delay {
    type Error = NotADelay;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Delay> for String {
    fn from(delay: Delay) -> Self {
        delay.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::Delay;

    #[test]
    fn delays_are_read_and_written() {
        for (text, written) in [
            ("3d", "3d"),
            ("36h", "36h"),
            ("72h", "3d"),
            ("90m", "5400s"),
            ("5 working days", "5 working days"),
            ("1 working day", "1 working day"),
        ] {
            let delay: Delay = text.parse().unwrap();
            assert_eq!(delay.to_string(), written);
            assert_eq!(delay.to_string().parse::<Delay>().unwrap(), delay, "{text}");
        }
        for wrong in ["", "3", "soon", "-1d", "1mo", "x working days", "3 days working", "99999 working days"] {
            assert!(wrong.parse::<Delay>().is_err(), "{wrong}");
        }
        assert!("2h".parse::<Delay>().unwrap().is_under_a_day() && !Delay::days(1).is_under_a_day());
    }
}
