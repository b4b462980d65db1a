//! Addresses in files: which columns count, and how they may be written.

use tempfile::TempDir;

use crate::{
    CONTACT,
    program::{Ran, command, run},
};

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("hello.txt"), "Hi").unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn outbox(folder: &TempDir, arguments: &str) -> Ran {
    run(command().current_dir(folder.path()).arg("outbox").args(arguments.split_whitespace()))
}

const ADD: &str = "--via leonar --channel linkedin --template hello.txt --json";

/// Whether the message to somebody on the list is held back. The other's is tried: the sandbox does not know the contact.
fn is_held(folder: &TempDir, file: &str) -> bool {
    let added = outbox(folder, &format!("add --from {file} {ADD}"));
    assert_eq!(added.code, 0, "{added:?}");
    let ran = outbox(folder, "run --sandbox --no-vendor-check --json").json();
    assert_eq!(ran["left"], 0, "{ran}");
    ran["suppressed"] == 1 && ran["rejected"] == 1
}

#[test]
fn a_column_with_addresses_counts_whatever_its_name_is_written_like() {
    let other = "b1b2c3d4-5678-90ab-cdef-1234567890ab";
    for (header, listed, value) in [
        ("email", "jean@example.com", "Jean@Example.com"),
        ("E-Mail Address", "Jean <jean@example.com>", "jean@example.com"),
        ("Work_Email", "jean@example.com", "\"a@example.com, jean@example.com\""),
        ("Mobile Phone", "+33 6 12 34 56 78", "tel:+33612345678"),
        ("LinkedIn URL", "linkedin.com/in/jean", "https://fr.linkedin.com/in/Jean/?trk=x"),
    ] {
        let folder = folder(&[("p.csv", &format!("Contact ID,{header}\n{CONTACT},{value}\n{other},\n"))]);
        let mut suppress = command();
        let suppress = run(suppress.current_dir(folder.path()).args(["outbox", "suppress", "add", "--address", listed]));
        assert_eq!(suppress.code, 0, "{suppress:?}");
        assert!(is_held(&folder, "p.csv"), "{header}: {value}");
    }
    let json = format!("{{\"to\": \"{CONTACT}\", \"emails\": [\"a@example.com\", \"jean@example.com\"]}}\n{{\"to\": \"{other}\"}}\n");
    let folder = folder(&[("p.jsonl", &json)]);
    assert_eq!(outbox(&folder, "suppress add --address jean@example.com").code, 0);
    assert!(is_held(&folder, "p.jsonl"), "a list of texts");
}

#[test]
fn a_column_that_looks_like_addresses_and_is_not_known_is_refused() {
    for value in ["jean@example.com", "Jean <jean@example.com>", "+33 6 12 34 56 78", "06 12 34 56 78", "linkedin.com/in/jean"] {
        let folder = folder(&[("p.csv", &format!("to,Kontakt\n{CONTACT},{value}\n"))]);
        let refused = outbox(&folder, &format!("add --from p.csv {ADD}"));
        assert_eq!((refused.code, refused.stdout.as_str()), (2, ""), "{refused:?}");
        assert!(refused.stderr.contains("p.csv line 2: `Kontakt` looks like an address"), "{refused:?}");
        assert!(refused.stderr.contains("name it `email`, `phone` or `linkedin_url`, or say --data-column \\\"Kontakt\\\""), "{refused:?}");
        assert!(!folder.path().join("outbox.db").exists());
        let data = outbox(&folder, &format!("add --from p.csv --data-column Kontakt {ADD}"));
        assert_eq!(data.json()["queued"], 1, "{data:?}");
        let wrong = outbox(&folder, &format!("add --from p.csv --data-column Contact {ADD}"));
        assert!(wrong.stderr.contains("does not have a column `Contact`"), "{wrong:?}");
    }
    let data =
        folder(&[("p.csv", &format!("to,note,amount,site\n{CONTACT},write to jean@example.com,1 000 000 000,https://example.com/a\n"))]);
    assert_eq!(outbox(&data, &format!("add --from p.csv {ADD}")).json()["queued"], 1, "texts, amounts and other URLs are data");
}

