//! `reachout outbox rules`: how an account may be used.

use std::num::NonZeroU32;
use std::time::Duration;

use clap::Args;
use reachout_messenger::Vendor;
use reachout_outbox::{Account, Clock, Daily, QuietHours, RateLimit, Rules, RulesError, Spacing, Utc, Zone};
use serde_json::{Value, json};

use super::{Database, failed};
use crate::cli::{
    arguments::{
        Choice, credential_name,
        time::{duration, rate, words},
    },
    call::Access,
    failure::Failure,
    output::Output,
};

/// Show or set how an account may be used: quiet hours, daily cap, rate limit
///
/// What is not given stays as it is, and `none` ends a rule. Workers that run keep to it within seconds.
#[derive(Args)]
#[command(after_long_help = "Examples:
  reachout outbox rules --via sendpilot --daily-cap 40 --zone Europe/Paris --steady true
  reachout outbox rules --via leonar --quiet 20:00-08:30 --zone Europe/Paris --clock recipient
  reachout outbox rules --via leonar --daily-cap 50 --warm-up 10+5 --hourly-cap 10 --spacing 2m-5m --zone Europe/Paris
  reachout outbox rules --via leonar --zone Europe/Berlin
  reachout outbox rules --via leonar --quiet none
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
    /// Rate limit instead of the documented one, such as 100/10s; `none` for the documented one
    #[arg(long, value_name = "N/TIME", value_parser = or_none(rate))]
    limit: Option<Setting<(u32, Duration)>>,
    /// Spread the requests evenly, instead of as fast as the limit allows
    #[arg(long)]
    steady: Option<bool>,
    /// Name of the budget, where the vendor counts several accounts together; `none` for one of its own
    #[arg(long, value_name = "NAME", value_parser = or_none(|name| Ok(name.to_owned())))]
    budget: Option<Setting<String>>,
    /// When nothing is sent, such as 20:00-08:30; `none` for no quiet hours
    #[arg(long, value_name = "FROM-TO", value_parser = or_none(from_to))]
    quiet: Option<Setting<(String, String)>>,
    /// Whose time zone counts for quiet hours: the sender's, or the recipient's where a message has it
    #[arg(long, value_name = "WHOSE", value_parser = ["sender", "recipient"])]
    clock: Option<String>,
    /// How many messages each sender may send in a day; `none` for any number
    #[arg(long, value_name = "N", value_parser = or_none(number))]
    daily_cap: Option<Setting<u32>>,
    /// How many messages each sender may send in an hour of the clock; `none` for any number
    #[arg(long, value_name = "N", value_parser = or_none(hourly))]
    hourly_cap: Option<Setting<NonZeroU32>>,
    /// Begin with fewer messages a day, and allow more on each further day up to --daily-cap, such as 10+5; `none` for the cap at once
    #[arg(long, value_name = "N+MORE", value_parser = or_none(warm_up))]
    warm_up: Option<Setting<(u32, u32)>>,
    /// How long after a message the next one begins, at random between two times, such as 2m-5m; `none` for at once
    #[arg(long, value_name = "FROM-TO", value_parser = or_none(spacing))]
    spacing: Option<Setting<Spacing>>,
    /// Time zone of quiet hours and of the day, such as Europe/Paris
    #[arg(long, value_name = "ZONE", value_parser = |name: &str| Zone::new(name))]
    zone: Option<Zone>,
}

/// What is given for a rule: a value, or that there is to be none.
type Setting<T> = Option<T>;

/// A parser of arguments that takes `none`, too.
fn or_none<T>(parse: impl Fn(&str) -> Result<T, String> + Clone) -> impl Fn(&str) -> Result<Setting<T>, String> + Clone {
    move |text| if text == "none" { Ok(None) } else { parse(text).map(Some) }
}

fn from_to(text: &str) -> Result<(String, String), String> {
    let (from, to) = text.split_once('-').ok_or("quiet hours are from one time to another; write such as 20:00-08:30")?;
    Ok((from.trim().to_owned(), to.trim().to_owned()))
}

fn warm_up(text: &str) -> Result<(u32, u32), String> {
    let (first, more) =
        text.split_once('+').ok_or("a warm-up is a number for the first day and how many more each day; write such as 10+5")?;
    Ok((number(first.trim())?, number(more.trim())?))
}

fn spacing(text: &str) -> Result<Spacing, String> {
    let (from, to) = text.split_once('-').ok_or("a spacing is between two times; write such as 2m-5m")?;
    Spacing::between(duration(from)?, duration(to)?).map_err(|error| error.to_string())
}

fn hourly(text: &str) -> Result<NonZeroU32, String> {
    NonZeroU32::new(number(text)?).ok_or_else(|| RulesError::Nothing.to_string())
}

fn number(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| format!("`{}` is not a number; write one such as 40", text.escape_debug()))
}

impl Change {
    pub async fn run(self, database: &Database, access: &Access<'_>, output: &mut Output) -> Result<(), Failure> {
        let account = Account::new(self.via, self.credential.clone().unwrap_or_else(|| access.settings.profile().to_owned()));
        // They may be set before anything is queued.
        let outbox = database.open().await?;
        // Rules that cannot be read can be reset all the same.
        let before = if self.reset { None } else { Some(outbox.rules(&account).await.map_err(failed)?) };
        let after = self.changed(before.clone().unwrap_or_default())?;
        if before.as_ref() != Some(&after) {
            outbox.set_rules(&account, &after).await.map_err(failed)?;
        }
        output.object(&described(&account, &after))
    }

