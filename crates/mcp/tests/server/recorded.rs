//! The recorded session of the documentation: an assistant's way from "write to Sophie about the role" to a message that the vendor accepted.

use std::fmt::Write as _;

use reachout_mcp::Policy;
use reachout_mcp::rmcp::ClientLifecycleMode;
use reachout_mcp::rmcp::model::ElicitationAction;
use serde_json::{Value, json};

use crate::world::{Client, Session, World, call, connect};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/assistant-session.md");

const HEAD: &str = "<!-- Written by a test of crates/mcp; `INSTA_UPDATE=always cargo test -p reachout-mcp recorded` writes it anew. Do not edit. -->
# A session of an assistant

The person says: \"Write to Sophie about the role in Paris.\" The server is `reachout mcp --sandbox --vendor leonar --allow-send`, and the client can
ask the person. Every call and every result is shown, with dots in the place of what the sandbox makes up in each run.
";

struct Recording<'s> {
    session: &'s Session,
    text: String,
}

impl Recording<'_> {
    async fn call(&mut self, why: &str, tool: &'static str, arguments: Value) -> Value {
        let result = call(self.session, tool, arguments.clone()).await;
        assert_eq!((result["account"].is_string(), result["environment"].as_str()), (true, Some("sandbox")), "{result}");
        let shown = |value: &Value| serde_json::to_string_pretty(value).unwrap();
        write!(self.text, "\n{why}\n\n`{tool}`\n\n```json\n{}\n```\n\nreturns\n\n```json\n{}\n```\n", shown(&arguments), shown(&result))
            .unwrap();
        result
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_recorded_session_is_what_happens() {
    let world = World::new().await;
    let mut policy = Policy::default();
    policy.allow_send = true;
    let client = Client { person: Some((ElicitationAction::Accept, true)), ..Client::default() };
    let asked = client.asked.clone();
    let session = connect(&world.server(policy), client, ClientLifecycleMode::Initialize).await;
    let mut recording = Recording { session: &session, text: HEAD.to_owned() };
    let find = json!({ "query": "Sophie", "fields": ["id", "name", "title", "company"] });
    let found = recording.call("It looks who Sophie is.", "find_people", find).await;
    let id = found["data"].as_array().unwrap().iter().find(|person| person["name"] == "Sophie Martin").unwrap()["id"].clone();
    let text = "Hi Sophie, we look for a platform engineer in Paris. May I tell you more?";
    let prepare = json!({ "to": id, "channel": "linkedin", "text": text, "campaign": "roles-in-paris" });
    let draft = recording.call("It makes a draft. Nothing is sent.", "prepare_message", prepare).await;
    let given = json!({ "draft": draft["draft"], "confirmation_code": draft["confirmation_code"] });
    let sent = recording.call("It sends the draft.", "send_message", given.clone()).await;
    assert_eq!(sent["state"], "accepted");
    let question = asked.lock().unwrap().clone();
    write!(
        recording.text,
        "\nBefore that, the client showed the person this, and they ticked `Send this message`:\n\n```text\n{question}\n```\n"
    )
    .unwrap();
    let again = recording.call("The result was lost, and it calls once more. Nothing is sent a second time.", "send_message", given).await;
    assert_eq!((again["state"].clone(), again["attempts"].clone()), (json!("accepted"), json!(1)));
    assert_eq!(world.sent(), [text]);

    // What the sandbox and the server make up anew in each run.
    let mark = found["notice"].as_str().unwrap().split(['<', '>']).nth(1).unwrap();
    let ids = [sent["vendor_ids"][0].as_str(), sent["vendor_ids"][1].as_str(), sent["conversation_id"].as_str()];
    let recorded = ids.into_iter().flatten().chain([mark]).fold(recording.text, |text, varies| text.replace(varies, "…"));
    if std::env::var("INSTA_UPDATE").as_deref() == Ok("always") {
        std::fs::write(FILE, &recorded).unwrap();
    }
    assert_eq!(std::fs::read_to_string(FILE).unwrap_or_default(), recorded, "docs/assistant-session.md is not what happens any more");
}
