//! `reachout outbox campaign`: a sequence in a file, and the people who get it.

use std::time::Duration;

use reachout_sandbox::{Sandbox, Vendor};
use tempfile::TempDir;

use crate::program::{Ran, command, run};

const SEQUENCE: &str = "name: roles-in-paris
account: hoop-ai/default
window: { days: [mon, tue, wed, thu, fri, sat, sun], from: \"00:00\", to: \"23:59\", zone: recipient, otherwise: Europe/Paris }
steps:
  - { channel: sms, template: hello.md }
  - { after: 3d, channel: sms, template: again.md, variants: [short.md] }
";
const PEOPLE: &str = "contact_id,first_name,email,time_zone\nada2,Ada,ada@example.org,\ngrace2,Grace,,America/New_York\n";

fn folder(sequence: &str, people: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    let files = [
        ("roles.yaml", sequence),
        ("people.csv", people),
        ("hello.md", "Hi {{ first_name }}"),
        ("again.md", "{{ first_name }}, did you see my message?"),
        ("short.md", "Hello again"),
    ];
    for (name, content) in files {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

fn campaign(folder: &TempDir, arguments: &[&str]) -> Ran {
    run(command().current_dir(folder.path()).args(["outbox", "campaign"]).args(arguments))
}

#[test]
fn a_dry_run_shows_every_step_with_its_time() {
    let folder = folder(SEQUENCE, PEOPLE);
    let ran = campaign(&folder, &["add", "roles.yaml", "--from", "people.csv", "--dry-run"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    for part in [
        "line 2, step 1: at 20",
        "to ada2 by sms",
        "Hi Ada",
        "line 3, step 2: at 20",
        "2 of 2 people",
        "the last step leaves at 20",
        "nothing was queued",
    ] {
        assert!(ran.stdout.contains(part), "{part}: {}", ran.stdout);
    }
    let rows = campaign(&folder, &["add", "roles.yaml", "--from", "people.csv", "--dry-run", "--json"]).json();
    let at = |row: usize| rows[row]["at"].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    assert!(at(1) - at(0) >= chrono::TimeDelta::days(3), "{rows}");
    assert!(!folder.path().join("outbox.db").exists());
}

#[test]
fn what_is_wrong_is_said_before_anything_is_queued() {
    for (sequence, people, sentence) in [
        (SEQUENCE.replace("template: hello", "tempalte: hello"), PEOPLE.to_owned(), "roles.yaml line 5: the field `tempalte` is not known"),
        (SEQUENCE.replace("channel: sms, template: again", "channel: fax, template: again"), PEOPLE.to_owned(), "roles.yaml line 6: "),
        (SEQUENCE.to_owned(), PEOPLE.replace("Grace", ""), "people.csv line 3: step 1: `first_name` is empty, and hello.md line 1 uses it"),
        (SEQUENCE.to_owned(), PEOPLE.replace("grace2", "ada2"), "people.csv line 3: the recipient is that of line 2"),
        (SEQUENCE.replace(", otherwise: Europe/Paris", ""), PEOPLE.to_owned(), "people.csv line 2: their time zone is not known"),
    ] {
        let folder = folder(&sequence, &people);
        let ran = campaign(&folder, &["add", "roles.yaml", "--from", "people.csv"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{ran:?}");
        assert!(ran.stderr.contains(sentence), "{sentence}: {ran:?}");
        assert!(!folder.path().join("outbox.db").exists());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_is_added_sent_shown_paused_and_reported() {
    let folder = folder(SEQUENCE, PEOPLE);
    let sandbox = Sandbox::builder().adopt_unknown_ids(true).start().await.unwrap();
    let go = async |arguments: &[&str]| {
        let mut command = command();
        command.env("HOOP_AI_BASE_URL", sandbox.base_url(Vendor::HoopAi)).env("HOOP_AI_TOKEN", Sandbox::api_key(Vendor::HoopAi));
        command.current_dir(folder.path()).arg("outbox").args(arguments).timeout(Duration::from_mins(1));
        tokio::task::spawn_blocking(move || run(&mut command)).await.unwrap()
    };
    let added = go(&["campaign", "add", "roles.yaml", "--from", "people.csv", "--json"]).await.json();
    assert_eq!((added["people"].as_u64(), added["known"].as_u64()), (Some(2), Some(0)), "{added}");
    let again = go(&["campaign", "add", "roles.yaml", "--from", "people.csv", "--json"]).await.json();
    assert_eq!((again["people"].as_u64(), again["known"].as_u64()), (Some(0), Some(2)), "{again}");
    let sent = go(&["run", "--due", "--no-vendor-check", "--json"]).await.json();
    assert_eq!(sent, serde_json::json!({ "accepted": 2, "left": 2 }), "the second step waits for another run");
    let row = &go(&["campaign", "list", "--json"]).await.json()[0];
    assert_eq!((row["people"].as_u64(), row["accepted"].as_u64(), row["waiting"].as_u64()), (Some(2), Some(2), Some(2)), "{row}");
    let shown = go(&["campaign", "show", "roles-in-paris", "--json"]).await.json();
    assert_eq!((shown["steps"][0]["accepted"].as_u64(), shown["steps"][1]["queued"].as_u64()), (Some(2), Some(2)), "{shown}");
    assert_eq!(go(&["campaign", "pause", "roles-in-paris", "--json"]).await.json()["messages"], 2);
    assert_eq!(go(&["campaign", "show", "roles-in-paris", "--json"]).await.json()["paused"], true);
    assert_eq!(go(&["campaign", "resume", "roles-in-paris", "--json"]).await.json()["messages"], 2);
    let variants = go(&["campaign", "report", "roles-in-paris", "--json"]).await.json();
    assert!(variants.as_array().is_some_and(|rows| rows.iter().all(|row| row["step"] == 2)), "{variants}");
    assert!(go(&["campaign", "show", "other"]).await.refused().contains("there is no campaign other"));
    let checked = go(&["campaign", "check", "roles.yaml", "--from", "people.csv", "--json"]).await;
    assert!(checked.stdout.contains("hoop-ai/default responds"), "{checked:?}");
    let tested = go(&["campaign", "test", "roles.yaml", "--from", "people.csv", "--recipient", "me2", "--json"]).await.json();
    assert_eq!(tested.as_array().map(Vec::len), Some(2), "{tested}");
}

#[tokio::test(flavor = "multi_thread")]
async fn days_pass_by_the_clock_of_the_sandbox() {
    let start = chrono::Utc::now() + chrono::TimeDelta::days(1);
    let sandbox = Sandbox::builder().clock(start).clock_speed(0.0).start().await.unwrap();
    let builder = hoop_ai::Client::builder().base_url(sandbox.base_url(Vendor::HoopAi)).credential(Sandbox::api_key(Vendor::HoopAi));
    let client = builder.build().unwrap();
    let mut ids = Vec::new();
    for _ in 0..2 {
        let created = client.contacts().create(hoop_ai::types::CreateContactRequest::new("loc")).await.unwrap();
        ids.push(created.contact.clone().unwrap().id.unwrap());
    }
    let folder = folder(SEQUENCE, &format!("contact_id,first_name\n{},Ada\n{},Grace\n", ids[0], ids[1]));
    let go = async |arguments: &[&str]| {
        let mut command = command();
        command.env("HOOP_AI_BASE_URL", sandbox.base_url(Vendor::HoopAi)).env("HOOP_AI_TOKEN", Sandbox::api_key(Vendor::HoopAi));
        command.current_dir(folder.path()).arg("outbox").args(arguments).timeout(Duration::from_mins(1));
        tokio::task::spawn_blocking(move || run(&mut command)).await.unwrap()
    };
    let run_due = async || go(&["run", "--due", "--clock", "sandbox", "--json"]).await.json();
    assert_eq!(go(&["campaign", "add", "roles.yaml", "--from", "people.csv", "--json"]).await.json()["people"], 2);
    assert_eq!(run_due().await, serde_json::json!({ "accepted": 2, "left": 2 }));
    assert_eq!(run_due().await, serde_json::json!({ "left": 2 }), "three days have not passed");
    sandbox.advance(Duration::from_hours(24)).unwrap();
    sandbox.reply(&reachout_sandbox::ReplyTo::contact(Vendor::HoopAi, ids[0].as_str(), "Yes, tell me more")).unwrap();
    assert_eq!(run_due().await, serde_json::json!({ "left": 2 }));
    sandbox.advance(Duration::from_hours(2 * 24 + 1)).unwrap();
    assert_eq!(run_due().await, serde_json::json!({ "accepted": 1, "cancelled": 1, "left": 0 }), "who replied gets no follow-up");
    let earnest = go(&["run", "--due"]).await;
    assert!(earnest.code != 0 && earnest.stderr.contains("the outbox's clock was moved for a test"), "{earnest:?}");
    assert_eq!(go(&["run", "--due", "--clock", "own", "--json"]).await.json(), serde_json::json!({ "left": 0 }));
    let row = &go(&["campaign", "list", "--json"]).await.json()[0];
    assert_eq!((row["accepted"].as_u64(), row["replied"].as_u64()), (Some(3), Some(1)), "{row}");
}
