//! What the server and the handles of its mocks share.

use std::sync::{Mutex, MutexGuard, PoisonError};

use reachout_runtime::Vendor;

use crate::documented::Documented;
use crate::expectation::Expectation;
use crate::received::Received;
use crate::reply::Reply;

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) vendor: &'static Vendor,
    pub(crate) documented: Documented,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
pub(crate) struct Inner {
    pub(crate) mocks: Vec<Entry>,
    /// Every request, with the place of the mock that matched.
    received: Vec<(Received, Option<usize>)>,
}

/// One mock.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) expectation: Expectation,
    /// One after the other.
    pub(crate) replies: Vec<Reply>,
    pub(crate) calls: usize,
}

impl State {
    pub(crate) fn new(vendor: &'static Vendor, documented: Documented) -> Self {
        Self { vendor, documented, inner: Mutex::default() }
    }

    /// A test that failed while it held the lock left nothing half done.
    pub(crate) fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The response of the newest mock that matches and has one left.
    pub(crate) fn respond(&self, received: Received) -> Reply {
        let mut inner = self.inner();
        let matches = |entry: &Entry| entry.next().is_some() && entry.expectation.mismatches(self.vendor, &received).is_empty();
        let found = inner.mocks.iter().rposition(matches);
        let reply = match found.map(|at| &mut inner.mocks[at]) {
            Some(entry) => {
                let reply = entry.next().cloned();
                entry.calls += 1;
                reply
            }
            None => None,
        };
        let reply = reply.unwrap_or_else(|| Reply::error(self.vendor, 404, "no_mock", &self.explained(&inner, &received)));
        inner.received.push((received, found));
        reply
    }

    /// Why no mock matches, the nearest first; those of other operations are shown where there is no better one.
    fn explained(&self, inner: &Inner, received: &Received) -> String {
        let of_operation = inner.mocks.iter().filter(|entry| entry.expectation.is_operation_of(received)).count();
        let shown = inner.mocks.iter().filter(|entry| of_operation == 0 || entry.expectation.is_operation_of(received));
        let mut reasons: Vec<(usize, String)> = shown
            .map(|entry| match entry.expectation.mismatches(self.vendor, received) {
                none if none.is_empty() => (0, format!("{}: each response was given, {} in all", entry.expectation, entry.calls)),
                found => (found.len(), format!("{}: {}", entry.expectation, found.join("; "))),
            })
            .collect();
        reasons.sort_by_key(|(count, _)| *count);
        let reasons: Vec<String> = reasons.into_iter().map(|(_, reason)| format!(" - {reason}")).collect();
        match reasons.as_slice() {
            [] => format!("no mock matches {received}: there is none"),
            reasons => format!("no mock matches {received}:{}", reasons.concat()),
        }
    }

    /// The request that came nearest to a mock without matching it, with what of it is not as it must be.
    pub(crate) fn nearest(&self, inner: &Inner, mock: usize) -> Option<String> {
        let expectation = &inner.mocks[mock].expectation;
        let missed = inner.received.iter().filter(|(_, matched)| *matched != Some(mock)).map(|(received, _)| received);
        let (received, reasons) = missed
            .map(|received| (received, expectation.mismatches(self.vendor, received)))
            .min_by_key(|(received, reasons)| (!expectation.is_operation_of(received), reasons.len()))?;
        let reasons = if reasons.is_empty() { "another mock responded to it".to_owned() } else { reasons.join("; ") };
        Some(format!("{received}: {reasons}"))
    }
}

impl Entry {
    /// The response to the next request.
    fn next(&self) -> Option<&Reply> {
        let mut before = 0;
        let last = self.replies.len().saturating_sub(1);
        self.replies.iter().enumerate().find_map(|(index, reply)| {
            let unlimited = index == last && reply.times.is_none();
            before += reply.times.unwrap_or(1);
            (unlimited || self.calls < before).then_some(reply)
        })
    }

    /// How many requests it is to match.
    pub(crate) fn expected(&self) -> usize {
        self.replies.iter().map(|reply| reply.times.unwrap_or(1)).sum()
    }
}
