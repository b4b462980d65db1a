//! [`FaultQueue`]: the faults that wait for requests to come.

use std::collections::VecDeque;

use reachout_messenger::Vendor;
use serde::Serialize;

use super::rule::{Fault, FaultRule};

/// The faults that wait for requests, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct FaultQueue {
    rules: VecDeque<QueuedFault>,
    count: u64,
}

/// A fault that waits, under a number by which it is cleared.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct QueuedFault {
    pub id: u64,
    #[serde(flatten)]
    pub rule: FaultRule,
}

impl FaultQueue {
    pub(crate) fn add(&mut self, rule: FaultRule) -> QueuedFault {
        self.count += 1;
        let queued = QueuedFault { id: self.count, rule };
        self.rules.push_back(queued.clone());
        queued
    }

    pub(crate) fn rules(&self) -> impl Iterator<Item = &QueuedFault> {
        self.rules.iter()
    }

    /// Whether there was one of this number.
    pub(crate) fn remove(&mut self, id: u64) -> bool {
        let before = self.rules.len();
        self.rules.retain(|queued| queued.id != id);
        self.rules.len() < before
    }

    pub(crate) fn clear(&mut self) {
        self.rules.clear();
    }

    /// The first fault that waits for such a request. It counts as met.
    pub(crate) fn take(&mut self, vendor: Vendor, operation: &str, method: &str, path: &str) -> Option<Fault> {
        let place = self.rules.iter().position(|queued| queued.rule.meets(vendor, operation, method, path))?;
        let rule = &mut self.rules.get_mut(place)?.rule;
        rule.times = rule.times.saturating_sub(1);
        let fault = rule.fault.clone();
        if rule.times == 0 {
            self.rules.remove(place);
        }
        Some(fault)
    }
}
