//! `reachout outbox add --find-by`: recipients of a file that has addresses of people, and not the vendor's ids.

use std::collections::HashMap;

use clap::{Args, ValueEnum};
use reachout_messenger::{Messenger, Person, Vendor};
use reachout_outbox::{Account, Address, AddressKind, Region};
use reachout_runtime::{CallOptions, RateLimitWait};
use serde::Serialize;
use uuid::Uuid;

use super::{
    Database,
    accounts::ByProfile,
    columns::{self, first_of, not_one},
    failed,
    people::{self, People, Wrong},
};
use crate::cli::{
    call::Access,
    failure::Failure,
    output::{Output, Progress},
};

/// The column that the recipients get.
pub const COLUMN: &str = "contact_id";

/// How people are looked up.
#[derive(Args)]
pub struct Find {
    /// Look up each person at the vendor by this, in the file's column of it, instead of a column of recipients; the file of people needs no
    /// ids of the vendor then. Who was found is looked up again by the next `add`
    #[arg(id = "find_by", long = "find-by", value_name = "WHAT", conflicts_with = "to")]
    by: Option<By>,
    /// Create the contact of a person whom the vendor does not know, with `first_name` and `last_name`; otherwise such a person is an error
    #[arg(long, requires = "find_by")]
    create_missing: bool,
    /// Sub-account in which people are looked up, where a line has no `location_id`: HighLevel and its editions
    #[arg(long, value_name = "ID", requires = "find_by")]
    location: Option<String>,
}

/// What people are found by.
#[derive(Clone, Copy, ValueEnum)]
enum By {
    Email,
    Phone,
    Profile,
}

impl By {
    fn kind(self) -> AddressKind {
        match self {
            Self::Email => AddressKind::Email,
            Self::Phone => AddressKind::Phone,
            Self::Profile => AddressKind::Linkedin,
        }
    }

    /// For sentences.
    fn noun(self) -> &'static str {
        match self {
            Self::Email => "email addresses",
            Self::Phone => "phone numbers",
            Self::Profile => "LinkedIn profiles",
        }
    }
}

/// People that can be looked up, one for each row of their file.
pub struct Search {
    /// Each with their line.
    people: Vec<(u64, Address, Person)>,
    create_missing: bool,
}

/// Somebody as `--dry-run` shows them.
#[derive(Serialize)]
pub struct Found {
    line: u64,
    person: String,
    /// Absent: the contact would be created.
    contact_id: Option<String>,
}

/// How many recipients were there, and how many are new.
#[derive(Default, Serialize)]
pub struct Counts {
    pub found: usize,
    pub created: usize,
}

impl Find {
    /// What is to be looked up, if that was asked for, or which lines cannot be. Each row gets a recipient that stands for the one to be found,
    /// so that messages can be checked before the vendor is asked for anything.
    pub fn search(&self, people: &mut People, vendor: Vendor, region: Option<Region>) -> Result<Option<Search>, Failure> {
        let Some(by) = self.by else { return Ok(None) };
        if first_of(people, &[COLUMN]).is_some() {
            return Err(Failure::usage(format!("{} has a column `{COLUMN}`: leave out --find-by, or that column", people.name)));
        }
        let column = columns::first_holding(people, by.kind()).map(str::to_owned).ok_or_else(|| {
            let there = people.columns.join(", ");
            Failure::usage(format!("--find-by: {} does not have a column of {}; it has {there}", people.name, by.noun()))
        })?;
        let (mut found, mut wrong) = (Vec::new(), Wrong::default());
        for row in people.rows() {
            let row = row?;
            match self.person(&row, by, &column, region) {
                Ok((address, person)) => found.push((row.line, address, person)),
                Err(why) => wrong.add(row.line, format!("{} line {}: {why}", people.name, row.line)),
            }
        }
        wrong.none()?;
        let recipient = |(line, address, _): &(u64, Address, Person)| match vendor {
            Vendor::SendPilot => (*line, address.spelled().to_owned()),
            _ => (*line, Uuid::from_u128((*line).into()).to_string()),
        };
        people.set_column(COLUMN, found.iter().map(recipient).collect());
        Ok(Some(Search { people: found, create_missing: self.create_missing }))
    }

    fn person(&self, row: &people::Person, by: By, column: &str, region: Option<Region>) -> Result<(Address, Person), String> {
        let text = row.text(column).ok_or_else(|| format!("`{column}` is empty"))?;
        let address = Address::parse(&text, region).map_err(|error| not_one(column, &text, error))?;
        if address.kind() != by.kind() {
            return Err(format!("`{column}` is a {}, and {} are looked up", address.kind().name(), by.noun()));
        }
        let spelled = address.spelled();
        let mut person = match by {
            By::Email => Person::new().email(spelled),
            By::Phone => Person::new().phone(spelled),
            By::Profile => Person::new().linkedin_profile(spelled),
        };
        person.first_name = row.text("first_name");
        person.last_name = row.text("last_name");
        person.location_id = row.text("location_id").or_else(|| self.location.clone());
        Ok((address, person))
    }
}

