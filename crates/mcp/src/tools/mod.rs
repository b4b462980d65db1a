//! The tools: what each is called, takes, returns and does to whom.

mod campaigns;
mod draft;
mod operations;
mod others;
mod people;
mod send;
mod state;
mod unknown;

use std::sync::Arc;

use rmcp::model::{InputRequiredResult, JsonObject, Tool, ToolAnnotations};
use serde_json::{Map, Value};

use crate::failure::Failure;
use crate::policy::{Policy, Toolset};
use crate::result::Done;
use crate::schema;
use crate::server::Call;

/// What a tool does, from which its permission and its annotations follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Does {
    /// It changes nothing, here or at a vendor.
    Reads,
    /// It changes the outbox.
    ChangesOutbox,
    /// It may change something at a vendor, as far as the policy permits.
    CallsVendor,
    /// It reaches a person.
    ReachesAPerson,
}

/// A tool.
#[derive(Clone)]
pub(crate) struct Spec {
    pub(crate) name: &'static str,
    title: &'static str,
    description: &'static str,
    pub(crate) toolset: Toolset,
    pub(crate) does: Does,
    pub(crate) input: fn() -> Arc<JsonObject>,
    output: fn() -> Arc<JsonObject>,
}

/// What a tool came to.
pub(crate) enum Outcome {
    Done(Done),
    /// A person is to be asked by the client, which then calls again.
    Ask(Box<InputRequiredResult>),
}

impl From<Done> for Outcome {
    fn from(done: Done) -> Self {
        Self::Done(done)
    }
}

/// Every tool, in the order in which they are listed.
const ALL: [Spec; 15] = [
    Spec {
        name: "find_people",
        title: "Find people",
        description: "Find a vendor's contacts or leads by words such as a name, a company or an email address. Reads only. \
            HighLevel, Hoop AI and Leadway need location_id, SendPilot campaign_id.",
        toolset: Toolset::People,
        does: Does::Reads,
        input: schema::input::<people::FindPeople>,
        output: schema::output::<people::Listed>,
    },
    Spec {
        name: "list_conversations",
        title: "List conversations",
        description: "List a vendor's conversations with people, the newest first, with the last message of each. Reads only. Not at Leonar.",
        toolset: Toolset::People,
        does: Does::Reads,
        input: schema::input::<people::ListConversations>,
        output: schema::output::<people::Listed>,
    },
    Spec {
        name: "read_conversation",
        title: "Read a conversation",
        description: "Read the messages of one conversation with a person. Reads only. SendPilot needs sender_id.",
        toolset: Toolset::People,
        does: Does::Reads,
        input: schema::input::<people::ReadConversation>,
        output: schema::output::<people::Listed>,
    },
    Spec {
        name: "read_more",
        title: "Read on",
        description: "Read on in a text or list that an earlier result cut, by its read_more handle. Reads only.",
        toolset: Toolset::People,
        does: Does::Reads,
        input: schema::input::<people::ReadMore>,
        output: schema::output::<people::More>,
    },
    Spec {
        name: "prepare_message",
        title: "Prepare a message",
        description: "Make a draft of one message to one person, held in the outbox. Sends nothing. Returns what would be sent to whom from which \
            account, checks (suppression list, do-not-contact, quiet hours, caps), and the confirmation_code. The same message is the same draft.",
        toolset: Toolset::Messages,
        does: Does::ChangesOutbox,
        input: schema::input::<draft::PrepareMessage>,
        output: schema::output::<draft::Prepared>,
    },
    Spec {
        name: "send_message",
        title: "Send a prepared message",
        description: "Send a draft of prepare_message to its recipient, a real person, once. Needs the draft's confirmation_code; the person you work \
            for is asked where the client can. Calling it again for a draft never sends it twice and returns its state.",
        toolset: Toolset::Messages,
        does: Does::ReachesAPerson,
        input: schema::input::<send::SendMessage>,
        output: schema::output::<state::MessageState>,
    },
    Spec {
        name: "message_state",
        title: "State of a message",
        description: "How far a draft or message is: state, delivery, and what to do next (advice). Reads the outbox only.",
        toolset: Toolset::Messages,
        does: Does::Reads,
        input: schema::input::<state::OfMessage>,
        output: schema::output::<state::MessageState>,
    },
    Spec {
        name: "list_unknown",
        title: "List messages whose delivery is unknown",
        description: "List messages of which nobody knows whether the vendor has them. They must not be sent again; reconcile finds out. Reads the \
            outbox only.",
        toolset: Toolset::Messages,
        does: Does::Reads,
        input: schema::input::<unknown::ListUnknown>,
        output: schema::output::<unknown::Unknown>,
    },
    Spec {
        name: "reconcile",
        title: "Find out what is unknown",
        description: "Look at the vendors for messages whose delivery is unknown, and record in the outbox what is found. Sends nothing.",
        toolset: Toolset::Messages,
        does: Does::ChangesOutbox,
        input: schema::input::<unknown::ReconcileUnknown>,
        output: schema::output::<unknown::Reconciled>,
    },
    Spec {
        name: "suppress",
        title: "Never write to somebody again",
        description: "Put a person's address on the suppression list: nothing queued or prepared is sent to them from then on. Only a person takes it \
            off again.",
        toolset: Toolset::Campaigns,
        does: Does::ChangesOutbox,
        input: schema::input::<campaigns::Suppress>,
        output: schema::output::<campaigns::Stopped>,
    },
    Spec {
        name: "pause",
        title: "Pause sending",
        description: "Send nothing more of a campaign, or to a person, until a person resumes it with `reachout outbox resume`. Give exactly one.",
        toolset: Toolset::Campaigns,
        does: Does::ChangesOutbox,
        input: schema::input::<campaigns::Pause>,
        output: schema::output::<campaigns::Stopped>,
    },
    Spec {
        name: "campaign_report",
        title: "Report on a campaign",
        description: "Count a campaign's messages by state, with the most frequent reasons of failure. Reads the outbox only.",
        toolset: Toolset::Campaigns,
        does: Does::Reads,
        input: schema::input::<campaigns::CampaignReport>,
        output: schema::output::<campaigns::Report>,
    },
    Spec {
        name: "search_operations",
        title: "Search operations",
        description: "Search all operations of the vendors' APIs by words, for what no other tool does. Says of each what it does (effect) and whether \
            call_operation may call it. Reads only; no vendor is called.",
        toolset: Toolset::Operations,
        does: Does::Reads,
        input: schema::input::<operations::SearchOperations>,
        output: schema::output::<operations::Found>,
    },
    Spec {
        name: "describe_operation",
        title: "Describe an operation",
        description: "Describe one operation: effect, and the JSON Schema of its parameters and body. Reads only; no vendor is called.",
        toolset: Toolset::Operations,
        does: Does::Reads,
        input: schema::input::<operations::DescribeOperation>,
        output: schema::output::<operations::OneDescribed>,
    },
    Spec {
        name: "call_operation",
        title: "Call an operation",
        description: "Call one operation of a vendor. Those that read may always be called; those that change or delete something only if the server \
            permits it; those that reach a person never.",
        toolset: Toolset::Operations,
        does: Does::CallsVendor,
        input: schema::input::<operations::CallOperation>,
        output: schema::output::<operations::Called>,
    },
];

