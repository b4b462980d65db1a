//! `reachout outbox`, against a sandbox in this process.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use futures_util::TryStreamExt as _;
use reachout_sandbox::{Fault, FaultKind, FaultRule, Sandbox, Settings, Vendor};
use tempfile::TempDir;

use crate::program::{Ran, command, run};

const TEMPLATE: &str = "---\nsubject: A role for {{ first_name }}\n---\nHi {{ first_name }}, {{ contact_id }}\n";

/// A folder with a file of so many people and a template.
fn folder(people: usize) -> TempDir {
    let folder = TempDir::new().unwrap();
    let mut csv = "contact_id,first_name,email\n".to_owned();
    for number in 0..people {
        writeln!(csv, "contact{number},Person {number},p{number}@example.org").unwrap();
    }
    std::fs::write(folder.path().join("people.csv"), csv).unwrap();
    std::fs::write(folder.path().join("hello.md"), TEMPLATE).unwrap();
    folder
}

fn outbox(folder: &TempDir, arguments: &str) -> Ran {
    run(command().current_dir(folder.path()).arg("outbox").args(arguments.split_whitespace()))
}

/// With the credential and the address of the sandbox. Its contacts are the documented ones, which are on do-not-disturb.
fn at_sandbox(folder: &TempDir, sandbox: &Sandbox, arguments: &str) -> Ran {
    let (url, key) = (sandbox.base_url(Vendor::HoopAi), Sandbox::api_key(Vendor::HoopAi));
    let mut command = command();
    command.env("HOOP_AI_BASE_URL", url).env("HOOP_AI_TOKEN", key).timeout(Duration::from_mins(1));
    run(command.current_dir(folder.path()).arg("outbox").args(arguments.split_whitespace()))
}

