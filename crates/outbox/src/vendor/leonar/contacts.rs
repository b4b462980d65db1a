//! The contacts of an account and their marks, as a list that is surely complete.
//!
//! A contact cannot be read by its id, and the list cannot be asked for the mark alone. So all contacts are read once, and then those that
//! changed, newest first. What can go wrong while a list is read page by page, and how it is noticed:
//!
//! - A contact is deleted, and those after it move up: each page overlaps the one before, and one that does not is a gap.
//! - A contact is created or changed, and is the first by then: the beginning is read again until that has nothing new.
//! - The vendor ends the list early: it is read until there is nothing more, whatever `has_more` says, and its `total` has to be reached.
//!
//! Nothing counts before a list was read to its end.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use reachout_messenger::leonar::routes::SEARCH_CONTACTS;
use reachout_messenger::leonar::types::{SearchContactsRequest, SortDirection};
use reachout_runtime::{Core, Uuid};
use serde_json::Value;

use crate::vendor::cached::Cached;
use crate::{Account, Error};

/// For how long a list is believed.
const FRESH: Duration = Duration::from_mins(5);
/// A contact that is not in a list of this age may be a new one.
const RECENT: Duration = Duration::from_secs(5);
/// How many contacts are asked for at a time, and how many of them are those of the page before.
const PAGE: usize = 100;
const OVERLAP: usize = 10;
/// The most pages of a list.
const PAGES: usize = 20_000;
/// How often a list that changes is begun anew.
const ROUNDS: usize = 5;
/// A change may become visible late.
const LATE: TimeDelta = TimeDelta::minutes(5);

/// What the list says about a contact, from the least to the most reason not to write to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    Free,
    /// Neither yes nor no.
    Unclear,
    DoNotContact,
}

/// The contacts of each account.
#[derive(Default)]
pub(in crate::vendor) struct Contacts(Cached<List>);

/// A complete list.
struct List {
    marks: HashMap<String, Mark>,
    newest: Option<DateTime<Utc>>,
}

impl Contacts {
    /// What Leonar says about a contact; `None` if it does not have it.
    pub(super) async fn mark(&self, core: &Core, account: &Account, id: &str) -> Result<Option<Mark>, Error> {
        let id = canonical(id);
        let mut account = self.0.of(account).await;
        for age in [FRESH, RECENT] {
            if let Some(mark) = account.within(age, |before| refresh(core, before)).await?.marks.get(&id) {
                return Ok(Some(*mark));
            }
        }
        Ok(None)
    }
}

/// Reads all contacts, or those that changed since a list was read.
async fn refresh(core: &Core, before: Option<List>) -> Result<List, Error> {
    let mut known = match before {
        Some(before) => before,
        None => {
            let all = list(core, None).await?;
            List { marks: all.marks, newest: all.newest }
        }
    };
    for _ in 0..ROUNDS {
        let changed = list(core, known.newest.map(|newest| newest - LATE)).await?;
        let news = changed.marks.iter().filter(|(id, mark)| known.marks.get(*id) != Some(mark)).count();
        known.marks.extend(changed.marks);
        known.newest = known.newest.max(changed.newest);
        if changed.pages > 1 && news > 0 {
            continue;
        }
        // The vendor's last word, of a list that did not change while it was read.
        return match changed.total {
            Some(total) if (known.marks.len() as u64) < total => {
                Err(incomplete(&format!("it has {total} by its own count, of which {} can be read", known.marks.len())))
            }
            None if changed.more => Err(incomplete("it says that there are more, and gives none")),
            _ => Ok(known),
        };
    }
    Err(incomplete("it changes faster than it can be read"))
}

/// What was read of the list.
#[derive(Default)]
struct Read {
    marks: HashMap<String, Mark>,
    newest: Option<DateTime<Utc>>,
    pages: usize,
    total: Option<u64>,
    more: bool,
}

/// Reads the list, which begins with the contact that changed last, to its end, or to contacts that changed before `until`.
async fn list(core: &Core, until: Option<DateTime<Utc>>) -> Result<Read, Error> {
    for _ in 0..ROUNDS {
        if let Some(read) = pages(core, until).await? {
            return Ok(read);
        }
    }
    Err(incomplete("it changes faster than it can be read"))
}

