//! `reachout outbox add`: queues a message to each person of a file.

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasher as _, RandomState},
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use clap::Args;
use reachout_messenger::{Channel, Field, Message, Vendor};
use reachout_outbox::{Account, Address, Clock, Envelope, Error, Region, Template};
use serde::Serialize;
use serde_json::json;

use super::{
    Database,
    columns::{self, Columns, first_of, not_one},
    failed, find,
    people::{People, Person, Wrong},
    selection::account,
};
use crate::cli::{
    arguments::{Choice, credential_name, input, time::moment},
    call::Access,
    failure::Failure,
    output::{Output, line, plain},
    unsupported,
};

/// Where the recipient is, unless --to says so; then in a column of profiles, and then in `id`.
const RECIPIENT: [&str; 3] = ["to", "contact_id", "lead_id"];
/// How many messages `--dry-run` shows.
const SHOWN: usize = 3;

/// Queue a message to each person of a file
///
/// Nothing is queued unless every line is right. Each message has a key, CAMPAIGN/RECIPIENT unless --key names a column: queued again, the
/// same message is left as it is. With --dry-run the first messages are shown, and nothing is queued.
///
/// Columns with a meaning of their own: `sender`, `time_zone` (the recipient's, such as Europe/Paris), and `email`, `phone` and
/// `linkedin_url`, which are looked up in the suppression list too. Capitals, spaces and signs of a name do not count, and common others
/// are known, such as `E-Mail Address`, `Mobile` or `LinkedIn Profile`. Another column with what looks like addresses is an error.
#[derive(Args)]
#[command(after_long_help = "Examples:
  reachout outbox add --from people.csv --via leonar --channel email --template hello.md --dry-run
  reachout outbox add --from people.jsonl --via sendpilot --sender sender_abc123 --template hello.txt --to linkedin_url
  reachout outbox add --from people.csv --via leonar --channel email --template hello.md --find-by email --create-missing
  reachout outbox add --from people.csv --via hoop-ai --channel sms --template reminder.txt --campaign spring --not-before 2026-12-01T09:00:00+01:00

A template is a text with {{ column }} in it, in the language of minijinja. Its subject stands before it:
  ---
  subject: A role for {{ first_name }}
  ---
  Hi {{ first_name }}, …