fn worker(folder: &Path, sandbox: &Sandbox) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reachout"));
    command.env_clear().env("REACHOUT_KEYRING", "off").env("HOME", folder).current_dir(folder);
    command.env("HOOP_AI_BASE_URL", sandbox.base_url(Vendor::HoopAi)).env("HOOP_AI_TOKEN", Sandbox::api_key(Vendor::HoopAi));
    command.args(["outbox", "run", "--lease", "1s", "--workers", "4", "--no-vendor-check"]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

async fn slow_sandbox() -> Sandbox {
    let mut settings = Settings::default();
    settings.adopt_unknown_ids = true;
    let sandbox = Sandbox::builder().settings(settings).start().await.unwrap();
    slow(&sandbox);
    sandbox
}

fn slow(sandbox: &Sandbox) {
    let fault = Fault::new(FaultKind::Latency).after_milliseconds(150);
    sandbox.add_fault(FaultRule::new(fault).operation("send_message").times(1_000)).unwrap();
}

/// How often the sandbox carried out the sending to each contact.
fn sent(sandbox: &Sandbox) -> HashMap<String, u32> {
    let mut counts = HashMap::new();
    let is_sent =
        |request: &reachout_sandbox::RecordedRequest| request.operation.as_deref() == Some("send_message") && request.status == Some(200);
    for request in sandbox.requests().iter().filter(|request| is_sent(request)) {
        *counts.entry(request.body["contactId"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    counts
}

async fn until_some_are_sent(sandbox: &Sandbox) {
    let begun = Instant::now();
    while sent(sandbox).len() < 5 {
        assert!(begun.elapsed() < Duration::from_secs(30), "nothing is sent");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

const ADD: &str = "add --from people.csv --via hoop-ai --channel sms --template hello.txt";

/// An SMS has no subject.
fn campaign(people: usize) -> TempDir {
    let folder = folder(people);
    std::fs::write(folder.path().join("hello.txt"), "Hi {{ first_name }}, {{ contact_id }}").unwrap();
    folder
}

#[test]
fn every_wrong_line_is_told_and_nothing_is_queued() {
    let folder = folder(1);
    let people = "contact_id,first_name,email,time_zone\nc-1,Ada,,Europe/Paris\nc-2,,,\n,Grace,,\nc-4,Jean,,Paris\n";
    std::fs::write(folder.path().join("wrong.csv"), people).unwrap();
    let ran = outbox(&folder, "add --from wrong.csv --via hoop-ai --channel email --template hello.md");
    let expected = "error: wrong.csv line 3: `first_name` is empty, and the subject of hello.md uses it\nwrong.csv line 4: `contact_id` is empty\n\
        wrong.csv line 5: `time_zone`: \"Paris\" is not a known time zone; write one such as Europe/Paris\nnothing was queued\n";
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (2, "", expected));
    std::fs::write(folder.path().join("other.md"), "Hi {{ frist_name }}").unwrap();
    let cases = [
        ("add --from people.csv --via hoop-ai --channel sms --template other.md", "which is not a column; did you mean `first_name`?"),
        (
            "add --from people.csv --via hoop-ai --channel sms --template hello.md",
            "a message by sms; leave out --subject, or the subject in --template",
        ),
        (
            "add --from people.csv --via leonar --channel email --template hello.md",
            "line 2: Leonar wants the UUID of a contact as recipient and got \"contact0\"; give another column with --to",
        ),
        ("add --from people.csv --via hoop-ai --channel email --template hello.md --to mail", "does not have a column `mail`"),
        ("add --from none.csv --via hoop-ai --channel email --template hello.md", "none.csv cannot be read"),
        ("status", "there is no outbox outbox.db"),
        ("status --dry-run", "only `add` and `campaign add` have something to show"),
    ];
    for (arguments, sentence) in cases {
        let ran = outbox(&folder, arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{arguments}: {ran:?}");
        assert!(ran.stderr.contains(sentence), "{arguments}: {ran:?}");
    }
    assert!(!folder.path().join("outbox.db").exists());
}

/// The file is read in pieces, and twice: nothing of it is queued before all of it was read.
#[test]
fn a_long_file_is_queued_whole_or_not_at_all() {
    let folder = folder(0);
    let add = "add --from - --via hoop-ai --channel email --template hello.md";
    let from = |people: &str| {
        let mut command = command();
        run(command.current_dir(folder.path()).arg("outbox").args(add.split(' ')).write_stdin(people))
    };
    let person = |number: usize| format!("contact{number},Person {number},p{number}@example.org\n");
    let people: String = std::iter::once("contact_id,first_name,email\n".to_owned()).chain((0..5_000).map(person)).collect();
    let cases = [
        ("last,,\n", "standard input line 5002: `first_name` is empty, and the subject of hello.md uses it\n"),
        ("contact7,Somebody,\n", "standard input line 5002: the recipient is that of line 9, and the message is another\n"),
        ("last,Ada,nobody\n", "standard input line 5002: `email`: \"nobody\" is "),
        ("last,Ada\n", "standard input line 5002: it has 2 values, and the header has 3"),
        ("last,\"Ada\n", "standard input line 5002: a quote begins here that is not closed"),
    ];
    for (last, sentence) in cases {
        let ran = from(&format!("{people}{last}"));
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{last}: {ran:?}");
        assert!(ran.stderr.starts_with(&format!("error: {sentence}")), "{last}: {ran:?}");
        assert!(!folder.path().join("outbox.db").exists(), "{last}");
    }
    // Whoever is there twice with the same message gets it once.
    let ran = from(&format!("{people}{}", person(7)));
    assert_eq!(ran.code, 0, "{ran:?}");
    let counts = outbox(&folder, "status --json").json();
    assert!(counts.to_string().contains("5000"), "{counts}");
    let many: String = (0..30).map(|number| format!("x{number},,\n")).collect();
    let ran = from(&format!("{people}{many}"));
    assert!(ran.stderr.contains("line 5021:") && ran.stderr.ends_with("\nand 10 more\nnothing was queued\n"), "{ran:?}");
    let ran = from(&people.replace("Person 4999", "Another"));
    let taken = "error: standard input line 5001: its key was used for another message, which is number 5000 of the outbox";
    assert!(ran.code == 2 && ran.stderr.starts_with(taken), "{ran:?}");
}

#[test]
fn a_file_that_is_not_a_table_is_refused_as_a_whole() {
    let folder = folder(1);
    let people: String = (2..100).map(|n| format!("contact{n},P{n},secret of person {n}\n")).collect();
    std::fs::write(folder.path().join("open.csv"), format!("contact_id,first_name,note\ncontact1,Ada,\"5 inch\n{people}")).unwrap();
    std::fs::write(folder.path().join("wide.csv"), [0xff, 0xfe, b'a', 0, b',', 0]).unwrap();
    std::fs::write(folder.path().join("latin.csv"), b"contact_id,first_name\nc1,Ada\nc2,Ren\xe9\n").unwrap();
    std::fs::write(folder.path().join("cut.jsonl"), "{\"contact_id\": \"c1\", \"first_name\": \"Ada\"}\n{\"contact_id\": \"c2\", \"fi")
        .unwrap();
    for (file, why) in [
        ("open.csv", "open.csv line 2: a quote begins here that is not closed"),
        ("wide.csv", "wide.csv is text in UTF-16; save it in UTF-8"),
        ("latin.csv", "latin.csv line 3: it is not text in UTF-8"),
        ("cut.jsonl", "cut.jsonl line 2: "),
    ] {
        let ran = outbox(&folder, &format!("add --from {file} --via hoop-ai --channel email --template hello.md"));
        assert!(ran.code == 2 && ran.stderr.contains(why) && !ran.stderr.contains("secret"), "{file}: {ran:?}");
    }
    assert!(!folder.path().join("outbox.db").exists());
}

#[test]
fn rules_are_changed_one_by_one() {
    let folder = folder(1);
    let rules = |arguments: &str| outbox(&folder, &format!("rules --via leonar --json {arguments}"));
    let shown = |ran: &Ran| {
        let object = ran.json();
        serde_json::json!([object["quiet_hours"], object["daily_cap"], object["daily_cap_zone"]])
    };
    let refused = [
        ("--zone Europe/Paris", "--zone is for quiet hours and the daily cap, and there is neither"),
        ("--quiet 20:00-08:30", "--quiet needs a time zone"),
        ("--daily-cap 40", "--daily-cap needs a time zone"),
        ("--clock recipient", "--clock is for quiet hours, and there are none"),
        ("--zone Pari --daily-cap 3", "write one such as Europe/Paris"),
        ("--quiet 8 --zone UTC", "write such as 20:00-08:30"),
    ];
    for (arguments, why) in refused {
        let ran = rules(arguments);
        assert!(ran.code == 2 && ran.stderr.contains(why), "{arguments}: {ran:?}");
    }
    let set = rules("--quiet 20:00-08:30 --clock recipient --daily-cap 40 --zone europe/paris");
    let quiet = |zone: &str| format!("20:00 to 08:30 in the recipient's time zone, {zone} where it is not known");
    assert_eq!(shown(&set), serde_json::json!([quiet("Europe/Paris"), 40, "Europe/Paris"]));
    let moved = rules("--zone America/New_York");
    assert_eq!(shown(&moved), serde_json::json!([quiet("America/New_York"), 40, "America/New_York"]));
    assert_eq!(rules("--zone Nowhere/Atall").code, 2);
    let narrower = rules("--quiet 21:00-07:00 --daily-cap 30");
    let quiet = quiet("America/New_York").replace("20:00 to 08:30", "21:00 to 07:00");
    assert_eq!(shown(&narrower), serde_json::json!([quiet, 30, "America/New_York"]));
    assert_eq!(shown(&rules("--daily-cap none")), serde_json::json!([quiet, null, null]));
    assert_eq!(shown(&rules("--quiet none")), serde_json::json!([null, null, null]));
}

#[test]
fn the_first_messages_are_shown_and_a_key_is_good_for_one() {
    let folder = folder(5);
    let add = "add --from people.csv --via hoop-ai --channel email --template hello.md";
    let shown = outbox(&folder, &format!("{add} --dry-run"));
    assert_eq!((shown.code, shown.stderr.as_str()), (0, ""), "{shown:?}");
    assert!(
        shown.stdout.starts_with("line 2: to contact0 by email, key hello/contact0\nsubject: A role for Person 0\n\nHi Person 0"),
        "{shown:?}"
    );
    assert!(shown.stdout.ends_with("3 of 5 messages; nothing was queued\n"), "{shown:?}");
    assert_eq!(outbox(&folder, &format!("{add} --dry-run --json")).json()[2]["text"], "Hi Person 2, contact2");
    assert!(!folder.path().join("outbox.db").exists());
    assert_eq!(outbox(&folder, &format!("{add} --json")).json()["queued"], 5);
    let again = outbox(&folder, &format!("{add} --json")).json();
    assert_eq!((&again["queued"], &again["known"]), (&0.into(), &5.into()));
    let other = outbox(&folder, &format!("{add} --subject Other"));
    assert_eq!(other.code, 2);
    assert!(other.stderr.contains("people.csv line 2: its key was used for another message, which is number 1"), "{other:?}");
    assert_eq!(outbox(&folder, &format!("{add} --subject Other --campaign other --json")).json()["queued"], 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_commands_around_the_sending() {
    let (folder, sandbox) = (campaign(3), slow_sandbox().await);
    assert_eq!(outbox(&folder, ADD).code, 0);
    std::fs::write(folder.path().join("gone.txt"), "P0@example.org\n\n").unwrap();
    assert_eq!(outbox(&folder, "suppress add gone.txt --reason unsubscribed --json").json()["suppressed"], 1);
    assert_eq!(outbox(&folder, "suppress list --json").json()[0]["address"], "p0@example.org");
    let rules = outbox(&folder, "rules --via hoop-ai --limit 50/10s --quiet 20:00-20:01 --zone Pacific/Honolulu --json").json();
    assert_eq!((&rules["limit"], &rules["quiet_hours"]), (&"50 in 10 s".into(), &"20:00 to 20:01 in Pacific/Honolulu".into()));
    assert_eq!(outbox(&folder, "rules --via hoop-ai --reset --json").json()["limit"], "100 in 10 s (documented)");
    assert_eq!(outbox(&folder, "run").code, 2, "there is no credential");
    assert_eq!(outbox(&folder, "pause").code, 0);
    let paused = outbox(&folder, "run --sandbox");
    assert_eq!(paused.code, 3, "{paused:?}");
    assert!(paused.stderr.contains("3 messages still queued, because everything is paused"), "{paused:?}");
    assert_eq!(outbox(&folder, "resume").code, 0);
    let ran = at_sandbox(&folder, &sandbox, "run --no-vendor-check --json");
    assert_eq!((ran.code, &ran.json()["accepted"], &ran.json()["suppressed"]), (0, &2.into(), &1.into()), "{ran:?}");
    assert_eq!(outbox(&folder, "status --json").json()["counts"]["accepted"], 2);
    assert_eq!(outbox(&folder, "list --state suppressed --json").json()[0]["code"], "suppression-list");
    assert_eq!(outbox(&folder, "show 2 --json").json()["sends"][0]["outcome"], "accepted");
    assert_eq!(outbox(&folder, "resolve 2 --sent").code, 2, "it is not unknown");
    assert_eq!(outbox(&folder, "suppress remove p0@example.org").code, 0);
    assert_eq!(outbox(&folder, "retry --state suppressed --json").json()["queued"], 1);
    assert_eq!(outbox(&folder, "cancel --via hoop-ai --json").json()["cancelled"], 1);
    let table = outbox(&folder, "report -o csv").stdout;
    assert!(table.starts_with("part,at,vendor,state,code,http_status,messages,example\ntotal,,,accepted,,,2,\n"), "{table}");
    let rows = outbox(&folder, "report --json").json();
    assert_eq!((&rows[0]["part"], &rows[0]["state"], &rows[0]["messages"]), (&"total".into(), &"accepted".into(), &2.into()), "{rows}");
    assert_eq!(outbox(&folder, "report --jq .[0].messages").stdout, "2\n");
    assert!(outbox(&folder, "report -o yaml").stdout.starts_with("- part: total\n"));
    assert!(outbox(&folder, "report").stdout.starts_with(" PART "));
    assert!(outbox(&folder, "report --html - --json").stderr.contains("--html writes a page"));
    let saved = outbox(&folder, "report --html report.html");
    let page = std::fs::read_to_string(folder.path().join("report.html")).unwrap();
    assert!(saved.code == 0 && page.contains("<svg") && page.contains(": 2 accepted</title>"), "{page}");
    assert_eq!(outbox(&folder, "purge --older-than 0s --json").json()["purged"], 3);
    assert!(outbox(&folder, "list --json").json()[0]["key"].is_null());
}

/// Killed in the middle, what was being sent is unknown; after it is looked for, everybody was written to once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_was_killed_goes_on() {
    let (folder, sandbox) = (campaign(24), slow_sandbox().await);
    assert_eq!(outbox(&folder, ADD).code, 0);
    let mut killed = worker(folder.path(), &sandbox);
    until_some_are_sent(&sandbox).await;
    killed.kill().unwrap();
    killed.wait().unwrap();
    let ran = at_sandbox(&folder, &sandbox, "run --lease 1s --no-vendor-check");
    assert_eq!(ran.code, 4, "{ran:?}");
    assert!(ran.stderr.contains("find out with `reachout outbox reconcile`"), "{ran:?}");
    let settled = at_sandbox(&folder, &sandbox, "reconcile --grace 0s --json").json();
    let settled = settled.as_array().unwrap();
    assert!(!settled.is_empty() && settled.iter().all(|row| row["found"] == "sent" || row["found"] == "not-sent"), "{settled:?}");
    let ran = at_sandbox(&folder, &sandbox, "run --no-vendor-check");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(outbox(&folder, "status --json").json()["counts"], serde_json::json!({ "accepted": 24 }));
    // What was being sent when it was killed has no status in the sandbox's log, so that its messages are counted.
    let client = hoop_ai::Client::builder().base_url(sandbox.base_url(Vendor::HoopAi)).credential(Sandbox::api_key(Vendor::HoopAi));
    let client = client.build().unwrap();
    let rows = outbox(&folder, "list --json").json();
    let mut conversations = HashSet::new();
    for row in rows.as_array().unwrap() {
        let conversation = row["conversation_id"].as_str().unwrap().to_owned();
        let messages: Vec<_> = client.messages().list(&conversation).items().try_collect().await.unwrap();
        assert_eq!(messages.len(), 1, "{row}");
        conversations.insert(conversation);
    }
    assert_eq!(conversations.len(), 24);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signal_finishes_what_is_being_sent() {
    for signal in ["-INT", "-HUP"] {
        finishes(signal).await;
    }
}

#[cfg(unix)]
async fn finishes(signal: &str) {
    let (folder, sandbox) = (campaign(24), slow_sandbox().await);
    assert_eq!(outbox(&folder, ADD).code, 0);
    let stopped = worker(folder.path(), &sandbox);
    until_some_are_sent(&sandbox).await;
    assert!(Command::new("kill").args([signal, &stopped.id().to_string()]).status().unwrap().success());
    let output = stopped.wait_with_output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{told}");
    assert!(told.contains("finishing what is being sent") && told.contains("still queued; `reachout outbox run` goes on"), "{told}");
    let log = folder.path().join("outbox.db-wal");
    assert!(!log.exists(), "the file is complete, to be copied");
    let counts = outbox(&folder, "status --json").json()["counts"].clone();
    assert!(!log.exists());
    assert_eq!(counts["accepted"].as_u64().unwrap() + counts["queued"].as_u64().unwrap(), 24, "{counts}");
    assert_eq!(sent(&sandbox).len() as u64, counts["accepted"].as_u64().unwrap());
    assert_eq!(at_sandbox(&folder, &sandbox, "run --no-vendor-check").code, 0);
    let sent = sent(&sandbox);
    assert!(sent.len() == 24 && sent.values().all(|count| *count == 1), "{sent:?}");
}
