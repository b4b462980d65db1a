//! `reachout outbox campaign check`: what would go wrong, before anything is queued.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use clap::Args;
use reachout_outbox::{Account, Person, Refusal, Rules, VendorEligibility, Verdict};
use serde::Serialize;

use super::enrol::{Enrolment, Files};
use crate::cli::{
    arguments::time::{clock, words},
    call::Access,
    failure::Failure,
    outbox::{Database, accounts::ByProfile, failed},
    output::Output,
};

/// Check a sequence and the people of a file: accounts, templates, duplicates, suppressed people, limits, and when it would be done
///
/// Nothing is queued and nothing is sent. Each account is asked about one recipient, as right before a message.
#[derive(Args)]
#[command(after_long_help = "Examples:
  reachout outbox campaign check roles-in-paris.yaml --from people.csv")]
pub struct Check {
    #[command(flatten)]
    files: Files,
}

/// A finding.
#[derive(Serialize)]
struct Finding {
    check: &'static str,
    /// `ok`, `note` or `problem`.
    result: &'static str,
    detail: String,
}

impl Finding {
    fn new(check: &'static str, is_good: bool, detail: String) -> Self {
        Self { check, result: if is_good { "ok" } else { "problem" }, detail }
    }

    fn note(check: &'static str, detail: String) -> Self {
        Self { check, result: "note", detail }
    }
}

impl Check {
    pub async fn run(self, database: &Database, access: &Access<'_>, output: &mut Output) -> Result<(), Failure> {
        let (enrolment, wrong) = self.files.look(database.region())?;
        let Enrolment { sequence, people, .. } = &enrolment;
        let mut findings: Vec<_> = wrong.iter().map(|sentence| Finding::new("people", false, sentence.clone())).collect();
        findings.push(Finding::new("people", true, format!("{} people can be written to, each step of the sequence", people.len())));
        let outbox = database.open().await?;
        let accounts = ByProfile::new(access);
        let (mut suppressed, mut first) = (0, BTreeMap::<Account, (u64, Person)>::new());
        for (line, person) in people {
            let forecast = sequence.forecast(person, database.region(), Utc::now(), 0).map_err(failed)?;
            let Some((_, envelope)) = forecast.first() else { continue };
            let entry = first.entry(envelope.account.clone()).or_insert_with(|| (0, person.clone()));
            entry.0 += 1;
            if let Some(refusal @ (Refusal::Suppressed(_) | Refusal::Vendor(_) | Refusal::Stopped(_))) =
                outbox.refusal(envelope, None).await.map_err(failed)?
            {
                suppressed += 1;
                findings.push(Finding::note("suppressed", format!("{} line {line}: {refusal}", enrolment.name)));
            }
        }
        findings.push(Finding::new("suppressed", true, format!("{suppressed} people would not be written to")));
        for account in &sequence.accounts {
            let Some((count, person)) = first.get(account) else { continue };
            let envelope = sequence.forecast(person, database.region(), Utc::now(), 0).map_err(failed)?.swap_remove(0).1;
            let asked = outbox.ask(&accounts, &VendorEligibility::new(), &envelope).await;
            let (is_good, detail) = match asked {
                Ok(Verdict::Unclear(reason)) => {
                    (false, format!("{account} responds, and what it says of a recipient is not understood: {reason}"))
                }
                Ok(_) => (true, format!("{account} responds; {count} people are with it")),
                Err(error) => (false, format!("{account}: {error}")),
            };
            findings.push(Finding::new("account", is_good, detail));
            findings.push(limits(account, &outbox.rules(account).await.map_err(failed)?, *count, sequence.steps.len()));
        }
        let last = people.len().checked_sub(1).and_then(|index| Some((index, &people.last()?.1)));
        if let Some((index, person)) = last {
            let steps = sequence.forecast(person, database.region(), Utc::now(), index).map_err(failed)?;
            let done = steps.last().map_or_else(String::new, |(at, _): &(DateTime<Utc>, _)| clock(*at));
            findings.push(Finding::note(
                "done",
                format!("where nobody replies, the last step leaves at {done}, or later by the limits of the accounts"),
            ));
        }
        output.rows(&["check", "result", "detail"], &findings)?;
        let problems = findings.iter().filter(|finding| finding.result == "problem").count();
        if problems == 0 { Ok(()) } else { Err(Failure::usage(format!("{problems} problems were found; nothing was queued"))) }
    }
}

/// What the limits of an account mean for a number of people.
fn limits(account: &Account, rules: &Rules, people: u64, steps: usize) -> Finding {
    let messages = people.saturating_mul(steps as u64);
    let documented = || account.vendor.api().and_then(|api| api.vendor.rate_limit);
    let rate = rules.limit.or_else(documented).map(|limit| format!("{} requests in {}", limit.requests, words(limit.per)));
    let daily = rules.daily_cap.as_ref().map(|daily| {
        let days = messages.div_ceil(u64::from(daily.limit.max(1)));
        format!("{} messages a day and sender, which takes {days} days for {messages} messages of one sender", daily.limit)
    });
    let said: Vec<_> = rate.into_iter().chain(daily).collect();
    let said = if said.is_empty() { "no limit is known".to_owned() } else { said.join("; ") };
    Finding::note("limits", format!("{account}: {said}"))
}
