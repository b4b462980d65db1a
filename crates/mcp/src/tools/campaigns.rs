//! Campaigns, pauses and the suppression list.

use reachout_messenger::Channel;
use reachout_outbox::Filter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::result::{Done, SpokeTo};
use crate::server::Call;

/// How many reasons a report has.
const CAUSES: usize = 10;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Suppress {
    /// Email address, phone number, LinkedIn profile, or the vendor's id of the person
    address: String,
    /// Only this channel; all unless given
    channel: Option<String>,
    /// Why, for people who read the list
    reason: String,
}

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Pause {
    campaign: Option<String>,
    /// An address of the person
    person: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
pub(crate) struct CampaignReport {
    campaign: String,
}

#[derive(Serialize, JsonSchema)]
pub(crate) struct Stopped {
    #[serde(flatten)]
    spoke_to: SpokeTo,
    done: String,
}

#[derive(Serialize, JsonSchema)]
pub(crate) struct Report {
    #[serde(flatten)]
    spoke_to: SpokeTo,
    campaign: String,
    total: u64,
    states: Vec<Count>,
    causes: Vec<Cause>,
}

#[derive(Serialize, JsonSchema)]
struct Count {
    state: &'static str,
    count: u64,
}

#[derive(Serialize, JsonSchema)]
struct Cause {
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    count: u64,
}

pub(crate) async fn suppress(call: &Call<'_>, given: Suppress) -> Result<Done, Failure> {
    let channel = given.channel.map(|name| name.parse::<Channel>()).transpose().map_err(|error| Failure::arguments(error.to_string()))?;
    call.server.outbox.suppress(&given.address, channel, given.reason.trim()).await?;
    let done = match channel {
        Some(channel) => format!("the person is not written to by {channel} any more"),
        None => "the person is not written to any more".to_owned(),
    };
    Done::new(Stopped { spoke_to: call.server.outbox_alone(), done })
}

pub(crate) async fn pause(call: &Call<'_>, given: Pause) -> Result<Done, Failure> {
    let (filter, what) = match (given.campaign, given.person) {
        (Some(campaign), None) if !campaign.trim().is_empty() => (Filter::all().campaign(campaign.trim()), "the campaign"),
        (None, Some(person)) if !person.trim().is_empty() => (Filter::all().person(person), "the person"),
        _ => return Err(Failure::arguments("give exactly one of `campaign` and `person`")),
    };
    let held = call.server.outbox.pause_messages(&filter).await?;
    let done = format!("nothing more is sent of or to {what}; {held} queued messages wait. `reachout outbox resume` ends the pause");
    Done::new(Stopped { spoke_to: call.server.outbox_alone(), done })
}

pub(crate) async fn campaign_report(call: &Call<'_>, given: CampaignReport) -> Result<Done, Failure> {
    let filter = Filter::all().campaign(given.campaign.trim());
    let counts = call.server.outbox.counts(&filter).await?;
    if counts.is_empty() {
        return Err(Failure::arguments("the outbox has no messages of this campaign"));
    }
    let causes = call.server.outbox.causes(&filter).await?;
    let cause = |cause: reachout_outbox::Cause| Cause { state: cause.state.name(), code: cause.code, count: cause.count };
    Done::new(Report {
        spoke_to: call.server.outbox_alone(),
        campaign: given.campaign,
        total: counts.iter().map(|(_, count)| count).sum(),
        states: counts.iter().map(|(state, count)| Count { state: state.name(), count: *count }).collect(),
        causes: causes.into_iter().take(CAUSES).map(cause).collect(),
    })
}