impl Search {
    /// Looks everybody up, within the rate limit that the outbox shares with its workers, and creates those who are missing where that was
    /// asked for, but not with `--dry-run`. Each row gets its recipient.
    ///
    /// An error ends it before anything is queued; the next time, those who were created are found.
    pub async fn run(
        self,
        people: &mut People,
        account: &Account,
        database: &Database,
        access: &Access<'_>,
    ) -> Result<(Vec<Found>, Counts), Failure> {
        let messenger = messenger(account, database, access).await?;
        let creates = self.create_missing && !access.exchange.is_preview();
        let progress = Progress::of("people were looked up");
        let (mut known, mut found, mut counts, mut wrong) = (HashMap::new(), Vec::new(), Counts::default(), Wrong::default());
        let mut recipients = HashMap::new();
        for (line, address, person) in self.people {
            let recipient = match known.get(&address).cloned() {
                Some(recipient) => recipient,
                None => {
                    let place = format!("{} line {line}", people.name);
                    let recipient =
                        look_up(&*messenger, &person, creates, &mut counts).await.map_err(|error| placed(error, &place, &counts))?;
                    known.insert(address.clone(), recipient.clone());
                    recipient
                }
            };
            match &recipient {
                Some(recipient) => drop(recipients.insert(line, recipient.clone())),
                None if self.create_missing => {}
                None => {
                    let (vendor, person) = (account.vendor.name(), address.spelled());
                    let why = format!("{vendor} knows nobody with {person}; --create-missing creates the contact");
                    wrong.add(line, format!("{} line {line}: {why}", people.name));
                }
            }
            found.push(Found { line, person: address.spelled().to_owned(), contact_id: recipient });
            progress.one_more();
        }
        wrong.none()?;
        people.set_column(COLUMN, recipients);
        Ok((found, counts))
    }
}

/// A client that waits for its turn under the outbox's limit, however long that takes.
async fn messenger(account: &Account, database: &Database, access: &Access<'_>) -> Result<Box<dyn Messenger>, Failure> {
    let accounts = ByProfile::new(access);
    accounts.check(account).await?;
    let client = database.open().await?.client(account, &accounts).await.map_err(failed)?;
    let core = client.core().ok_or_else(|| Failure::usage("people cannot be looked up with this client"))?;
    Ok(reachout_messenger::over(account.vendor, core.with(CallOptions::new().wait_for_rate_limit(RateLimitWait::unbounded())))?)
}

async fn look_up(
    messenger: &dyn Messenger,
    person: &Person,
    create_missing: bool,
    counts: &mut Counts,
) -> Result<Option<String>, reachout_messenger::Error> {
    let (recipient, created) = if create_missing {
        let found = messenger.find_or_create(person).await?;
        (Some(found.recipient), found.created)
    } else {
        (messenger.find(person).await?, false)
    };
    counts.created += usize::from(created);
    counts.found += usize::from(recipient.is_some() && !created);
    Ok(recipient.map(|recipient| recipient.as_str().to_owned()))
}

/// An error with its line, and with what was done before it.
fn placed(error: reachout_messenger::Error, place: &str, counts: &Counts) -> Failure {
    let is_of_person = matches!(error, reachout_messenger::Error::Unsupported(reachout_messenger::Unsupported::Person { .. }));
    let hint = if is_of_person { "\nthe file can have columns `first_name`, `last_name` and `location_id`" } else { "" };
    let created = match counts.created {
        0 => String::new(),
        created => format!("; {created} created before are found the next time"),
    };
    let context = |error: anyhow::Error| anyhow::Error::msg(format!("{place}: {error:#}{hint}\nnothing was queued{created}"));
    match Failure::from(error) {
        Failure::Usage(error) => Failure::Usage(context(error)),
        Failure::Call(facts, error) => Failure::Call(facts, context(error)),
        failure => failure,
    }
}

/// Prints who was found, and who would be created.
pub fn show(found: &[Found], output: &mut Output) -> Result<(), Failure> {
    output.rows(&["line", "person", "contact_id"], found)?;
    let missing = found.iter().filter(|found| found.contact_id.is_none()).count();
    output.note(format!("{} found, {missing} would be created; nothing was created or queued", found.len() - missing));
    Ok(())
}