    fn changed(&self, before: Rules) -> Result<Rules, Failure> {
        let wrong = |error: RulesError| Failure::Usage(error.into());
        let mut rules = if self.reset { Rules::new() } else { before };
        if let Some(limit) = self.limit {
            rules.limit = limit.map(|(requests, per)| RateLimit::new(requests, per));
        }
        rules.steady = self.steady.unwrap_or(rules.steady);
        if let Some(budget) = &self.budget {
            rules.budget.clone_from(budget);
        }
        self.change_quiet_hours(&mut rules)?;
        match &self.daily_cap {
            Some(None) => rules.daily_cap = None,
            Some(Some(most)) => {
                let zone = self.zone(rules.daily_cap.as_ref().map(|daily| &daily.zone), "--daily-cap")?;
                let warm_up = rules.daily_cap.as_ref().and_then(|daily| daily.warm_up);
                let mut daily = Daily::new(*most, zone.name()).map_err(wrong)?;
                daily.warm_up = warm_up;
                rules.daily_cap = Some(daily);
            }
            None => {
                if let (Some(daily), Some(zone)) = (&mut rules.daily_cap, &self.zone) {
                    daily.zone = zone.clone();
                }
            }
        }
        match (self.warm_up, &mut rules.daily_cap) {
            (None, _) | (Some(None), None) => {}
            (Some(None), Some(daily)) => daily.warm_up = None,
            (Some(Some(_)), None) => {
                return Err(Failure::usage("--warm-up grows to the daily cap, and there is none; give --daily-cap, too"));
            }
            (Some(Some((first, more))), Some(daily)) => {
                *daily = daily.clone().warm_up(first, more, Utc::now()).map_err(wrong)?;
            }
        }
        if let Some(cap) = self.hourly_cap {
            rules.hourly_cap = cap;
        }
        if let Some(spacing) = self.spacing {
            rules.spacing = spacing;
        }
        if self.zone.is_some() && rules.quiet_hours.is_none() && rules.daily_cap.is_none() {
            return Err(Failure::usage(
                "--zone is for quiet hours and the daily cap, and there is neither; give --quiet or --daily-cap, too",
            ));
        }
        Ok(rules)
    }

    fn change_quiet_hours(&self, rules: &mut Rules) -> Result<(), Failure> {
        let before = rules.quiet_hours.take();
        let (from, to) = match (&self.quiet, &before) {
            (Some(Some((from, to))), _) => (from.clone(), to.clone()),
            (None, Some(before)) => (before.from.to_string(), before.to.to_string()),
            (Some(None), _) | (None, None) if self.clock.is_some() => {
                return Err(Failure::usage("--clock is for quiet hours, and there are none; give --quiet, too"));
            }
            (Some(None), _) | (None, None) => return Ok(()),
        };
        let zone = self.zone(before.as_ref().map(|before| before.clock.zone()), "--quiet")?;
        let clock = match (self.clock.as_deref(), before.map(|before| before.clock)) {
            (Some("recipient"), _) => Clock::Recipient(zone),
            (None, Some(clock)) => clock.in_zone(zone),
            _ => Clock::Sender(zone),
        };
        rules.quiet_hours = Some(QuietHours::new(&from, &to, clock).map_err(|error| Failure::Usage(error.into()))?);
        Ok(())
    }

    /// The time zone that is given, or the one before.
    fn zone(&self, before: Option<&Zone>, option: &str) -> Result<Zone, Failure> {
        let zone = self.zone.as_ref().or(before).cloned();
        zone.ok_or_else(|| Failure::usage(format!("{option} needs a time zone; give --zone, such as --zone Europe/Paris")))
    }
}

/// Rules as people read them.
pub fn described(account: &Account, rules: &Rules) -> Value {
    let limit = |limit: &RateLimit| format!("{} in {}", limit.requests, words(limit.per));
    let documented = || account.vendor.api().and_then(|api| api.vendor.rate_limit).map(|own| format!("{} (documented)", limit(&own)));
    let quiet = rules.quiet_hours.as_ref().map(|hours| {
        let (from, to) = (hours.from.strftime("%H:%M"), hours.to.strftime("%H:%M"));
        match &hours.clock {
            Clock::Recipient(zone) => format!("{from} to {to} in the recipient's time zone, {} where it is not known", zone.name()),
            clock => format!("{from} to {to} in {}", clock.zone().name()),
        }
    });
    json!({
        "account": account.to_string(),
        "limit": rules.limit.as_ref().map(limit).or_else(documented),
        "steady": rules.steady,
        "budget": rules.budget,
        "quiet_hours": quiet,
        "daily_cap": rules.daily_cap.as_ref().map(|daily| daily.limit),
        "hourly_cap": rules.hourly_cap,
        "warm_up": rules.daily_cap.as_ref().and_then(|daily| daily.warm_up).map(|warm_up| {
            format!("{} on {}, {} more each day", warm_up.first, warm_up.since, warm_up.more)
        }),
        "spacing": rules.spacing.map(|spacing| {
            let time = |ms: i64| words(Duration::from_millis(u64::try_from(ms).unwrap_or(0)));
            format!("{} to {}", time(spacing.from_ms), time(spacing.to_ms))
        }),
        "daily_cap_zone": rules.daily_cap.as_ref().map(|daily| daily.zone.name()),
    })
}
