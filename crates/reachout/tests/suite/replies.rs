//! `reachout outbox listen`, `events` and `feed`: what vendors' webhooks deliver.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use reachout_sandbox::{HIGHLEVEL_WEBHOOK_KEY, ReplyTo, Sandbox, Vendor, Webhook};
use serde_json::Value;
use tempfile::TempDir;

use crate::program::{Ran, command, run};

const SEQUENCE: &str = "name: roles
account: hoop-ai/default
steps:
  - { channel: sms, template: hello.md }
  - { after: 3d, channel: sms, template: hello.md }
";

/// Ends with the test.
struct Listening {
    program: Child,
    url: String,
    /// Open until then, or the program would end when it prints.
    _printed: std::io::Lines<BufReader<ChildStdout>>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        drop((self.program.kill(), self.program.wait()));
    }
}

fn listen(folder: &Path) -> Listening {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reachout"));
    command
        .env_clear()
        .env("REACHOUT_KEYRING", "off")
        .env("HOME", folder)
        .env("HOOP_AI_WEBHOOK_SECRET", "old, new")
        .env("HIGHLEVEL_WEBHOOK_KEY", HIGHLEVEL_WEBHOOK_KEY)
        .current_dir(folder);
    command.args(["outbox", "listen", "--listen", "127.0.0.1:0", "--output", "jsonl"]);
    let mut program = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
    let url = loop {
        let row: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        if row["vendor"] == "hoop-ai" {
            break row["url"].as_str().unwrap().to_owned();
        }
    };
    Listening { program, url, _printed: lines }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_arrives_stops_the_follow_up_and_is_shown() {
    let folder = TempDir::new().unwrap();
    for (name, content) in [("roles.yaml", SEQUENCE), ("hello.md", "Hi {{ first_name }}")] {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    let sandbox = Sandbox::start().await.unwrap();
    let client = hoop_ai::Client::builder().base_url(sandbox.base_url(Vendor::HoopAi)).credential(Sandbox::api_key(Vendor::HoopAi));
    let contact = client.build().unwrap().contacts().create(hoop_ai::types::CreateContactRequest::new("loc")).await.unwrap();
    let id = contact.contact.clone().unwrap().id.unwrap();
    std::fs::write(folder.path().join("people.csv"), format!("contact_id,first_name\n{id},Ada\n")).unwrap();
    let go = async |arguments: &[&str]| -> Ran {
        let mut command = command();
        command.env("HOOP_AI_BASE_URL", sandbox.base_url(Vendor::HoopAi)).env("HOOP_AI_TOKEN", Sandbox::api_key(Vendor::HoopAi));
        command.current_dir(folder.path()).arg("outbox").args(arguments).timeout(Duration::from_mins(1));
        tokio::task::spawn_blocking(move || run(&mut command)).await.unwrap()
    };
    let added = go(&["campaign", "add", "roles.yaml", "--from", "people.csv"]).await;
    assert_eq!(added.code, 0, "{added:?}");
    assert_eq!(go(&["run", "--due", "--json"]).await.json(), serde_json::json!({ "accepted": 1, "left": 1 }));

    let listening = listen(folder.path());
    let mut kinds = Vec::new();
    sandbox.add_webhook(Webhook::new(Vendor::HoopAi, &listening.url).secret("new")).unwrap();
    sandbox.reply(&ReplyTo::contact(Vendor::HoopAi, id.as_str(), "Yes, tell me more")).unwrap();
    for _ in 0..100 {
        let events = go(&["events", "--json"]).await.json();
        kinds = events.as_array().unwrap().iter().map(|event| event["kind"].clone()).collect();
        if kinds.contains(&"replied".into()) {
            assert!(events.to_string().contains("Yes, tell me more"), "{events}");
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(kinds.contains(&"replied".into()), "{kinds:?}");
    let feed = go(&["feed", "--json"]).await.json();
    let feed: Vec<_> = feed.as_array().unwrap().iter().map(|entry| entry["kind"].as_str().unwrap().to_owned()).collect();
    assert_eq!(feed, ["accepted", "replied", "stopped", "cancelled"]);
    let rest = go(&["feed", "--after", "2", "--json"]).await.json();
    assert_eq!((rest.as_array().unwrap().len(), &rest[0]["reason"]), (2, &"replied".into()), "{rest}");
    assert_eq!(go(&["events", "--problems", "--json"]).await.json(), serde_json::json!([]));
    let wrong = go(&["listen", "--forward", "http://192.0.2.1/"]).await;
    assert!(wrong.refused().contains("by https, or by http to this machine"), "{wrong:?}");
}
