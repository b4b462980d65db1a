//! [`Accounts`]: which client stands behind the name of a credential.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reachout_messenger::Messenger;
use reachout_runtime::{BoxFuture, BudgetKey, CallOptions, ClientBuilder, Core, Pacing, RateLimit, RateLimitWait};

use crate::{Account, Error, Rules, StoredBudgets};

/// Which client stands behind the name of a credential. A worker asks once for each account, and again when the client was refused.
///
/// ```
/// use std::collections::HashMap;
/// use reachout_outbox::{Account, AccountClient, Accounts, BoxFuture, Clients, Error, SecretString};
///
/// #[derive(Debug)]
/// struct Tenants(HashMap<String, SecretString>);
///
/// impl Accounts for Tenants {
///     fn open<'a>(&'a self, account: &'a Account, clients: Clients<'a>) -> BoxFuture<'a, Result<AccountClient, Error>> {
///         Box::pin(async move {
///             let key = self.0.get(&account.credential).ok_or_else(|| Error::Other(format!("there is no tenant {}", account.credential)))?;
///             clients.account(|builder| Ok(builder.credential(key.clone())))
///         })
///     }
/// }
/// ```
pub trait Accounts: fmt::Debug + Send + Sync {
    /// A client for the account.
    fn open<'a>(&'a self, account: &'a Account, clients: Clients<'a>) -> BoxFuture<'a, Result<AccountClient, Error>>;
}

impl<T: Accounts + ?Sized> Accounts for Arc<T> {
    fn open<'a>(&'a self, account: &'a Account, clients: Clients<'a>) -> BoxFuture<'a, Result<AccountClient, Error>> {
        (**self).open(account, clients)
    }
}

/// Makes clients whose calls are counted in the outbox.
#[derive(Debug)]
pub struct Clients<'a> {
    pub(crate) account: &'a Account,
    pub(crate) rules: &'a Rules,
    pub(crate) budgets: &'a Arc<StoredBudgets>,
}

/// How long a call that only reads waits for its turn.
const PATIENCE: Duration = Duration::from_mins(10);

impl Clients<'_> {
    /// A client of the account's vendor, with what `configure` adds: a credential at least, and where the API is if it is elsewhere.
    ///
    /// `configure` is called twice, for a client that sends and for one that reads.
    pub fn account(
        &self,
        configure: impl Fn(ClientBuilder<Core>) -> Result<ClientBuilder<Core>, reachout_runtime::Error>,
    ) -> Result<AccountClient, Error> {
        // Each has a queue of its own: a message that is being sent does not wait behind a call that reads.
        let build = || configure(self.builder()?)?.build().map_err(Error::from);
        // Each attempt is one in the outbox. Its turn was taken before; only a second request after a 401 waits for another.
        let sends = build()?.with(CallOptions::new().no_retry().wait_for_rate_limit(RateLimitWait::unbounded()));
        let reads = build()?.with(CallOptions::new().wait_for_rate_limit(PATIENCE));
        let messenger = reachout_messenger::over(self.account.vendor, sends)?;
        Ok(AccountClient { account: self.account.clone(), messenger: messenger.into(), core: Some(reads) })
    }

    fn builder(&self) -> Result<ClientBuilder<Core>, Error> {
        let Account { vendor, .. } = *self.account;
        let api = vendor.api().ok_or(reachout_messenger::Unsupported::NotCompiled { vendor })?;
        let pacing = match self.rules.limit {
            Some(limit) => Pacing::new(limit.requests, limit.per),
            None => Pacing::documented(),
        };
        let pacing = if self.rules.steady { pacing.steady() } else { pacing };
        let store = Arc::clone(self.budgets);
        Ok(ClientBuilder::new(api.vendor).pacing(pacing).budget_store(store, budget_key(self.account, self.rules)))
    }
}

pub(crate) fn budget_key(account: &Account, rules: &Rules) -> BudgetKey {
    rules.budget.as_deref().map_or_else(|| account.budget_key(), BudgetKey::from)
}

/// The limit that an account's calls are kept within, and whether the vendor's headers may replace it.
pub(crate) fn limit(account: &Account, rules: &Rules) -> Option<(RateLimit, bool)> {
    let documented = || account.vendor.api().and_then(|api| api.vendor.rate_limit).map(|limit| (limit, true));
    rules.limit.map(|limit| (limit, false)).or_else(documented)
}

/// An account at a vendor, with clients for it. Clones are cheap.
#[derive(Clone, Debug)]
pub struct AccountClient {
    account: Account,
    messenger: Arc<dyn Messenger>,
    core: Option<Core>,
}

