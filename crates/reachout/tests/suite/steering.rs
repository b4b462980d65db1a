//! `reachout outbox`: which messages a command is about, when they are sent, and what is refused.

use std::time::Duration;

use reachout_sandbox::{Sandbox, Vendor};
use serde_json::Value;
use tempfile::TempDir;

use crate::program::{Ran, command, run};

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, content) in files {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

fn outbox(folder: &TempDir, arguments: &[&str]) -> Ran {
    run(command().current_dir(folder.path()).arg("outbox").args(arguments))
}

fn at(folder: &TempDir, sandbox: &Sandbox, arguments: &[&str]) -> assert_cmd::Command {
    let mut command = command();
    command.env("HOOP_AI_BASE_URL", sandbox.base_url(Vendor::HoopAi)).env("HOOP_AI_TOKEN", Sandbox::api_key(Vendor::HoopAi));
    command.current_dir(folder.path()).arg("outbox").args(arguments).timeout(Duration::from_mins(1));
    command
}

const ADD: &[&str] = &["add", "--via", "hoop-ai", "--channel", "sms", "--template", "hi.txt", "--json"];
const PEOPLE: &str = "contact_id,email\nada2,Ada@Example.org\ngrace2,grace@example.org\njean2,\n";

/// Two campaigns to three people.
fn campaigns() -> TempDir {
    let folder = folder(&[("people.csv", PEOPLE), ("hi.txt", "Hi {{ contact_id }}")]);
    for campaign in ["spring", "springtime"] {
        let added = outbox(&folder, &[ADD, &["--from", "people.csv", "--campaign", campaign]].concat());
        assert_eq!(added.json()["queued"], 3, "{added:?}");
    }
    folder
}

fn keys(ran: &Ran) -> Vec<String> {
    ran.json().as_array().unwrap().iter().map(|row| row["key"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn commands_are_about_a_campaign_a_key_or_a_person() {
    let folder = campaigns();
    let list = |arguments: &[&str]| keys(&outbox(&folder, &[&["list", "--json"], arguments].concat()));
    assert_eq!(list(&["--campaign", "spring"]), ["spring/ada2", "spring/grace2", "spring/jean2"]);
    assert_eq!(list(&["--key", "springtime/ada2"]), ["springtime/ada2"]);
    assert_eq!(list(&["--person", "ADA@example.org"]), ["spring/ada2", "springtime/ada2"]);
    assert_eq!(list(&["--person", "jean2", "--campaign", "spring"]), ["spring/jean2"]);
    assert!(list(&["--person", "nobody@example.org"]).is_empty() && list(&["--campaign", "spr"]).is_empty());
    assert_eq!(outbox(&folder, &["show", "--key", "spring/jean2", "--json"]).json()["message"]["text"], "Hi jean2");
    assert_eq!(keys(&outbox(&folder, &["show", "--person", "grace@example.org", "--json"])), ["spring/grace2", "springtime/grace2"]);
    let both = outbox(&folder, &["show", "1", "--key", "spring/jean2"]);
    assert!(both.refused().contains("either ids, or --campaign"), "{both:?}");
    assert!(outbox(&folder, &["show", "--key", "spring/nobody"]).refused().contains("--key"));
    assert_eq!(outbox(&folder, &["cancel", "--person", "ada@example.org", "--json"]).json()["cancelled"], 2);
    assert_eq!(outbox(&folder, &["cancel", "--key", "spring/grace2", "--json"]).json()["cancelled"], 1);
    assert_eq!(outbox(&folder, &["retry", "--state", "cancelled", "--campaign", "springtime", "--json"]).json()["queued"], 1);
    let report = outbox(&folder, &["report", "--campaign", "spring", "--jq", "[.[] | {(.state): .messages}] | add"]).json();
    assert_eq!(report, serde_json::json!({ "queued": 1, "cancelled": 2 }));
    assert_eq!(outbox(&folder, &["report", "--person", "jean2", "--json"]).json()[0]["messages"], 2);
    assert_eq!(outbox(&folder, &["cancel"]).code, 2, "which are meant is to be said");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_a_key_or_a_person_is_paused() {
    let folder = campaigns();
    let sandbox = Sandbox::builder().adopt_unknown_ids(true).start().await.unwrap();
    let sandbox = &sandbox;
    let go = async || {
        let mut command = at(&folder, sandbox, &["run", "--no-vendor-check", "--json"]);
        tokio::task::spawn_blocking(move || run(&mut command)).await.unwrap().json()
    };
    assert_eq!(outbox(&folder, &["pause", "--campaign", "spring", "--json"]).json()["messages"], 3);
    assert_eq!(outbox(&folder, &["pause", "--person", "GRACE@example.org", "--json"]).json()["messages"], 1, "the other is held already");
    let row = &outbox(&folder, &["list", "--key", "springtime/grace2", "--json"]).json()[0];
    assert_eq!(row["code"], "paused", "{row}");
    assert_eq!(go().await, serde_json::json!({ "accepted": 2, "left": 4 }));
    // What is queued later is held as well.
    std::fs::write(folder.path().join("more.csv"), "contact_id,email\nkay2,\ngrace2,grace@example.org\n").unwrap();
    for campaign in ["spring", "summer"] {
        assert_eq!(outbox(&folder, &[ADD, &["--from", "more.csv", "--campaign", campaign]].concat()).code, 0);
    }
    assert_eq!(go().await["accepted"], 1, "kay of summer");
    assert_eq!(outbox(&folder, &["resume", "--campaign", "spring", "--json"]).json()["messages"], 3, "grace is paused still");
    assert_eq!(go().await["accepted"], 3);
    assert_eq!(outbox(&folder, &["resume", "--json"]).json()["resumed"], "all");
    assert_eq!(go().await["left"], 0);
    let alone = outbox(&folder, &["pause", "--credential", "default"]);
    assert!(alone.refused().contains("give --via too"), "{alone:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_waits_for_approval() {
    let folder = campaigns();
    let sandbox = Sandbox::builder().adopt_unknown_ids(true).start().await.unwrap();
    let sandbox = &sandbox;
    let go = async || {
        let mut command = at(&folder, sandbox, &["run", "--no-vendor-check", "--json"]);
        tokio::task::spawn_blocking(move || run(&mut command)).await.unwrap().json()
    };
    outbox(&folder, &["cancel", "--all"]);
    let added = outbox(&folder, &[ADD, &["--from", "people.csv", "--campaign", "drafts", "--held"]].concat());
    assert_eq!(added.json()["queued"], 3, "{added:?}");
    assert_eq!(go().await, serde_json::json!({ "left": 0 }), "nothing is sent before somebody approves it");
    assert_eq!(outbox(&folder, &["list", "--state", "held", "--json"]).json().as_array().map(Vec::len), Some(3));
    assert_eq!(outbox(&folder, &["approve"]).code, 2, "which are meant is to be said");
    assert_eq!(outbox(&folder, &["approve", "--person", "ada@example.org", "--json"]).json()["approved"], 1);
    assert_eq!(go().await, serde_json::json!({ "accepted": 1, "left": 0 }));
    assert_eq!(outbox(&folder, &["approve", "--campaign", "drafts", "--json"]).json()["approved"], 2);
}

#[test]
fn times_are_durations_or_dates_too() {
    let folder = campaigns();
    let add = |campaign: &str, time: &str| {
        outbox(&folder, &[ADD, &["--from", "people.csv", "--campaign", campaign, "--not-before", time]].concat())
    };
    for (campaign, time) in [("a", "3d"), ("b", "2099-12-01"), ("c", "2099-12-01T09:00"), ("d", "2099-12-01T09:00:00+01:00")] {
        assert_eq!(add(campaign, time).json()["queued"], 3, "{time}");
        let row = &outbox(&folder, &["list", "--campaign", campaign, "--json"]).json()[0];
        assert_eq!(row["code"], "not-due", "{row}");
        assert!(row["reason"].as_str().unwrap().starts_with("it is to be sent at 20"), "{row}");
    }
    let wrong = add("e", "soon");
    assert!(wrong.code == 2 && wrong.stderr.contains("--not-before") && wrong.stderr.contains("3d for three days"), "{wrong:?}");
    let unit = outbox(&folder, &["purge", "--older-than", "30"]);
    assert!(unit.code == 2 && unit.stderr.contains("--older-than") && unit.stderr.contains("30d"), "{unit:?}");
    assert_eq!(outbox(&folder, &["purge", "--older-than", "2020-01-01", "--json"]).json()["purged"], 0);
    let dry = |arguments: &[&str]| run(command().args(arguments).args(["--dry-run", "--json"])).json();
    let sent = dry(&["send", "--via", "hoop-ai", "--channel", "sms", "--to", "abc123def456", "--at", "2099-12-01T00:00:00Z", "Hi"]);
    assert_eq!(sent["body"]["scheduledTimestamp"], 4_099_766_400_u64, "{sent}");
}

#[test]
fn a_message_says_why_it_waits() {
    let folder = campaigns();
    let reason = || {
        let row = outbox(&folder, &["list", "--json"]).json()[0].clone();
        (row["code"].as_str().unwrap_or_default().to_owned(), row["reason"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(reason(), Default::default(), "it waits for a worker only");
    outbox(&folder, &["pause", "--via", "hoop-ai"]);
    assert_eq!(reason(), ("paused".to_owned(), "hoop-ai/default is paused".to_owned()));
    outbox(&folder, &["resume"]);
    outbox(&folder, &["rules", "--via", "hoop-ai", "--quiet", "00:00-23:59", "--zone", "UTC"]);
    let (code, why) = reason();
    // Nothing is quiet in the day's last minute.
    assert!(code == "quiet-hours" && why.contains("T23:59:00Z") || code.is_empty(), "{code}: {why}");
}

/// A daily cap of one: one is sent, the others say why they are not, and so does the progress.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_cap_is_in_code_reason_and_progress() {
    let folder = campaigns();
    let sandbox = Sandbox::builder().adopt_unknown_ids(true).start().await.unwrap();
    outbox(&folder, &["rules", "--via", "hoop-ai", "--daily-cap", "1", "--zone", "UTC"]);
    let mut run = std::process::Command::new(env!("CARGO_BIN_EXE_reachout"));
    let with = at(&folder, &sandbox, &["run", "--no-vendor-check"]);
    run.env_clear().envs(with.get_envs().filter_map(|(name, value)| Some((name, value?)))).args(with.get_args());
    let child = run.current_dir(folder.path()).stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    let capped = || {
        let rows = outbox(&folder, &["list", "--json"]).json();
        rows.as_array().unwrap().iter().filter(|row| row["code"] == "daily-cap").cloned().collect::<Vec<Value>>()
    };
    for _ in 0..200 {
        if capped().len() == 5 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    // For a look at the progress after the last was requeued.
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(std::process::Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
    let stderr = String::from_utf8(child.wait_with_output().unwrap().stderr).unwrap();
    let rows = capped();
    assert!(rows.len() == 5 && rows[0]["reason"].as_str().unwrap().contains("its sender's daily cap is reached"), "{rows:?} {stderr}");
    assert!(stderr.contains("wait for their sender's next day, until "), "{stderr}");
    let status = outbox(&folder, &["status", "--json"]).json();
    assert_eq!((&status["waits"][0]["code"], &status["waits"][0]["count"]), (&"daily-cap".into(), &5.into()), "{status}");
}

#[test]
fn what_would_have_no_effect_or_be_seen_by_others_is_refused() {
    let folder = folder(&[("people.csv", PEOPLE), ("hi.txt", "Hi"), ("keys.jsonl", r#"{"to":"ada","key":"a\nb"}"#)]);
    let add = |arguments: &[&str]| outbox(&folder, &[ADD, arguments].concat());
    for (arguments, problem) in [
        (&["--from", "people.csv", "--credential", "a b"][..], "--credential"),
        (&["--from", "people.csv", "--credential", "caf\u{e9}"], "cannot name a credential"),
        (&["--from", "keys.jsonl", "--key", "key"], "keys.jsonl line 1: its key is not 1 to 500 bytes without line breaks"),
        (&["--from", "people.csv", "--campaign", "a\tb"], "people.csv line 2: its key is not"),
        (&["--from", "people.csv", "--db", "sqlite:outbox.db?mode=ro"], "--db: "),
        (&["--from", "people.csv", "--db", "outbox.db?x=y"], "takes no parameters"),
        (&["--from", "people.csv", "--db", "sqlite::memory:"], "lost with the program"),
        (&["--from", "people.csv", "--db", "mysql://host/db"], "neither SQLite nor Postgres"),
        (&["--from", "people.csv", "--db", "postgres://127.0.0.1:9/db?synchronous_commit=off"], "not all known"),
    ] {
        let ran = add(arguments);
        assert!(ran.code == 2 && ran.stdout.is_empty() && ran.stderr.contains(problem), "{arguments:?}: {ran:?}");
    }
    for arguments in [["pause", "--via", "leonar"], ["rules", "--via", "leonar"]] {
        let ran = outbox(&folder, &[&arguments[..], &["--credential", "../x"]].concat());
        assert!(ran.code == 2 && ran.stderr.contains("cannot name a credential"), "{ran:?}");
    }
    assert!(std::fs::read_dir(folder.path()).unwrap().all(|entry| !entry.unwrap().file_name().to_string_lossy().contains(".db?")));
}

#[cfg(unix)]
#[test]
fn an_outbox_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = campaigns();
    let file = folder.path().join("outbox.db");
    for mode in [0o640, 0o604, 0o660] {
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        let ran = outbox(&folder, &["status"]);
        assert!(ran.refused().contains("outbox.db can be read by others; `chmod 600 outbox.db`"), "{mode:o}: {ran:?}");
    }
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(outbox(&folder, &["status"]).code, 0);
}

/// From the file of people to the text, and from a body to the request.
#[test]
fn numbers_keep_their_digits() {
    const LONG: &str = "123456789012345678901234567890";
    let people = format!(r#"{{"to":"ada","order":{LONG},"price":1.10,"lines":[{{"n":{LONG}}}]}}"#);
    let folder = folder(&[("people.jsonl", &people), ("hi.txt", "{{ order }} {{ price }} {{ lines[0].n }}")]);
    let shown = outbox(&folder, &[ADD, &["--from", "people.jsonl", "--dry-run"]].concat());
    assert_eq!(shown.json()[0]["text"], format!("{LONG} 1.10 {LONG}"), "{shown:?}");
    let body = format!(r#"{{"name":"n","amount":{LONG},"price":1.10}}"#);
    let curl = |arguments: &[&str]| run(command().args(arguments).arg("--curl").write_stdin(body.clone())).stdout;
    assert!(
        curl(&["api", "leonar", "POST", "/x", "--input", "-", "-F", "more=2.50"])
            .contains(&format!(r#"{{"name":"n","amount":{LONG},"price":1.10,"more":2.50}}"#))
    );
    assert!(curl(&["api", "leonar", "GET", "/x", "-F", &format!("after={LONG}")]).contains(&format!("/x?after={LONG}")));
}

#[tokio::test(flavor = "multi_thread")]
async fn follow_ups_that_a_reply_stopped_are_resumed() {
    let folder = folder(&[("people.csv", PEOPLE), ("hi.txt", "Hi {{ contact_id }}")]);
    for campaign in ["first", "second"] {
        let add = [ADD, &["--from", "people.csv", "--campaign", campaign, "--sequence", "roles", "--not-before", "3d"]].concat();
        assert_eq!(outbox(&folder, &add).json()["queued"], 3);
    }
    let file = reachout_outbox::Outbox::open(format!("sqlite:{}", folder.path().join("outbox.db").display())).await.unwrap();
    assert_eq!(file.stop_follow_ups(1, "replied").await.unwrap(), 2);
    file.close().await;
    assert_eq!(outbox(&folder, &["retry", "--state", "cancelled", "--json"]).json()["queued"], 0, "a reply stopped them");
    for arguments in [&["resume", "--follow-ups"][..], &["resume", "--follow-ups", "--via", "hoop-ai"]] {
        assert!(outbox(&folder, arguments).refused().contains("give --person, --key or --campaign"));
    }
    let resumed = |arguments: &[&str]| {
        let object = outbox(&folder, &[&["resume", "--json", "--follow-ups"], arguments].concat()).json();
        (object["stops"].as_u64().unwrap(), object["messages"].as_u64().unwrap())
    };
    assert_eq!(outbox(&folder, &["resume", "--person", "ada@example.org", "--json"]).json()["messages"], 0, "it is no pause");
    assert_eq!(resumed(&["--person", "grace@example.org"]), (0, 0));
    assert_eq!(resumed(&["--person", "ADA@example.org"]), (1, 2));
    assert_eq!(resumed(&["--key", "first/ada2"]), (0, 0), "it is undone");
    assert_eq!(outbox(&folder, &["status", "--json"]).json()["counts"], serde_json::json!({ "queued": 6 }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_of_a_person_holds_what_is_sent_beside() {
    let folder = campaigns();
    let sandbox = Sandbox::builder().adopt_unknown_ids(true).start().await.unwrap();
    let send = async |to: &'static str| {
        let mut command = command();
        command.env("HOOP_AI_BASE_URL", sandbox.base_url(Vendor::HoopAi)).env("HOOP_AI_TOKEN", Sandbox::api_key(Vendor::HoopAi));
        command.current_dir(folder.path()).args(["send", "--via", "hoop-ai", "--to", to, "--channel", "sms", "Hi"]);
        tokio::task::spawn_blocking(move || run(&mut command)).await.unwrap()
    };
    assert_eq!(outbox(&folder, &["pause", "--person", "ADA2", "--json"]).json()["messages"], 2);
    let refused = send("ada2").await;
    assert!(refused.code == 2 && refused.stderr.contains("its campaign, its key or its recipient is paused"), "{refused:?}");
    assert_eq!(send("grace2").await.code, 0);
    outbox(&folder, &["resume", "--person", "ada2"]);
    assert_eq!(send("ada2").await.code, 0);
}
