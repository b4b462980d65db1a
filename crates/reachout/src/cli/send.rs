//! `reachout send`: a message through the facade.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::Args;
use leadway::types::{ForwardConfig, MessageDeliveryStatus, OptimizationPeriod};
use reachout_messenger::{Channel, Field, HighLevelOptions, Message, ReplyMode, SendPilotOptions, Vendor};

use super::{
    arguments::{Choice, input, time::moment},
    call::Access,
    failure::Failure,
    outbox,
    output::Output,
    print::listed,
    unsupported,
};

/// Send a message to a person
///
/// What the vendor cannot do with the message is said before anything is sent, and the exit code is 2. Where there is an outbox, its
/// suppression list, pauses, quiet hours and daily caps are kept to.
#[derive(Args)]
#[command(after_long_help = "Examples:
  reachout send --via leonar --to a1b2c3d4-5678-90ab-cdef-1234567890ab --channel email --subject \"A role in Paris\" \"Hi Sophie\"
  reachout send --via sendpilot --to https://www.linkedin.com/in/john-doe --from sender_abc123 \"Hi John\"
  reachout send --via hoop-ai --to abc123def456 --channel sms - < text.txt
  reachout send --via leadway --to abc123def456 --channel whatsapp --sandbox \"Hello\"")]
pub struct Send {
    /// Through which vendor
    #[arg(long, value_name = "VENDOR", value_parser = Choice::<Vendor>::of(Vendor::ALL.map(Vendor::id)))]
    via: Vendor,
    /// To whom: the vendor's id of the contact (SendPilot: of the lead), or the URL of a LinkedIn profile
    #[arg(long, value_name = "ID|URL", value_parser = input::argument)]
    to: String,
    /// By which channel; may be left out with SendPilot, where it is linkedin
    #[arg(long, value_parser = Choice::<Channel>::of(Channel::all().map(Channel::name)))]
    channel: Option<Channel>,
    /// Subject of an email
    #[arg(long, value_parser = input::argument)]
    subject: Option<String>,
    /// Sender: id of a connected account (Leonar, SendPilot), email address or phone number (HighLevel and its editions)
    #[arg(long, value_name = "SENDER", value_parser = input::argument)]
    from: Option<String>,
    /// Another of the contact's email addresses or phone numbers
    #[arg(long, value_name = "ADDRESS", value_parser = input::argument)]
    to_address: Option<String>,
    /// File with the body as HTML, or - for standard input
    #[arg(long, value_name = "FILE|-")]
    html: Option<PathBuf>,
    /// Email address that gets a copy; may be given several times
    #[arg(long, value_name = "ADDRESS", value_parser = input::argument)]
    cc: Vec<String>,
    /// Email address that gets a blind copy; may be given several times
    #[arg(long, value_name = "ADDRESS", value_parser = input::argument)]
    bcc: Vec<String>,
    /// URL of a file to attach; may be given several times
    #[arg(long, value_name = "URL", value_parser = input::argument)]
    attach: Vec<String>,
    /// When to send it: a time such as 2026-12-01T09:00:00+01:00, a date, or a duration from now such as 3d
    #[arg(long, value_name = "TIME|DURATION", value_parser = moment)]
    at: Option<DateTime<Utc>>,
    /// Id of the message this one replies to
    #[arg(long, value_name = "ID", value_parser = input::argument)]
    reply_to: Option<String>,
    /// The reply goes to everybody on the email
    #[arg(long, requires = "reply_to")]
    reply_all: bool,
    /// Id of the thread it belongs to
    #[arg(long, value_name = "ID", value_parser = input::argument)]
    thread: Option<String>,
    #[command(flatten)]
    sendpilot: SendPilot,
    #[command(flatten)]
    highlevel: HighLevel,
    #[command(flatten)]
    platform: Platform,
    #[command(flatten)]
    permit: outbox::Permit,
    /// The text, @FILE, or - for standard input
    #[arg(value_parser = input::argument)]
    text: Option<String>,
}