/// The names of all tools.
pub fn tool_names() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|spec| spec.name)
}

/// The tools that exist under a policy.
pub(crate) fn permitted(policy: &Policy) -> Vec<Spec> {
    let exists = |spec: &&Spec| {
        let chosen = (policy.toolsets.is_empty() || policy.toolsets.contains(&spec.toolset))
            && (policy.tools.is_empty() || policy.tools.contains(spec.name));
        chosen
            && match spec.does {
                Does::Reads | Does::CallsVendor => true,
                Does::ChangesOutbox => !policy.read_only,
                Does::ReachesAPerson => policy.allow_send && !policy.read_only,
            }
    };
    let mut tools: Vec<_> = ALL.iter().filter(exists).cloned().collect();
    for spec in tools.iter_mut().filter(|spec| spec.does == Does::CallsVendor && (policy.read_only || !policy.allow_changes)) {
        spec.does = Does::Reads;
        spec.description = "Call one operation of a vendor that only reads. This server permits no others.";
    }
    tools
}

/// Carries out a call.
pub(crate) async fn run(spec: &Spec, call: &Call<'_>, arguments: Map<String, Value>) -> Result<Outcome, Failure> {
    let schema = (spec.input)();
    match spec.name {
        "find_people" => Ok(people::find_people(call, schema::arguments(&schema, arguments)?).await?.into()),
        "list_conversations" => Ok(people::list_conversations(call, schema::arguments(&schema, arguments)?).await?.into()),
        "read_conversation" => Ok(people::read_conversation(call, schema::arguments(&schema, arguments)?).await?.into()),
        "read_more" => Ok(people::read_more(call, &schema::arguments(&schema, arguments)?)?.into()),
        "prepare_message" => Ok(draft::prepare_message(call, schema::arguments(&schema, arguments)?).await?.into()),
        "send_message" => send::send_message(call, &schema::arguments(&schema, arguments)?).await,
        "message_state" => Ok(state::message_state(call, &schema::arguments(&schema, arguments)?).await?.into()),
        "list_unknown" => Ok(unknown::list_unknown(call, &schema::arguments(&schema, arguments)?).await?.into()),
        "reconcile" => Ok(unknown::reconcile(call, &schema::arguments(&schema, arguments)?).await?.into()),
        "suppress" => Ok(campaigns::suppress(call, schema::arguments(&schema, arguments)?).await?.into()),
        "pause" => Ok(campaigns::pause(call, schema::arguments(&schema, arguments)?).await?.into()),
        "campaign_report" => Ok(campaigns::campaign_report(call, schema::arguments(&schema, arguments)?).await?.into()),
        "search_operations" => Ok(operations::search_operations(call, &schema::arguments(&schema, arguments)?)?.into()),
        "describe_operation" => Ok(operations::describe_operation(call, &schema::arguments(&schema, arguments)?)?.into()),
        "call_operation" => Ok(operations::call_operation(call, schema::arguments(&schema, arguments)?).await?.into()),
        name => Err(Failure::arguments(format!("there is no tool `{name}`"))),
    }
}

impl Spec {
    /// As the protocol has it.
    pub(crate) fn tool(&self) -> Tool {
        let annotations = ToolAnnotations::with_title(self.title)
            .read_only(self.does == Does::Reads)
            .destructive(matches!(self.does, Does::CallsVendor | Does::ReachesAPerson))
            .idempotent(self.does != Does::CallsVendor)
            .open_world(matches!(self.does, Does::CallsVendor | Does::ReachesAPerson) || self.toolset == Toolset::People);
        Tool::new(self.name, self.description, (self.input)()).with_raw_output_schema((self.output)()).with_annotations(annotations)
    }
}
