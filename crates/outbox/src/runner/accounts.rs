//! [`OpenAccounts`]: what a runner knows of each account.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::delay::Delay;
use crate::budget::StoredBudgets;
use crate::clients::{AccountClient, Accounts, Clients, budget_key, limit};
use crate::store::BudgetTerms;
use crate::{Account, Error, Rules};

/// The accounts that were used, with their clients.
pub(super) struct OpenAccounts {
    accounts: Arc<dyn Accounts>,
    pub(super) budgets: Arc<StoredBudgets>,
    known: Mutex<HashMap<Account, Arc<OpenAccount>>>,
}

/// An account as it is used.
pub(super) struct OpenAccount {
    pub(super) account: Account,
    pub(super) rules: Rules,
    /// What its messages are counted under, if anything.
    pub(super) terms: Option<BudgetTerms>,
    /// Held by the job that is next to ask for a slot, so that the database is asked by one.
    pub(super) turn: tokio::sync::Mutex<()>,
    client: tokio::sync::OnceCell<AccountClient>,
    /// Nothing is sent through it until then, and why.
    blocked: Mutex<Option<(Instant, Delay)>>,
}

impl OpenAccounts {
    pub(super) fn new(accounts: Arc<dyn Accounts>, budgets: Arc<StoredBudgets>) -> Self {
        Self { accounts, budgets, known: Mutex::default() }
    }

    /// The account as it is to be used by these rules: the one that is known, unless they changed.
    pub(super) fn with_rules(&self, account: &Account, rules: &Rules) -> Arc<OpenAccount> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known.get(account).filter(|found| found.rules == *rules) {
            return Arc::clone(found);
        }
        let terms = limit(account, rules).map(|(limit, follows_vendor)| BudgetTerms {
            key: budget_key(account, rules).as_str().to_owned(),
            limit,
            follows_vendor,
            steady: rules.steady,
        });
        let made = Arc::new(OpenAccount {
            account: account.clone(),
            rules: rules.clone(),
            terms,
            turn: tokio::sync::Mutex::default(),
            client: tokio::sync::OnceCell::new(),
            blocked: Mutex::default(),
        });
        known.insert(account.clone(), Arc::clone(&made));
        made
    }

    /// The account by the rules that were read last.
    pub(super) fn latest(&self, known: &Arc<OpenAccount>) -> Arc<OpenAccount> {
        let found = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&known.account).cloned();
        found.unwrap_or_else(|| Arc::clone(known))
    }

    /// Makes the next message ask for a client again.
    pub(super) fn forget(&self, account: &Account) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).remove(account);
    }

    pub(super) async fn client(&self, known: &OpenAccount) -> Result<AccountClient, Error> {
        let clients = Clients { account: &known.account, rules: &known.rules, budgets: &self.budgets };
        known.client.get_or_try_init(|| self.accounts.open(&known.account, clients)).await.cloned()
    }
}

impl OpenAccount {
    /// For how long nothing can be sent through it, and why.
    pub(super) fn blocked(&self) -> Option<Delay> {
        let blocked = self.blocked.lock().unwrap_or_else(PoisonError::into_inner);
        let (until, delay) = blocked.as_ref()?;
        let left = until.saturating_duration_since(Instant::now());
        (!left.is_zero()).then(|| Delay { time: left, ..delay.clone() })
    }

    /// Sends nothing through it for so long.
    pub(super) fn block(&self, delay: Delay) {
        let until = Instant::now() + delay.time.min(Duration::from_hours(1));
        *self.blocked.lock().unwrap_or_else(PoisonError::into_inner) = Some((until, delay));
    }
}
