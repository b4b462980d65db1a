//! Adds people to a campaign as leads, writes to its first leads, and says of each whether that worked.
//!
//! ```console
//! $ SENDPILOT_API_KEY=… cargo run -p sendpilot --example write_to_leads -- CAMPAIGN SENDER "Hi {{firstName}}" https://www.linkedin.com/in/…
//! ```
//! At the sandbox, with `reachout sandbox` in another terminal, set `SENDPILOT_BASE_URL=http://127.0.0.1:4010/sendpilot` and
//! `SENDPILOT_API_KEY=sp_live_sandbox`; it has the campaign `clxxx789012` and the sender `sender_abc123`.

use std::error::Error;

use futures_util::{StreamExt as _, TryStreamExt as _};
use sendpilot::types::{CreateLeadsRequest, Lead, NewLead, SendMessageToLeadRequest};
use sendpilot::{Advice, Client};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(campaign), Some(sender), Some(text)) = (arguments.next(), arguments.next(), arguments.next()) else {
        return Err("usage: write_to_leads CAMPAIGN SENDER TEXT [PROFILE…]".into());
    };
    for line in run(&Client::from_env()?, &campaign, &sender, &text, arguments).await? {
        println!("{line}");
    }
    Ok(())
}

/// Returns a line for each lead.
pub async fn run(
    client: &Client,
    campaign: &str,
    sender: &str,
    text: &str,
    profiles: impl IntoIterator<Item = String>,
) -> Result<Vec<String>, Box<dyn Error>> {
    let profiles: Vec<NewLead> = profiles.into_iter().map(NewLead::new).collect();
    if !profiles.is_empty() {
        client.leads().create(CreateLeadsRequest::new(campaign, profiles)).await?;
    }
    let leads: Vec<Lead> = client.leads().list(campaign).items().take(3).try_collect().await?;
    let mut lines = Vec::new();
    for lead in leads {
        let sent = client.inbox().send_message_to_lead(&lead.id, SendMessageToLeadRequest::new(sender, text)).await;
        let line = match sent {
            Ok(_) => "sent".to_owned(),
            Err(error) => match error.advice() {
                Advice::Verify => format!("look into the inbox before you send it again: {error}"),
                // Not connected, say: the others may be.
                Advice::FixRequest => format!("not sent: {error}"),
                _ => return Err(error.into()),
            },
        };
        lines.push(format!("{}: {line}", lead.id));
    }
    Ok(lines)
}
