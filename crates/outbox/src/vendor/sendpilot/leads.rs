//! The leads of an account that unsubscribed, as a list that is surely complete.
//!
//! Leads are listed by campaign, and a profile cannot be asked for. So the campaigns are read, and of each the leads with the status, which the
//! newest of SendPilot's documents has as a filter.

use std::collections::HashSet;
use std::time::Duration;

use reachout_messenger::sendpilot::routes::{LIST_CAMPAIGNS, LIST_LEADS};
use reachout_runtime::{Core, Route};
use serde_json::Value;

use super::{UNSUBSCRIBED, is_unsubscribed};
use crate::vendor::cached::Cached;
use crate::{Account, Address, Error};

/// For how long a list is believed.
const FRESH: Duration = Duration::from_mins(5);
/// How many are asked for at a time, which is the most there are.
const PAGE: usize = 100;
/// The most pages of a list.
const PAGES: usize = 1_000;

/// The profiles of leads that unsubscribed, of each account.
#[derive(Default)]
pub(in crate::vendor) struct Leads(Cached<HashSet<Address>>);

impl Leads {
    /// Whether a lead with this profile unsubscribed. It is an error where not all could be read.
    pub(super) async fn has_unsubscribed(&self, core: &Core, account: &Account, profile: Option<&Address>) -> Result<bool, Error> {
        let mut account = self.0.of(account).await;
        let unsubscribed = account.within(FRESH, |_| unsubscribed(core)).await?;
        Ok(profile.is_none_or(|profile| unsubscribed.contains(profile)))
    }
}

async fn unsubscribed(core: &Core) -> Result<HashSet<Address>, Error> {
    let mut profiles = HashSet::new();
    for campaign in list(core, &LIST_CAMPAIGNS, "campaigns", &[]).await? {
        let campaign = id(&campaign)?;
        for lead in list(core, &LIST_LEADS, "leads", &[("campaignId", campaign), ("status", UNSUBSCRIBED)]).await? {
            // A filter that has no effect shows the others, too.
            let status = lead["status"].as_str().ok_or_else(|| incomplete("it has a lead without a status"))?;
            let profile = lead["linkedinUrl"].as_str().ok_or_else(|| incomplete("it has a lead without a profile"))?;
            // What is not the address of a profile is nobody's to whom a message can go.
            profiles.extend(Address::recipient(profile).ok().filter(|_| is_unsubscribed(status)));
        }
    }
    Ok(profiles)
}

/// All pages of a list.
async fn list(core: &Core, route: &'static Route, name: &str, filter: &[(&'static str, &str)]) -> Result<Vec<Value>, Error> {
    let (mut all, mut ids) = (Vec::new(), HashSet::new());
    for number in 1..=PAGES {
        let mut request = core.operation(route).query("page", &number).query("limit", &PAGE);
        for &(field, value) in filter {
            request = request.query(field, value);
        }
        // As JSON: a type could leave out what it does not know. Older documents have `data` and `meta`.
        let page = request.send::<Value>().await?;
        let either = |newer: &str, older: &str| if page[newer].is_null() { page[older].clone() } else { page[newer].clone() };
        let Value::Array(items) = either(name, "data") else { return Err(incomplete("a page of it is not understood")) };
        let pagination = either("pagination", "meta");
        let is_last = items.is_empty() || pagination["totalPages"].as_u64().is_some_and(|pages| pages <= number as u64);
        for item in items {
            if ids.insert(id(&item)?.to_owned()) {
                all.push(item);
            }
        }
        if is_last {
            return match pagination["total"].as_u64() {
                Some(total) if total > all.len() as u64 => {
                    Err(incomplete(&format!("it has {total} {name} by its own count, of which {} can be read", all.len())))
                }
                _ => Ok(all),
            };
        }
    }
    Err(incomplete("it does not end"))
}

fn id(item: &Value) -> Result<&str, Error> {
    item["id"].as_str().filter(|id| !id.is_empty()).ok_or_else(|| incomplete("it has an entry without an id"))
}

fn incomplete(problem: &str) -> Error {
    Error::Other(format!("SendPilot's list of leads that unsubscribed is incomplete: {problem}"))
}