An empty cell is an error where the template uses it; {{ first_name | default(\"there\") }} takes another text. There are {% if %}, {% for %} and
filters such as upper, trim, join and replace; nothing that keeps a value, such as {% set %} or a macro.")]
pub struct Add {
    /// File of the people: CSV with a header, or JSONL; or - for standard input
    #[arg(long, value_name = "FILE|-")]
    from: PathBuf,
    /// Through which vendor
    #[arg(long, value_name = "VENDOR", value_parser = Choice::<Vendor>::of(Vendor::ALL.map(Vendor::id)))]
    via: Vendor,
    /// By which channel; may be left out with SendPilot, where it is linkedin
    #[arg(long, value_parser = Choice::<Channel>::of(Channel::all().map(Channel::name)))]
    channel: Option<Channel>,
    /// File of the text; as HTML where its name ends in .html
    #[arg(long, value_name = "FILE|-")]
    template: PathBuf,
    /// Subject of an email, as a template; otherwise the one at the beginning of the file
    #[arg(long, value_name = "TEMPLATE")]
    subject: Option<String>,
    /// Column of the recipient: the vendor's id of the contact or lead, or the URL of a LinkedIn profile. If absent, the first there is of
    /// `to`, `contact_id`, `lead_id`, `linkedin_url` and `id`
    #[arg(long, value_name = "COLUMN")]
    to: Option<String>,
    #[command(flatten)]
    find: find::Find,
    /// Column of the key, which is good for one message
    #[arg(long, value_name = "COLUMN", conflicts_with = "campaign")]
    key: Option<String>,
    /// The first part of the keys; the name of the template's file, if absent
    #[arg(long, value_name = "NAME")]
    campaign: Option<String>,
    /// Sender, where a line has none: id of a connected account (Leonar, SendPilot), email address or phone number (HighLevel and its editions)
    #[arg(long)]
    sender: Option<String>,
    /// Nothing is sent earlier: a time, a date, or a duration from now such as 3d
    #[arg(long, value_name = "TIME|DURATION", value_parser = moment)]
    not_before: Option<DateTime<Utc>>,
    /// Wait for approval before anything is sent: `reachout outbox approve`
    #[arg(long)]
    pub(super) held: bool,
    /// Name of the sequence: a reply to one of its messages stops those to the same person that are still queued
    #[arg(long, value_name = "NAME")]
    sequence: Option<String>,
    /// Column whose addresses are none of the recipient's, and are not looked up in the suppression list; may be given several times
    #[arg(long, value_name = "COLUMN")]
    data_column: Vec<String>,
    /// Name of the credential that sends: that of a profile. If absent, the profile in force
    #[arg(long, value_name = "NAME", value_parser = credential_name)]
    credential: Option<String>,
}

/// A message as `--dry-run` shows it.
#[derive(Serialize)]
struct Shown<'a> {
    line: u64,
    key: &'a str,
    to: String,
    channel: Option<&'static str>,
    subject: Option<&'a str>,
    text: &'a str,
}

struct Queued {
    line: u64,
    to: String,
    key: String,
    envelope: Envelope,
}

/// Why nothing was queued.
enum Unqueued {
    Outbox(Error),
    File(Failure),
}

impl From<Error> for Unqueued {
    fn from(error: Error) -> Self {
        Self::Outbox(error)
    }
}

/// Everything that the messages are made of.
struct Campaign<'a> {
    add: &'a Add,
    people: &'a People,
    columns: Columns<'a>,
    template: Template,
    account: &'a Account,
    /// The columns of the recipient, and of the key if that is one.
    to: &'a str,
    key: Option<&'a str>,
}

impl Add {
    pub async fn run(self, database: &Database, access: &Access<'_>, output: &mut Output) -> Result<(), Failure> {
        let mut people = People::read(&self.from)?;
        let account = account(self.via, self.credential.as_deref(), access);
        let region = database.region();
        let search = self.find.search(&mut people, self.via, region)?;
        let counts = match search {
            Some(search) => {
                // What is wrong with the messages is said before the vendor is asked for anybody.
                Campaign::new(&self, &people, &account, region)?.check()?;
                let (found, counts) = search.run(&mut people, &account, database, access).await?;
                if access.exchange.is_preview() {
                    return find::show(&found, output);
                }
                Some(counts)
            }
            None => None,
        };
        let campaign = Campaign::new(&self, &people, &account, region)?;
        let (first, count) = campaign.check()?;
        if access.exchange.is_preview() {
            return show(&first, count, output);
        }
        let outbox = database.open().await?;
        let batch = outbox.try_enqueue_all(campaign.messages()).await.map_err(|error| match error {
            Unqueued::Outbox(error) => placed(error, &people),
            Unqueued::File(failure) => failure,
        })?;
        let mut object = json!({ "queued": batch.new, "known": batch.known, "account": account.to_string(), "database": database.name() });
        if let (Some(object), Some(counts)) = (object.as_object_mut(), counts) {
            object.insert("found".to_owned(), counts.found.into());
            object.insert("created".to_owned(), counts.created.into());
        }
        output.object(&object)?;
        output.hint(if self.held { "Approve them: reachout outbox approve" } else { "Send them: reachout outbox run" });
        Ok(())
    }
}

impl<'a> Campaign<'a> {
    fn new(add: &'a Add, people: &'a People, account: &'a Account, region: Option<Region>) -> Result<Self, Failure> {
        let template = template(&add.template, add.subject.as_deref())?;
        let to = recipient(people, add.to.as_deref())?;
        let key = add.key.as_deref().map(|key| named(people, key, "--key")).transpose()?;
        let used: Vec<_> = key.into_iter().filter(|key| !columns::holds_addresses(key)).chain([to]).collect();
        let columns = Columns::of(people, &used, &add.data_column, region)?;
        Ok(Self { add, people, columns, template, account, to, key })
    }

    /// The first messages and how many there are, or all that is wrong.
    fn check(&self) -> Result<(Vec<Queued>, usize), Failure> {
        let (mut first, mut keys, mut wrong) = (Vec::new(), Vec::new(), Wrong::default());
        let hashes = RandomState::new();
        for person in self.people.rows() {
            let person = person?;
            match self.message(&person) {
                Ok(message) => {
                    keys.push((hashes.hash_one(&message.key), person.line));
                    if first.len() < SHOWN {
                        first.push(message);
                    }
                }
                Err(why) => wrong.add(person.line, format!("{}: {why}", self.place(person.line))),
            }
        }
        let count = keys.len();
        self.repeated(keys, &mut wrong)?;
        wrong.none()?;
        Ok((first, count))
    }

    /// Adds the keys that are there twice, of which there are few: `keys` has their hashes, each with its line, and those that are alike are read again.
    fn repeated(&self, mut keys: Vec<(u64, u64)>, wrong: &mut Wrong) -> Result<(), Failure> {
        keys.sort_unstable();
        let alike = keys.chunk_by(|one, next| one.0 == next.0).filter(|keys| keys.len() > 1);
        let lines: HashSet<u64> = alike.flatten().map(|(_, line)| *line).collect();
        let (hashes, mut known) = (RandomState::new(), HashMap::new());
        for person in self.people.rows().take_while(|_| !lines.is_empty()) {
            let person = person?;
            let Some(message) = Some(&person).filter(|person| lines.contains(&person.line)).and_then(|person| self.message(person).ok())
            else {
                continue;
            };
            let content = hashes.hash_one(message.content()?);
            let Some((line, other)) = known.insert(message.key, (person.line, content)) else { continue };
            if self.key.is_some() {
                wrong.add(person.line, format!("{}: its key is that of line {line}", self.place(person.line)));
            } else if content != other {
                let why = format!("the recipient is that of line {line}, and the message is another");
                wrong.add(person.line, format!("{}: {why}", self.place(person.line)));
            }
        }
        Ok(())
    }

    /// The messages, each with its key, while they are queued.
    fn messages(&self) -> impl Iterator<Item = Result<(String, Envelope), Unqueued>> + Send {
        self.people.rows().map(|person| {
            let person = person.map_err(Unqueued::File)?;
            let message = self.message(&person);
            let message = message.map_err(|why| Unqueued::File(Failure::usage(format!("{}: {why}", self.place(person.line)))))?;
            Ok((message.key, message.envelope))
        })
    }

    fn place(&self, line: u64) -> String {
        format!("{} line {line}", self.people.name)
    }

    /// The first part of the keys.
    fn campaign(&self) -> String {
        let name = || self.add.template.file_stem().map_or_else(|| "-".to_owned(), |stem| stem.to_string_lossy().into_owned());
        self.add.campaign.clone().unwrap_or_else(name)
    }

    fn message(&self, person: &Person) -> Result<Queued, String> {
        let Self { add, people, columns, template, account, to, key } = self;
        let missing = |column: &str| format!("`{column}` is empty");
        let text = person.text(to).ok_or_else(|| missing(to))?;
        let recipient = Address::recipient(&text).map_err(|error| not_one(to, &text, error))?;
        let rendered = template.render(&person.fields, &people.columns)?;
        let mut message = Message::to(recipient.spelled());
        message.channel = add.channel;
        message.subject = rendered.subject;
        message.from = person.text("sender").or_else(|| add.sender.clone());
        if template.is_html() {
            message.html = Some(rendered.body);
        } else {
            message.text = Some(rendered.body);
        }
        message.channel = Some(reachout_messenger::check(add.via, &message).map_err(|error| unsupported::sentence(&error, option))?);
        let key = match key {
            Some(column) => person.text(column).ok_or_else(|| missing(column))?,
            None => format!("{}/{recipient}", self.campaign()),
        };
        let mut envelope = Envelope::new((*account).clone(), message);
        for address in columns.read(person)? {
            envelope = envelope.address(address.as_str());
        }
        if let Some(zone) = person.text("time_zone") {
            Clock::recipient(&zone).map_err(|error| format!("`time_zone`: {error}"))?;
            envelope = envelope.time_zone(zone);
        }
        if let Some(time) = add.not_before {
            envelope = envelope.not_before(time);
        }
        if add.held {
            envelope = envelope.hold();
        }
        if let Some(name) = &add.sequence {
            envelope = envelope.sequence(format!("{name}/{recipient}"));
        }
        Ok(Queued { line: person.line, to: recipient.spelled().to_owned(), key, envelope })
    }
}

/// The template of a file, or of standard input for `-`. `subject`: comes before the file's own.
fn template(path: &Path, subject: Option<&str>) -> Result<Template, Failure> {
    let template = Template::parse(&input::name(path), &input::text(path)?);
    let template = template.and_then(|template| subject.map_or(Ok(template.clone()), |subject| template.with_subject(subject)));
    template.map_err(|error| Failure::Usage(error.into()))
}

/// What sets a field.
pub(super) fn option(field: Field) -> &'static str {
    match field {
        Field::To => "another column with --to",
        Field::Text => "the text of --template",
        Field::Html => "a --template that ends in .html",
        Field::Subject => "--subject, or the subject in --template",
        Field::From => "--sender, or a column `sender`",
        _ => "what --template makes",
    }
}

