//! [`Delay`]: for how long, and why, something waits.

use std::time::Duration;

use chrono::Utc;

/// For how long, and why, a message or an account waits.
#[derive(Clone, Debug)]
pub(super) struct Delay {
    /// Zero: as soon as somebody has time for it.
    pub(super) time: Duration,
    /// A word to count by.
    pub(super) code: &'static str,
    pub(super) reason: Option<String>,
    /// What the vendor said about the recipient was not understood.
    pub(super) unclear: bool,
}

impl Delay {
    pub(super) fn new(time: Duration, code: &'static str) -> Self {
        Self { time, code, reason: None, unclear: false }
    }

    /// The reason, for people; where none was given, until which time of the day it waits.
    pub(super) fn reason(&self) -> Option<String> {
        let until = || (Utc::now() + self.time).format("%Y-%m-%dT%H:%M:%SZ");
        self.reason.clone().or_else(|| match self.code {
            "quiet-hours" => Some(format!("quiet hours end at {}", until())),
            "daily-cap" => Some(format!("its sender's daily cap is reached; the next day begins at {}", until())),
            "hourly-cap" => Some(format!("its sender's hourly cap is reached; the next hour begins at {}", until())),
            "campaign-cap" => Some(format!("the campaign's cap is reached; it sends more at {}", until())),
            "follow-ups-first" => {
                Some(format!("what is left of the cap is for people who are in the middle of a campaign; it is tried at {}", until()))
            }
            "window" => Some(format!("the campaign's next window opens at {}", until())),
            "new-people" => Some(format!("the campaign begins with more people on the next day, at {}", until())),
            "frequency" => Some(format!("other campaigns began with the recipient; the next may at {}", until())),
            _ => None,
        })
    }
}