impl AccountClient {
    /// An account whose messages are sent by a messenger of one's own. It should not try again by itself.
    pub fn new(account: Account, messenger: impl Messenger + 'static) -> Self {
        Self { account, messenger: Arc::new(messenger), core: None }
    }

    /// Whose it is.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// What sends.
    pub fn messenger(&self) -> &dyn Messenger {
        &*self.messenger
    }

    /// A client for calls that read: `leonar::Client::from(core.clone())`. `None` where a messenger of one's own was given.
    pub fn core(&self) -> Option<&Core> {
        self.core.as_ref()
    }
}

/// Credentials from the environment: the vendor's variable, such as `LEONAR_API_KEY`, for the credential `default`, and for another
/// one that variable with the name at its end: `LEONAR_API_KEY_ACME` for `acme`. `LEONAR_BASE_URL` is read as well.
#[derive(Clone, Copy, Debug, Default)]
pub struct EnvAccounts;

impl EnvAccounts {
    /// The variable that an account's credential is in: no two names share one. Small letters are written as capitals, `-` between letters
    /// or digits as `_`, `_` as `__`, and every other byte as `___` and its two hexadecimal digits.
    pub fn variable(account: &Account) -> String {
        let name = account.vendor.credential_env();
        if account.credential == Account::DEFAULT { name.to_owned() } else { format!("{name}_{}", suffix(&account.credential)) }
    }
}

fn suffix(name: &str) -> String {
    let bytes = name.as_bytes();
    let is_plain = |at: Option<usize>| {
        let byte = at.and_then(|at| bytes.get(at));
        byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    let mut suffix = String::with_capacity(name.len());
    for (at, byte) in bytes.iter().enumerate() {
        let is_between = is_plain(at.checked_sub(1)) && is_plain(Some(at + 1));
        match byte {
            _ if is_plain(Some(at)) => suffix.push(char::from(byte.to_ascii_uppercase())),
            b'-' if is_between => suffix.push('_'),
            b'_' if is_between => suffix.push_str("__"),
            byte => suffix.push_str(&format!("___{byte:02X}")),
        }
    }
    suffix
}

impl Accounts for EnvAccounts {
    fn open<'a>(&'a self, account: &'a Account, clients: Clients<'a>) -> BoxFuture<'a, Result<AccountClient, Error>> {
        let open = || {
            if account.credential == Account::DEFAULT {
                return clients.account(ClientBuilder::from_env);
            }
            let name = Self::variable(account);
            let missing = || Error::Other(format!("the environment variable {name} is not set; it must hold the credential of {account}"));
            let credential = std::env::var(&name).ok().filter(|text| !text.trim().is_empty()).ok_or_else(missing)?;
            let api = account.vendor.api().ok_or(reachout_messenger::Unsupported::NotCompiled { vendor: account.vendor })?;
            let base_url = std::env::var(format!("{}_BASE_URL", api.vendor.env)).ok();
            clients.account(|builder| {
                let builder = builder.credential(credential.trim());
                Ok(match &base_url {
                    Some(url) => builder.base_url(url.trim()),
                    None => builder,
                })
            })
        };
        Box::pin(std::future::ready(open()))
    }
}

#[cfg(test)]
mod tests {
    use reachout_messenger::Vendor;

    use super::{Account, EnvAccounts};

    #[test]
    fn names_of_variables() {
        for (credential, variable) in [
            ("default", "LEONAR_API_KEY"),
            ("acme", "LEONAR_API_KEY_ACME"),
            ("tenant-7", "LEONAR_API_KEY_TENANT_7"),
            ("tenant_7", "LEONAR_API_KEY_TENANT__7"),
            ("Acme", "LEONAR_API_KEY____41CME"),
        ] {
            assert_eq!(EnvAccounts::variable(&Account::new(Vendor::Leonar, credential)), variable);
        }
    }

    #[test]
    fn no_two_names_share_a_variable() {
        let letters = ["a", "A", "b", "-", "_", "4", "1", "5", "F", "d", "D", " ", "é", "."];
        let mut names: Vec<String> = vec![String::new()];
        for _ in 0..4 {
            let longer: Vec<String> = names.iter().flat_map(|name| letters.map(|letter| format!("{name}{letter}"))).collect();
            names.extend(longer);
        }
        names.sort();
        names.dedup();
        let mut seen = std::collections::HashMap::new();
        for name in &names {
            let variable = EnvAccounts::variable(&Account::new(Vendor::Leonar, name.as_str()));
            assert!(variable.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_'), "{variable}");
            if let Some(other) = seen.insert(variable.clone(), name) {
                panic!("{name} and {other} share {variable}");
            }
        }
    }
}
