//! Which clients share a pacing budget.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::{BuildHasher, Hash};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use secrecy::{ExposeSecret, SecretString};

use crate::client::RateLimit;
use crate::error::Error;
use crate::pacing::{Pacer, Pacing};

/// The budgets of all clients that were made of one another. A budget lives as long as a client that uses it.
pub(crate) struct Budgets {
    pacing: Pacing,
    documented: Option<RateLimit>,
    /// By the hash of what they belong to, so that no credential is kept here.
    live: Mutex<HashMap<u64, Weak<Pacer>>>,
    hasher: RandomState,
}

#[derive(Hash)]
enum Owner<'a> {
    Credential(&'a str),
    Name(&'a str),
}

impl Budgets {
    pub(crate) fn new(pacing: Pacing, documented: Option<RateLimit>) -> Result<Self, Error> {
        // A limit that cannot be kept is a mistake in the settings.
        pacing.pacer(documented)?;
        Ok(Self { pacing, documented, live: Mutex::default(), hasher: RandomState::new() })
    }

    /// The budget of a credential; `None` without pacing.
    pub(crate) fn of_credential(&self, credential: &SecretString) -> Option<Arc<Pacer>> {
        self.find(&Owner::Credential(credential.expose_secret()))
    }

    /// The budget of that name.
    pub(crate) fn named(&self, name: &str) -> Option<Arc<Pacer>> {
        self.find(&Owner::Name(name))
    }

    /// A budget that nobody else can find.
    pub(crate) fn unnamed(&self) -> Option<Arc<Pacer>> {
        self.pacing.pacer(self.documented).ok().flatten()
    }

    fn find(&self, owner: &Owner<'_>) -> Option<Arc<Pacer>> {
        let key = self.hasher.hash_one(owner);
        let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pacer) = live.get(&key).and_then(Weak::upgrade) {
            return Some(pacer);
        }
        let pacer = self.unnamed()?;
        if live.len() == live.capacity() {
            // Before the map grows, so that what is gone costs no memory, and looking for it next to no time.
            live.retain(|_, pacer| pacer.strong_count() > 0);
        }
        live.insert(key, Arc::downgrade(&pacer));
        Some(pacer)
    }
}

impl fmt::Debug for Budgets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Budgets").field("pacing", &self.pacing).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_budget_belongs_to_its_owner_and_lives_with_it() {
        let budgets = Budgets::new(Pacing::new(1, Duration::from_secs(1)), None).unwrap();
        let of = |key: &str| budgets.of_credential(&key.to_owned().into()).unwrap();
        let (first, again, other, named) = (of("a"), of("a"), of("b"), budgets.named("a").unwrap());
        assert!(Arc::ptr_eq(&first, &again));
        assert!(!Arc::ptr_eq(&first, &other) && !Arc::ptr_eq(&first, &named));
        assert!(Arc::ptr_eq(&named, &budgets.named("a").unwrap()));
        drop((first, again, other));
        for tenant in 0..1000 {
            of(&tenant.to_string());
        }
        assert!(budgets.live.lock().unwrap().len() < 32, "what nobody uses any more is forgotten");
        assert!(Budgets::new(Pacing::off(), None).unwrap().named("a").is_none());
    }
}
