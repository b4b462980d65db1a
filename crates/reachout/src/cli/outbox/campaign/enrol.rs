//! The people of a file as those of a sequence.

use std::{collections::HashMap, path::PathBuf};

use clap::Args;
use reachout_outbox::{Address, Error, Person, Region, Sequence};

use crate::cli::{
    failure::Failure,
    outbox::{
        add::{option, recipient},
        columns::{Columns, not_one},
        people::{self, People, Wrong},
    },
    unsupported,
};

/// A sequence and the people of a file.
#[derive(Args)]
pub struct Files {
    /// File of the sequence
    #[arg(value_name = "FILE")]
    sequence: PathBuf,
    /// File of the people: CSV with a header, or JSONL; or - for standard input
    #[arg(long, value_name = "FILE|-")]
    from: PathBuf,
    /// Column of the recipient; as in `reachout outbox add`
    #[arg(long, value_name = "COLUMN")]
    to: Option<String>,
    /// Column whose addresses are none of the recipient's, and are not looked up in the suppression list; may be given several times
    #[arg(long, value_name = "COLUMN")]
    data_column: Vec<String>,
}

/// What the files hold.
pub struct Enrolment {
    pub sequence: Sequence,
    /// Each with their line.
    pub people: Vec<(u64, Person)>,
    /// The file of the people, for errors.
    pub name: String,
}

impl Files {
    /// Reads both, or says all that is wrong.
    pub fn read(&self, region: Option<Region>) -> Result<Enrolment, Failure> {
        let (enrolment, sentences) = self.look(region)?;
        let mut wrong = Wrong::default();
        (0..).zip(sentences).for_each(|(at, sentence)| wrong.add(at, sentence));
        wrong.none()?;
        Ok(enrolment)
    }

    /// Reads both: who can be written to, and a sentence on each line that is wrong.
    pub fn look(&self, region: Option<Region>) -> Result<(Enrolment, Vec<String>), Failure> {
        let sequence = Sequence::read(&self.sequence).map_err(|error| Failure::Usage(error.into()))?;
        let file = People::read(&self.from)?;
        let to = recipient(&file, self.to.as_deref())?;
        let columns = Columns::of(&file, &[to], &self.data_column, region)?;
        let (mut people, mut wrong) = (Vec::new(), Vec::new());
        let mut lines = HashMap::new();
        for row in file.rows() {
            let row = row?;
            let place = format!("{} line {}", file.name, row.line);
            let read = person(&row, to, &columns).and_then(|(recipient, person)| {
                let named = sequence.check_person(&person, &file.columns, region).map_err(|error| sentence(&error));
                named.map(|()| (recipient, person))
            });
            match read {
                Ok((recipient, person)) => match lines.insert(recipient, row.line) {
                    Some(first) => wrong.push(format!("{place}: the recipient is that of line {first}")),
                    None => people.push((row.line, person)),
                },
                Err(why) => wrong.push(format!("{place}: {why}")),
            }
        }
        Ok((Enrolment { sequence, people, name: file.name }, wrong))
    }
}

/// Somebody with their canonical recipient.
fn person(row: &people::Person, to: &str, columns: &Columns<'_>) -> Result<(String, Person), String> {
    let text = row.text(to).ok_or_else(|| format!("`{to}` is empty"))?;
    let recipient = Address::recipient(&text).map_err(|error| not_one(to, &text, error))?;
    let mut person = Person::new(recipient.spelled());
    person.fields.clone_from(&row.fields);
    for address in columns.read(row)? {
        person = person.address(address.as_str());
    }
    person.time_zone = row.text("time_zone");
    person.sender = row.text("sender");
    person.credential = row.text("account");
    Ok((recipient.to_string(), person))
}

/// An error about one of the people, without their place, which is named before it.
pub fn sentence(error: &Error) -> String {
    match error {
        Error::Person { why, .. } => why.clone(),
        Error::Message { source, .. } => unsupported::sentence(source, option),
        Error::Recipient { field, source, .. } => format!("their {field} is {source}"),
        Error::TimeZone { .. } => "`time_zone` is not known; write one such as Europe/Paris".to_owned(),
        Error::Key { .. } => "the recipient is too long".to_owned(),
        error => error.to_string(),
    }
}