#[derive(Args)]
#[command(next_help_heading = "SendPilot only")]
struct SendPilot {
    /// Id of a campaign that the message is counted to
    #[arg(long, value_name = "ID", value_parser = input::argument)]
    campaign: Option<String>,
    /// Id of a lead that a message to a profile is counted to
    #[arg(long, value_name = "ID", value_parser = input::argument)]
    lead: Option<String>,
}

#[derive(Args)]
#[command(next_help_heading = "HighLevel and its editions only")]
struct HighLevel {
    /// Id of the appointment the message belongs to
    #[arg(long, value_name = "ID", value_parser = input::argument)]
    appointment: Option<String>,
    /// Id of the message template
    #[arg(long, value_name = "ID", value_parser = input::argument)]
    template: Option<String>,
    /// Id of the conversation provider that carries the message
    #[arg(long, value_name = "ID", value_parser = input::argument)]
    provider: Option<String>,
}

#[derive(Args)]
#[command(next_help_heading = "HighLevel and Leadway CRM only")]
struct Platform {
    /// Kind of the message within its channel; the name of the channel unless given
    #[arg(long, value_name = "NAME", value_parser = input::argument)]
    sub_type: Option<String>,
    /// Whether the message was delivered, in the vendor's word; pending unless given
    #[arg(long, value_name = "STATUS", value_parser = Choice::<MessageDeliveryStatus>::of(MessageDeliveryStatus::KNOWN.iter().copied()))]
    status: Option<MessageDeliveryStatus>,
    /// Id of the custom subtype whose unsubscriptions count
    #[arg(long, value_name = "ID", value_parser = input::argument)]
    custom_subtype: Option<String>,
    /// Let the platform's own AI pick the moment to send a scheduled email
    #[arg(long)]
    scheduling_ai: bool,
    /// Within which time it does
    #[arg(long, value_name = "PERIOD", value_parser = Choice::<OptimizationPeriod>::of(OptimizationPeriod::KNOWN.iter().copied()))]
    optimization_period: Option<OptimizationPeriod>,
    /// Id of the thread's message to forward
    #[arg(long, value_name = "ID", value_parser = input::argument)]
    forward: Option<String>,
    /// Id of the one email to forward
    #[arg(long, value_name = "ID", value_parser = input::argument)]
    forward_email: Option<String>,
    /// Forward the whole thread
    #[arg(long, requires = "forward")]
    forward_thread: bool,
    /// Email address to forward to
    #[arg(long, value_name = "ADDRESS", value_parser = input::argument)]
    forward_to: Option<String>,
    /// Id of the contact to forward to
    #[arg(long, value_name = "ID", value_parser = input::argument)]
    forward_to_contact: Option<String>,
    /// Id of the conversation to forward to
    #[arg(long, value_name = "ID", value_parser = input::argument)]
    forward_to_conversation: Option<String>,
    /// Id of the contact that the forwarded email came from
    #[arg(long, value_name = "ID", value_parser = input::argument)]
    forward_from_contact: Option<String>,
    /// Id of the conversation that the forwarded email is in
    #[arg(long, value_name = "ID", value_parser = input::argument)]
    forward_from_conversation: Option<String>,
}

impl Send {
    pub async fn run(mut self, access: &Access<'_>, output: &mut Output) -> Result<(), Failure> {
        let vendor = self.via;
        self.refuse_options_of_others()?;
        let permit = std::mem::take(&mut self.permit);
        let message = self.message()?;
        reachout_messenger::check(vendor, &message).map_err(|error| Failure::usage(unsupported::sentence(&error, option)))?;
        outbox::permit(&permit, vendor, &message, access, output).await?;
        access.consent(&format!("send a message through {}", vendor.name()))?;
        let receipt = access.messenger(vendor).await?.send(&message).await?;
        output.object(&receipt)
    }