/// The column of the recipients.
pub(super) fn recipient<'p>(people: &'p People, given: Option<&str>) -> Result<&'p str, Failure> {
    if let Some(name) = given {
        return named(people, name, "--to");
    }
    let profiles = || people.columns.iter().map(String::as_str).find(|column| columns::holds_profiles(column));
    first_of(people, &RECIPIENT).or_else(profiles).or_else(|| first_of(people, &["id"])).ok_or_else(|| {
        let there = people.columns.join(", ");
        Failure::usage(format!(
            "{} does not have a column {}, linkedin_url, id; name one of {there} with --to",
            people.name,
            RECIPIENT.join(", ")
        ))
    })
}

/// A column that a person named.
fn named<'p>(people: &'p People, name: &str, option: &str) -> Result<&'p str, Failure> {
    first_of(people, &[name]).ok_or_else(|| {
        Failure::usage(format!("{option}: {} does not have a column `{name}`; it has {}", people.name, people.columns.join(", ")))
    })
}

fn show(first: &[Queued], count: usize, output: &mut Output) -> Result<(), Failure> {
    let shown: Vec<_> = first.iter().map(Queued::shown).collect();
    if !output.is_table() {
        return output.rows(&["line", "key", "to", "channel", "subject", "text"], &shown);
    }
    for message in &shown {
        let channel = message.channel.map(|channel| format!(" by {channel}")).unwrap_or_default();
        line(&plain(&format!("line {}: to {}{channel}, key {}", message.line, message.to, message.key)))?;
        if let Some(subject) = message.subject {
            line(&plain(&format!("subject: {subject}")))?;
        }
        line(&format!("\n{}\n", plain(message.text)))?;
    }
    line(&format!("{} of {} messages; nothing was queued", shown.len(), count))
}

