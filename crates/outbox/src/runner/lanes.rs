//! [`Lanes`]: what a runner knows of each account.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::disposition::Wait;
use crate::account::{Account, Accounts, Clients, budget_key, limit};
use crate::budget::StoredBudgets;
use crate::envelope::Lane;
use crate::store::BudgetTerms;
use crate::{Error, Rules};

/// The accounts that were used, with their clients.
pub(super) struct Lanes {
    accounts: Arc<dyn Accounts>,
    pub(super) budgets: Arc<StoredBudgets>,
    known: Mutex<HashMap<Lane, Arc<Known>>>,
}

/// An account as it is used.
pub(super) struct Known {
    pub(super) lane: Lane,
    pub(super) rules: Rules,
    /// What its messages are counted under, if anything.
    pub(super) terms: Option<BudgetTerms>,
    /// Held by the job that is next to ask for a slot, so that the database is asked by one.
    pub(super) turn: tokio::sync::Mutex<()>,
    account: tokio::sync::OnceCell<Account>,
    /// Nothing is sent through it until then, and why.
    blocked: Mutex<Option<(Instant, Wait)>>,
}

impl Lanes {
    pub(super) fn new(accounts: Arc<dyn Accounts>, budgets: Arc<StoredBudgets>) -> Self {
        Self { accounts, budgets, known: Mutex::default() }
    }

    /// The account as it is to be used by these rules: the one that is known, unless they changed.
    pub(super) fn with_rules(&self, lane: &Lane, rules: &Rules) -> Arc<Known> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known.get(lane).filter(|found| found.rules == *rules) {
            return Arc::clone(found);
        }
        let terms = limit(lane, rules).map(|(limit, follows_vendor)| BudgetTerms {
            key: budget_key(lane, rules).as_str().to_owned(),
            limit,
            follows_vendor,
            steady: rules.steady,
        });
        let made = Arc::new(Known {
            lane: lane.clone(),
            rules: rules.clone(),
            terms,
            turn: tokio::sync::Mutex::default(),
            account: tokio::sync::OnceCell::new(),
            blocked: Mutex::default(),
        });
        known.insert(lane.clone(), Arc::clone(&made));
        made
    }

    /// The account by the rules that were read last.
    pub(super) fn latest(&self, known: &Arc<Known>) -> Arc<Known> {
        let found = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&known.lane).cloned();
        found.unwrap_or_else(|| Arc::clone(known))
    }

    /// Makes the next message ask for a client again.
    pub(super) fn forget(&self, lane: &Lane) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).remove(lane);
    }

    pub(super) async fn account(&self, known: &Known) -> Result<Account, Error> {
        let clients = Clients { lane: &known.lane, rules: &known.rules, budgets: &self.budgets };
        known.account.get_or_try_init(|| self.accounts.open(&known.lane, clients)).await.cloned()
    }
}

impl Known {
    /// For how long nothing can be sent through it, and why.
    pub(super) fn blocked(&self) -> Option<Wait> {
        let blocked = self.blocked.lock().unwrap_or_else(PoisonError::into_inner);
        let (until, wait) = blocked.as_ref()?;
        let left = until.saturating_duration_since(Instant::now());
        (!left.is_zero()).then(|| Wait { time: left, ..wait.clone() })
    }

    /// Sends nothing through it for so long.
    pub(super) fn block(&self, wait: Wait) {
        let until = Instant::now() + wait.time.min(Duration::from_hours(1));
        *self.blocked.lock().unwrap_or_else(PoisonError::into_inner) = Some((until, wait));
    }
}