/// `None` if there may be a gap between two pages.
async fn pages(core: &Core, until: Option<DateTime<Utc>>) -> Result<Option<Read>, Error> {
    let mut read = Read::default();
    let (mut covered, mut tail, mut order) = (0_usize, HashSet::new(), Order::default());
    while read.pages < PAGES {
        let offset = covered.saturating_sub(OVERLAP);
        let page = page(core, offset).await?;
        read.pages += 1;
        (read.total, read.more) = (page.total, page.more);
        if offset > 0 && !page.contacts.iter().any(|contact| tail.contains(&contact.id)) {
            return Ok(None);
        }
        let known = read.marks.len();
        for contact in &page.contacts {
            order.next(contact.changed);
            read.newest = read.newest.max(contact.changed);
            let mark = read.marks.entry(contact.id.clone()).or_insert(contact.mark);
            *mark = contact.mark.max(*mark);
        }
        let end = offset + page.contacts.len();
        let at_end = end <= covered && read.marks.len() == known;
        if at_end || until.is_some_and(|until| order.is_before(until)) {
            return Ok(Some(read));
        }
        covered = covered.max(end);
        tail = page.contacts.into_iter().rev().take(OVERLAP).map(|contact| contact.id).collect();
    }
    Err(incomplete("it does not end"))
}

/// Whether contacts come in the order of their changes, and how far that is.
struct Order {
    sorted: bool,
    last: Option<DateTime<Utc>>,
}

impl Default for Order {
    fn default() -> Self {
        Self { sorted: true, last: None }
    }
}

impl Order {
    fn next(&mut self, changed: Option<DateTime<Utc>>) {
        self.sorted &= changed.is_some() && self.last.is_none_or(|last| changed <= Some(last));
        self.last = changed;
    }

    fn is_before(&self, time: DateTime<Utc>) -> bool {
        self.sorted && self.last.is_some_and(|last| last < time)
    }
}

struct Page {
    contacts: Vec<Contact>,
    total: Option<u64>,
    more: bool,
}

struct Contact {
    id: String,
    mark: Mark,
    changed: Option<DateTime<Utc>>,
}

async fn page(core: &Core, offset: usize) -> Result<Page, Error> {
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let request = SearchContactsRequest::new().sort_by("updated_at").sort_direction(SortDirection::Desc);
    let request = request.limit(number(PAGE)).offset(number(offset));
    // As JSON: a type could leave out what it does not know, and one odd contact would spoil the page.
    let response = core.operation(&SEARCH_CONTACTS).json(&request).send::<Value>().await?;
    let contacts = response["data"].as_array().ok_or_else(|| incomplete("a page of it is not understood"))?;
    let contacts = contacts.iter().map(contact).collect::<Option<_>>().ok_or_else(|| incomplete("it has a contact without an id"))?;
    let meta = &response["meta"];
    Ok(Page { contacts, total: meta["total"].as_u64(), more: meta["has_more"] != false })
}

fn contact(contact: &Value) -> Option<Contact> {
    let id = canonical(contact["id"].as_str().filter(|id| !id.is_empty())?);
    // The status is documented as one to list by, not among those of a contact.
    let status = contact["global_status"].as_str().is_some_and(|status| status.trim().eq_ignore_ascii_case("do_not_contact"));
    let mark = match &contact["do_not_contact"] {
        _ if status => Mark::DoNotContact,
        Value::Bool(true) => Mark::DoNotContact,
        Value::Bool(false) => Mark::Free,
        _ => Mark::Unclear,
    };
    let changed = contact["updated_at"].as_str().and_then(|time| DateTime::parse_from_rfc3339(time).ok());
    Some(Contact { id, mark, changed: changed.map(|time| time.to_utc()) })
}

/// One spelling of an id, which is a UUID.
fn canonical(id: &str) -> String {
    id.trim().parse::<Uuid>().map_or_else(|_| id.trim().to_owned(), |id| id.to_string())
}

fn incomplete(problem: &str) -> Error {
    Error::Other(format!("Leonar's list of contacts, which has the do-not-contact marks, is incomplete: {problem}"))
}
