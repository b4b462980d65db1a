//! `reachout outbox campaign add`.

use chrono::{DateTime, Utc};
use clap::Args;
use reachout_messenger::Channel;
use serde::Serialize;
use serde_json::json;

use super::enrol::{Enrolment, Files, sentence};
use crate::cli::{
    arguments::time::clock,
    call::Access,
    failure::Failure,
    outbox::{Database, failed},
    output::{Output, line, plain},
};

/// How many people `--dry-run` shows.
const SHOWN: usize = 3;

/// Add the people of a file to the campaign of a sequence
///
/// Nothing is queued unless everything is right: the sequence, its templates for every line, and what the vendor can send. Whoever is in the
/// campaign already is left as they are. With --dry-run every step of the first people is shown with the time at which it would leave.
///
/// The columns mean what they do in `reachout outbox add`; a column `account` names the credential that writes to somebody, where the sequence has
/// several `accounts`.
#[derive(Args)]
#[command(after_long_help = "Examples:
  reachout outbox campaign add roles-in-paris.yaml --from people.csv --dry-run
  reachout outbox campaign add roles-in-paris.yaml --from people.csv --held")]
pub struct Add {
    #[command(flatten)]
    files: Files,
    /// Wait for approval before anything is sent: `reachout outbox approve --campaign NAME`
    #[arg(long)]
    pub(super) held: bool,
}

/// A message as `--dry-run` shows it.
#[derive(Serialize)]
struct Shown {
    line: u64,
    step: usize,
    at: DateTime<Utc>,
    to: String,
    channel: Option<&'static str>,
    subject: Option<String>,
    text: String,
}

impl Add {
    pub async fn run(self, database: &Database, access: &Access<'_>, output: &mut Output) -> Result<(), Failure> {
        let enrolment = self.files.read(database.region())?;
        if access.exchange.is_preview() {
            return show(&enrolment, database, output);
        }
        let Enrolment { sequence, people, name } = enrolment;
        let lines: Vec<_> = people.iter().map(|(line, _)| *line).collect();
        let outbox = database.open().await?;
        let added = outbox.add_people(&sequence, people.into_iter().map(|(_, person)| person), self.held).await;
        let batch = added.map_err(|error| match error.number() {
            Some(number) => {
                let line = number.checked_sub(1).and_then(|at| lines.get(at)).copied().unwrap_or_default();
                Failure::usage(format!("{name} line {line}: {}\nnothing was queued", sentence(&error)))
            }
            None => failed(error),
        })?;
        output.object(&json!({ "campaign": sequence.name, "people": batch.new, "known": batch.known, "database": database.name() }))?;
        output.hint(if self.held { "Approve it: reachout outbox approve --campaign NAME" } else { "Send it: reachout outbox run" });
        Ok(())
    }
}

fn show(enrolment: &Enrolment, database: &Database, output: &mut Output) -> Result<(), Failure> {
    let Enrolment { sequence, people, .. } = enrolment;
    let forecast = |index: usize| {
        let (line, person) = &people[index];
        let steps = sequence.forecast(person, database.region(), Utc::now(), index).map_err(failed)?;
        Ok::<_, Failure>((*line, person.to.clone(), steps))
    };
    let mut shown = Vec::new();
    for index in 0..people.len().min(SHOWN) {
        let (line, to, steps) = forecast(index)?;
        shown.extend(steps.into_iter().zip(1..).map(|((at, envelope), step)| Shown {
            line,
            step,
            at,
            to: to.clone(),
            channel: envelope.message.channel.map(Channel::name),
            text: envelope.message.text.or(envelope.message.html).unwrap_or_default(),
            subject: envelope.message.subject,
        }));
    }
    if !output.is_table() {
        return output.rows(&["line", "step", "at", "to", "channel", "subject", "text"], &shown);
    }
    for message in &shown {
        let channel = message.channel.map(|channel| format!(" by {channel}")).unwrap_or_default();
        line(&plain(&format!("line {}, step {}: at {} to {}{channel}", message.line, message.step, clock(message.at), message.to)))?;
        if let Some(subject) = &message.subject {
            line(&plain(&format!("subject: {subject}")))?;
        }
        line(&format!("\n{}\n", plain(&message.text)))?;
    }
    let people = people.len();
    let last = people.checked_sub(1).map(forecast).transpose()?;
    let done = last.and_then(|(.., steps)| Some(clock(steps.last()?.0))).unwrap_or_default();
    line(&format!(
        "{} of {people} people; where nobody replies and no limit of an account is in the way, the last step leaves at {done}; nothing was queued",
        people.min(SHOWN)
    ))
}