    /// An option that would have no effect is a mistake.
    fn refuse_options_of_others(&self) -> Result<(), Failure> {
        let groups: [(&str, bool, &[Vendor]); 3] = [
            ("--campaign and --lead are", self.sendpilot.any(), &[Vendor::SendPilot]),
            ("--appointment, --template and --provider are", self.highlevel.any(), &[Vendor::HighLevel, Vendor::HoopAi, Vendor::Leadway]),
            ("the options under \"HighLevel and Leadway CRM only\" are", self.platform.any(), &[Vendor::HighLevel, Vendor::Leadway]),
        ];
        match groups.into_iter().find(|(_, given, vendors)| *given && !vendors.contains(&self.via)) {
            Some((options, _, vendors)) => {
                let names: Vec<_> = vendors.iter().map(|vendor| vendor.name()).collect();
                Err(Failure::usage(format!("{options} for {} only", listed(&names))))
            }
            None => Ok(()),
        }
    }

    fn message(self) -> Result<Message, Failure> {
        let mut message = Message::to(self.to);
        message.channel = self.channel;
        message.text = self.text;
        message.html = self.html.as_deref().map(input::text).transpose()?;
        message.subject = self.subject;
        message.from = self.from;
        message.to_address = self.to_address;
        message.cc = self.cc;
        message.bcc = self.bcc;
        message.attachments = self.attach;
        message.send_at = self.at;
        message.reply_to = self.reply_to;
        message.reply_mode = self.reply_all.then_some(ReplyMode::Everybody);
        message.thread = self.thread;
        message.sendpilot = self.sendpilot.options();
        message.highlevel = self.platform.options(self.highlevel.options());
        Ok(message)
    }
}

/// What sets a field.
fn option(field: Field) -> &'static str {
    match field {
        Field::To => "--to",
        Field::Html => "--html",
        Field::Subject => "--subject",
        Field::From => "--from",
        Field::ToAddress => "--to-address",
        Field::Cc => "--cc",
        Field::Bcc => "--bcc",
        Field::Attachments => "--attach",
        Field::SendAt => "--at",
        Field::ReplyTo => "--reply-to",
        Field::ReplyMode => "--reply-all",
        Field::Thread => "--thread",
        _ => "TEXT",
    }
}

impl SendPilot {
    fn any(&self) -> bool {
        self.campaign.is_some() || self.lead.is_some()
    }

    fn options(self) -> SendPilotOptions {
        let mut options = SendPilotOptions::new();
        options.campaign_id = self.campaign;
        options.lead_id = self.lead;
        options
    }
}

impl HighLevel {
    fn any(&self) -> bool {
        self.appointment.is_some() || self.template.is_some() || self.provider.is_some()
    }

    fn options(self) -> HighLevelOptions {
        let mut options = HighLevelOptions::new();
        options.appointment_id = self.appointment;
        options.template_id = self.template;
        options.provider_id = self.provider;
        options
    }
}

impl Platform {
    fn any(&self) -> bool {
        let texts = [&self.sub_type, &self.custom_subtype];
        texts.into_iter().any(Option::is_some)
            || self.status.is_some()
            || self.scheduling_ai
            || self.optimization_period.is_some()
            || self.forwards()
    }

    fn forwards(&self) -> bool {
        let parts = [
            &self.forward,
            &self.forward_email,
            &self.forward_to,
            &self.forward_to_contact,
            &self.forward_to_conversation,
            &self.forward_from_contact,
            &self.forward_from_conversation,
        ];
        parts.into_iter().any(Option::is_some)
    }

    fn options(self, mut options: HighLevelOptions) -> HighLevelOptions {
        if self.forwards() {
            let mut forward = ForwardConfig::new(true).forward_whole_thread(self.forward_thread);
            forward.email_message_id = self.forward_email;
            forward.message_id = self.forward;
            forward.recipient_contact_id = self.forward_to_contact;
            forward.recipient_conversation_id = self.forward_to_conversation;
            forward.source_contact_id = self.forward_from_contact;
            forward.source_conversation_id = self.forward_from_conversation;
            forward.to_email = self.forward_to;
            options.forward = Some(forward);
        }
        options.sub_type = self.sub_type.map(Into::into);
        options.status = self.status;
        options.custom_subtype_id = self.custom_subtype;
        options.native_scheduling_ai = self.scheduling_ai.then_some(true);
        options.optimization_period = self.optimization_period;
        options
    }
}