#[test]
fn what_is_no_address_is_refused_with_its_line() {
    let folder = folder(&[
        ("p.csv", &format!("to,email,phone\n{CONTACT},jean,\n{CONTACT},,06 12 34 56 78\njean@example.com,,\n")),
        ("list.txt", "jean@example.com\n\nJean Dupont\n06 12 34 56 78\n"),
        ("list.csv", "Email,Phone,reason\na@example.com;b@example.com,,asked\nc@example.com,+33 6 12 34 56 78,\n,,nobody\n"),
        ("good.csv", "Email,Phone,reason\na@example.com;b@example.com,,asked\nc@example.com,06 12 34 56 78,\n"),
        ("none.csv", "name\nJean\n"),
    ]);
    let add = outbox(&folder, &format!("add --from p.csv {}", ADD.trim_end_matches("--json")));
    let lines = [
        "error: p.csv line 2: `email`: \"jean\" is not an address",
        "p.csv line 3: `phone`: \"06 12 34 56 78\" is a phone number without a country",
        "p.csv line 4: `to`: \"jean@example.com\" is not a recipient",
        "nothing was queued",
    ];
    assert_eq!(add.code, 2);
    for (line, expected) in add.stderr.lines().zip(lines) {
        assert!(line.starts_with(expected), "{add:?}");
    }
    for (file, sentence) in [
        ("list.txt", "list.txt line 3: \"Jean Dupont\" is not an address"),
        ("list.txt", "list.txt line 4: \"06 12 34 56 78\" is a phone number without a country"),
        ("list.csv", "list.csv line 4: it has no address"),
        ("none.csv", "none.csv has no column `address`, `email`"),
    ] {
        let refused = outbox(&folder, &format!("suppress add {file}"));
        assert!(refused.code == 2 && refused.stderr.contains(sentence), "{refused:?}");
    }
    assert!(!folder.path().join("outbox.db").exists(), "nothing is half-written");
    assert_eq!(outbox(&folder, "suppress add good.csv").code, 2);
    assert_eq!(outbox(&folder, "suppress add good.csv --region FR --json").json()["suppressed"], 4);
    let listed = outbox(&folder, "suppress list --json").json();
    let listed: Vec<_> = listed.as_array().unwrap().iter().map(|row| row["address"].as_str().unwrap()).collect();
    assert_eq!(listed, ["+33612345678", "a@example.com", "b@example.com", "c@example.com"]);
    let mut remove = command();
    remove.current_dir(folder.path()).env("REACHOUT_REGION", "FR").args([
        "outbox",
        "suppress",
        "remove",
        "06 12 34 56 78",
        "A@example.com",
    ]);
    assert_eq!(run(&mut remove).code, 0);
    let region = outbox(&folder, "status --region France");
    assert!(region.code == 2 && region.stderr.contains("\"France\" is not a region; write the two letters of a country"), "{region:?}");
}

#[test]
fn one_person_in_two_spellings_gets_a_campaign_once() {
    let add = "--via sendpilot --sender sender_abc123 --template hello.txt";
    let folder = folder(&[
        ("one.csv", "linkedin_url\nhttps://www.linkedin.com/in/john-doe\nhttp://linkedin.com/in/John-Doe/\n"),
        ("two.csv", "LinkedIn\nlinkedin.com/in/john-doe?trk=x\n"),
        ("three.csv", "LinkedIn,name\nlinkedin.com/in/john-doe,John\nlinkedin.com/in/JOHN-DOE,Johnny\n"),
        ("name.txt", "Hi {{ name }}"),
    ]);
    let first = outbox(&folder, &format!("add --from one.csv {add} --json")).json();
    assert_eq!((&first["queued"], &first["known"]), (&1.into(), &1.into()));
    let second = outbox(&folder, &format!("add --from two.csv {add} --json")).json();
    assert_eq!((&second["queued"], &second["known"]), (&0.into(), &1.into()));
    assert_eq!(outbox(&folder, "list --json").json()[0]["key"], "hello/https://www.linkedin.com/in/john-doe");
    let other = outbox(&folder, &format!("add --from three.csv {}", add.replace("hello", "name")));
    assert!(other.stderr.contains("three.csv line 3: the recipient is that of line 2, and the message is another"), "{other:?}");
}

#[test]
fn a_single_message_is_held_against_the_outbox_that_is_there() {
    let folder = folder(&[]);
    let with = |more: &[&str]| {
        let mut command = command();
        command.current_dir(folder.path()).args(["send", "--sandbox", "--via", "leonar", "--to", CONTACT, "--channel", "linkedin", "Hi"]);
        run(command.args(more))
    };
    assert_eq!((with(&[]).code, with(&[]).stderr.as_str()), (0, ""), "there is none");
    let listed = CONTACT.to_uppercase();
    assert_eq!(outbox(&folder, &format!("suppress add --address {listed} --reason unsubscribed")).code, 0);
    let refused = with(&[]);
    assert_eq!((refused.code, refused.stdout.as_str()), (2, ""), "{refused:?}");
    assert!(refused.stderr.contains("is on the suppression list: unsubscribed (outbox outbox.db); --ignore-outbox"), "{refused:?}");
    assert_eq!(with(&["--ignore-outbox"]).code, 0);
    assert_eq!(outbox(&folder, &format!("suppress remove {CONTACT}")).code, 0);
    let sent = with(&[]);
    assert!(sent.code == 0 && sent.stderr.contains("held against the suppression list and the rules of outbox.db"), "{sent:?}");
    assert_eq!(outbox(&folder, "pause --via leonar").code, 0);
    assert!(with(&[]).stderr.contains("not sent: the account is paused"));
    assert_eq!(outbox(&folder, "resume").code, 0);
    // All day but for a minute, which is twelve hours away.
    let now = chrono::Utc::now();
    let free = now + chrono::TimeDelta::hours(12);
    let (from, to) = ((free + chrono::TimeDelta::minutes(1)).format("%H:%M"), free.format("%H:%M"));
    assert_eq!(outbox(&folder, &format!("rules --via leonar --quiet {from}-{to} --zone UTC")).code, 0);
    let quiet = with(&[]);
    assert!(quiet.code == 3 && quiet.stderr.contains("not sent: it is in the account's quiet hours"), "{quiet:?}");
    let mut elsewhere = command();
    elsewhere.current_dir(folder.path()).env("REACHOUT_OUTBOX", "missing.db");
    let missing = run(elsewhere.args(["send", "--sandbox", "--via", "leonar", "--to", CONTACT, "--channel", "linkedin", "Hi"]));
    assert!(missing.code == 2 && missing.stderr.contains("there is no outbox missing.db"), "{missing:?}");
}
