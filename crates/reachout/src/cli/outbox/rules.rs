//! `reachout outbox rules`: how an account may be used.

use std::time::Duration;

use clap::Args;
use reachout_messenger::Vendor;
use reachout_outbox::{Clock, Daily, Lane, QuietHours, RateLimit, Rules};

use super::{Database, failed};
use crate::cli::{
    arguments::{
        Choice, credential_name,
        time::{rate, words},
    },
    call::Access,
    failure::Failure,
    output::Output,
};

/// Show or set how an account may be used: quiet hours, daily cap, rate limit
///
/// What is not given stays as it is. Workers that run keep to it within seconds.
#[derive(Args)]
#[command(after_long_help = "Examples:
  reachout outbox rules --via sendpilot --daily-cap 40 --zone Europe/Paris --steady true
  reachout outbox rules --via leonar --quiet 20:00-08:30 --zone Europe/Paris --clock recipient
  reachout outbox rules --via hoop-ai --limit 50/10s")]
pub struct Change {
    /// The vendor of the account
    #[arg(long, value_name = "VENDOR", value_parser = Choice::<Vendor>::of(Vendor::ALL.map(Vendor::id)))]
    via: Vendor,
    /// The name of its credential: that of a profile. If absent, the profile in force
    #[arg(long, value_name = "NAME", value_parser = credential_name)]
    credential: Option<String>,
    /// Forget all rules first: then the vendor's documented limit holds, and nothing else
    #[arg(long)]
    reset: bool,
    /// Rate limit instead of the documented one, such as 100/10s
    #[arg(long, value_name = "N/TIME", value_parser = rate)]
    limit: Option<(u32, Duration)>,
    /// Spread the requests evenly, instead of as fast as the limit allows
    #[arg(long)]
    steady: Option<bool>,
    /// Name of the budget, where the vendor counts several accounts together
    #[arg(long, value_name = "NAME")]
    budget: Option<String>,
    /// When nothing is sent, such as 20:00-08:30
    #[arg(long, value_name = "FROM-TO", requires = "zone")]
    quiet: Option<String>,
    /// Whose time zone counts for quiet hours: the sender's, or the recipient's where a message has it
    #[arg(long, value_name = "WHOSE", default_value = "sender", value_parser = ["sender", "recipient"], requires = "quiet")]
    clock: String,
    /// How many messages each sender may send in a day
    #[arg(long, value_name = "N", requires = "zone")]
    daily_cap: Option<u32>,
    /// Time zone of quiet hours and of the day, such as Europe/Paris
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,
}

impl Change {
    pub async fn run(self, database: &Database, access: &Access<'_>, output: &mut Output) -> Result<(), Failure> {
        let lane = Lane::new(self.via, self.credential.clone().unwrap_or_else(|| access.settings.profile().to_owned()));
        // They may be set before anything is queued.
        let outbox = database.open().await?;
        let before = outbox.rules(&lane).await.map_err(failed)?;
        let after = self.changed(before.clone())?;
        if before != after {
            outbox.set_rules(&lane, &after).await.map_err(failed)?;
        }
        let limit = |limit: &RateLimit| format!("{} in {}", limit.requests, words(limit.per));
        let documented = || self.via.api().and_then(|api| api.vendor.rate_limit).map(|own| format!("{} (documented)", limit(&own)));
        let quiet = after.quiet_hours.as_ref().map(|hours| {
            let whose = if matches!(hours.clock, Clock::Recipient(_)) { "recipient" } else { "sender" };
            format!("{} to {} of the {whose}'s day", hours.from.strftime("%H:%M"), hours.to.strftime("%H:%M"))
        });
        output.object(&serde_json::json!({
            "account": lane.to_string(),
            "limit": after.limit.as_ref().map(limit).or_else(documented),
            "steady": after.steady,
            "budget": after.budget,
            "quiet_hours": quiet,
            "daily_cap": after.daily_cap.as_ref().map(|daily| daily.most),
        }))
    }

    fn changed(&self, before: Rules) -> Result<Rules, Failure> {
        let wrong = |error: reachout_outbox::RulesError| Failure::Usage(error.into());
        let mut rules = if self.reset { Rules::new() } else { before };
        let zone = self.zone.as_deref().unwrap_or_default();
        if let Some((requests, per)) = self.limit {
            rules = rules.limit(requests, per);
        }
        rules.steady = self.steady.unwrap_or(rules.steady);
        rules.budget = self.budget.clone().or(rules.budget);
        if let Some(hours) = &self.quiet {
            let (from, to) =
                hours.split_once('-').ok_or_else(|| Failure::usage("--quiet is from one time to another, such as 20:00-08:30"))?;
            let clock = if self.clock == "recipient" { Clock::recipient(zone) } else { Clock::sender(zone) }.map_err(wrong)?;
            rules.quiet_hours = Some(QuietHours::new(from.trim(), to.trim(), clock).map_err(wrong)?);
        }
        if let Some(most) = self.daily_cap {
            rules.daily_cap = Some(Daily::new(most, zone).map_err(wrong)?);
        }
        Ok(rules)
    }
}