impl Queued {
    /// All of the message but the recipient, who may be written otherwise in another line.
    fn content(&self) -> Result<String, Failure> {
        let mut message = self.envelope.message.clone();
        message.to = Message::to(String::new()).to;
        serde_json::to_string(&message).map_err(|error| Failure::Usage(error.into()))
    }

    fn shown(&self) -> Shown<'_> {
        let message = &self.envelope.message;
        Shown {
            line: self.line,
            key: &self.key,
            to: self.to.clone(),
            channel: message.channel.map(Channel::name),
            subject: message.subject.as_deref(),
            text: message.text.as_deref().or(message.html.as_deref()).unwrap_or_default(),
        }
    }
}

/// An error with the line of the file instead of the place in the batch.
fn placed(error: Error, people: &People) -> Failure {
    let line = |number: usize| Some(people.rows().nth(number.checked_sub(1)?)?.ok()?.line);
    let at = |number: usize| format!("{} line {}", people.name, line(number).unwrap_or_default());
    let sentence = match &error {
        Error::KeyTaken { number, id } => {
            let place = at(*number);
            format!("{place}: its key was used for another message, which is number {id} of the outbox; name another --campaign or --key")
        }
        Error::Key { number } => format!(
            "{}: its key is not 1 to 500 bytes without line breaks or other control characters; name another --key or --campaign",
            at(*number)
        ),
        Error::Message { number, source } => format!("{}: {}", at(*number), unsupported::sentence(source, option)),
        Error::Recipient { number, field, source } => format!("{}: its {field} is {source}", at(*number)),
        Error::TimeZone { number } => format!("{}: its time zone is not known", at(*number)),
        _ => return failed(error),
    };
    Failure::usage(format!("{sentence}\nnothing was queued"))
}
