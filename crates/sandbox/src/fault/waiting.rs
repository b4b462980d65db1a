//! [`Waiting`]: the faults that wait for requests to come.

use std::collections::VecDeque;

use serde::Serialize;

use super::{Fault, FaultRule};
use crate::Vendor;

/// The faults that wait for requests, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    rules: VecDeque<WaitingRule>,
    count: u64,
}

/// A fault that waits, under a number by which it is cleared.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct WaitingRule {
    pub id: u64,
    #[serde(flatten)]
    pub rule: FaultRule,
}

impl Waiting {
    pub(crate) fn add(&mut self, rule: FaultRule) -> WaitingRule {
        self.count += 1;
        let waiting = WaitingRule { id: self.count, rule };
        self.rules.push_back(waiting.clone());
        waiting
    }

    pub(crate) fn rules(&self) -> impl Iterator<Item = &WaitingRule> {
        self.rules.iter()
    }

    /// Whether there was one of this number.
    pub(crate) fn remove(&mut self, id: u64) -> bool {
        let before = self.rules.len();
        self.rules.retain(|waiting| waiting.id != id);
        self.rules.len() < before
    }

    pub(crate) fn clear(&mut self) {
        self.rules.clear();
    }

    /// The first fault that waits for such a request. It counts as met.
    pub(crate) fn take(&mut self, vendor: Vendor, operation: &str, method: &str, path: &str) -> Option<Fault> {
        let place = self.rules.iter().position(|waiting| waiting.rule.meets(vendor, operation, method, path))?;
        let rule = &mut self.rules.get_mut(place)?.rule;
        rule.times = rule.times.saturating_sub(1);
        let fault = rule.fault.clone();
        if rule.times == 0 {
            self.rules.remove(place);
        }
        Some(fault)
    }
}
