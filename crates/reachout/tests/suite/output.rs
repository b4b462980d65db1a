//! The forms of the output, and arguments as people type them.

use reachout_sandbox::{Sandbox, Vendor};
use serde_json::{Value, json};

use crate::{
    CONTACT,
    program::{Ran, command, reachout, run, with_credentials},
};

const LIST: &[&str] = &["leonar", "contacts", "list", "--sandbox"];

fn list(arguments: &[&str]) -> Ran {
    let ran = reachout(&[LIST, arguments].concat());
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{arguments:?}: {ran:?}");
    ran
}

#[test]
fn each_form_prints_the_same_contact() {
    let compact = list(&["--json"]).stdout;
    assert_eq!(compact.lines().count(), 1, "one line where it is not on a terminal: {compact}");
    let page: Value = serde_json::from_str(&compact).unwrap();
    let contact = &page["data"][0];
    assert_eq!(list(&["-o", "json"]).stdout, compact);
    assert_eq!(list(&["--output", "jsonl"]).json(), *contact);
    let csv = list(&["-o", "csv"]).stdout;
    let (header, row) = csv.split_once('\n').unwrap();
    assert!(header.starts_with("id,first_name,last_name,title,") && row.starts_with(&format!("{CONTACT},Sophie,Martin,")), "{csv}");
    assert_eq!(list(&["-o", "csv", "--columns", "last_name,emails.email"]).stdout, "last_name,emails.email\nMartin,sophie@doctolib.com\n");
    let yaml = list(&["-o", "yaml"]).stdout;
    assert!(yaml.starts_with(&format!("data:\n- id: {CONTACT}\n")), "{yaml}");
    assert_eq!(list(&["--jq", ".data[] | .emails[].email, .tags"]).stdout, "sophie@doctolib.com\n[\"frontend\",\"senior\"]\n");
    assert_eq!(list(&["--columns", "first_name,emails"]).stdout, " FIRST_NAME  EMAILS\n Sophie      sophie@doctolib.com\n");
    let all = list(&["--all", "--jq", ".first_name"]).stdout;
    assert_eq!(all, "Sophie\n", "of each item");
    assert!(list(&["--all", "-o", "yaml"]).stdout.starts_with(&format!("- id: {CONTACT}\n")));
    assert_eq!(list(&["--all", "-o", "csv", "--columns", "id"]).stdout, format!("id\n{CONTACT}\n"));
    let receipt = reachout(&[
        "send",
        "--sandbox",
        "--via",
        "hoop-ai",
        "--to",
        "abc123def456",
        "--channel",
        "sms",
        "Hi",
        "-o",
        "csv",
        "--columns",
        "vendor,http_status",
    ]);
    assert_eq!(receipt.stdout.lines().next(), Some("vendor,http_status"), "{receipt:?}");
}

#[test]
fn the_form_comes_from_flag_environment_or_profile() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("reachout");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("config.toml"), "output = \"yaml\"\n[profiles.csv]\noutput = \"csv\"\n").unwrap();
    let with = |environment: &[(&str, &str)], arguments: &[&str]| {
        let mut command = command();
        command.env("XDG_CONFIG_HOME", home.path()).envs(environment.iter().copied()).args(LIST).args(arguments);
        run(&mut command).stdout
    };
    assert!(with(&[], &[]).starts_with("data:\n"));
    assert!(with(&[], &["--profile", "csv"]).starts_with("id,"));
    assert!(with(&[("REACHOUT_PROFILE", "csv")], &[]).starts_with("id,"));
    assert!(with(&[("REACHOUT_OUTPUT", "jsonl"), ("REACHOUT_PROFILE", "csv")], &[]).starts_with("{\"id\""));
    assert!(with(&[("REACHOUT_OUTPUT", "jsonl")], &["-o", "table"]).starts_with(" ID "));
    for (text, problem) in [
        ("outptu = \"yaml\"", "config.toml line 1: unknown field `outptu`"),
        ("\n\noutput = \"xml\"", "config.toml line 3: unknown variant `xml`"),
        ("[profiles.x.vendors.leonard]\nbase_url = \"x\"", "profiles.x.vendors.leonard: no vendor is called so; did you mean `leonar`?"),
    ] {
        std::fs::write(folder.join("config.toml"), text).unwrap();
        let ran = run(command().env("XDG_CONFIG_HOME", home.path()).args(LIST));
        assert!(ran.refused().contains(problem), "{ran:?}");
    }
}

#[test]
fn tables_fit_the_terminal_and_break_no_row() {
    for columns in [60, 80, 120] {
        for arguments in [
            LIST,
            &["sendpilot", "leads", "list", "--campaign-id", "camp_xyz789", "--sandbox"],
            &["leadway", "contacts", "list", "--location-id", "here", "--sandbox"],
            &["auth", "status"],
        ] {
            let ran = run(command().env("COLUMNS", columns.to_string()).args(arguments));
            assert_eq!(ran.code, 0, "{ran:?}");
            let lines: Vec<_> = ran.stdout.lines().collect();
            assert!(lines.iter().all(|line| line.chars().count() <= columns), "{columns} {arguments:?}:\n{}", ran.stdout);
            let rows = if arguments[0] == "auth" { 5 } else { 2 };
            assert!(lines.len() >= rows && lines.iter().all(|line| !line.starts_with("   ")), "{columns} {arguments:?}:\n{}", ran.stdout);
        }
    }
    // The email is what a list of contacts is read for.
    for columns in ["60", "80", "120"] {
        let ran = run(command().env("COLUMNS", columns).args(LIST));
        assert!(ran.stdout.contains("sophie@doctolib"), "{columns}: {ran:?}");
    }
}

#[test]
fn wrong_wishes_are_refused_before_anything_is_sent() {
    let cases: [(&[&str], &str); 7] = [
        (&["--columns", "emial"], "there is no column `emial`"),
        (&["--columns", "emails.emial"], "did you mean `emails.email`?"),
        (&["--json", "--columns", "id"], "--columns is for tables and CSV"),
        (&["--json", "-o", "yaml"], "--json prints JSON"),
        (&["--jq", ".data["], "is not a jq expression"),
        (&["--jq", "nothing"], "there is no filter `nothing`"),
        (&["--profile", "../x"], "cannot name a profile"),
    ];
    for (arguments, problem) in cases {
        // Nobody listens: a call would end with 3.
        let ran = run(with_credentials().args(["leonar", "contacts", "list"]).args(arguments));
        let told = ran.stderr.contains(problem);
        assert!(ran.code == 2 && told, "{arguments:?}: {ran:?}");
    }
    let late = reachout(&[LIST, &["--jq", ".data | error(\"no\")"]].concat());
    assert_eq!(late.code, 5, "the vendor accepted it, and the output failed: {late:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_goes_into_a_body_as_base64() {
    let sandbox = Sandbox::builder().adopt_unknown_ids(true).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cv of Ada.pdf");
    std::fs::write(&path, vec![b'%'; 200 * 1024]).unwrap();
    let upload = async |arguments: &[&str]| {
        let mut command = command();
        command.env("LEONAR_BASE_URL", sandbox.base_url(Vendor::Leonar)).env("LEONAR_API_KEY", Sandbox::api_key(Vendor::Leonar));
        command.args(["leonar", "contacts", "create-file", CONTACT, "--json"]).args(arguments);
        tokio::task::spawn_blocking(move || run(&mut command)).await.unwrap()
    };
    let ran = upload(&["--file", path.to_str().unwrap()]).await;
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    let sent = async |arguments: &[&str]| {
        let shown = upload(&[&["--file", path.to_str().unwrap(), "--dry-run"], arguments].concat()).await;
        shown.json()["body"].clone()
    };
    let body = sent(&[]).await;
    assert_eq!((&body["filename"], &body["content_type"]), (&json!("cv of Ada.pdf"), &json!("application/pdf")), "the path tells them");
    let content = body["file_base64"].as_str().unwrap();
    assert!(content.len() == 273_068 && content.starts_with("JSUl"), "{}", content.len());
    assert_eq!(sent(&["--filename", "cv.pdf"]).await["filename"], "cv.pdf");
    let missing = upload(&["--file", "/no/such.pdf"]).await;
    assert!(missing.code == 2 && missing.stderr.contains("/no/such.pdf cannot be read"), "{missing:?}");
    let unknown = folder.path().join("unknown");
    std::fs::write(&unknown, "x").unwrap();
    let untold = upload(&["--file", unknown.to_str().unwrap()]).await;
    assert!(untold.code == 2 && untold.stderr.contains("content_type"), "{untold:?}");
}

#[test]
fn any_text_may_come_from_a_file_or_from_standard_input() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "From a file\n").unwrap();
    let at = format!("@{}", file.path().display());
    let body = |arguments: &[&str], input: &str| {
        let ran = run(command().args(arguments).args(["--dry-run", "--json"]).write_stdin(input));
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.json()["body"].clone()
    };
    let operation = ["leonar", "contacts", "create-note", CONTACT, "--content"];
    assert_eq!(body(&[&operation[..], &[&at]].concat(), "")["content"], "From a file");
    assert_eq!(body(&[&operation[..], &["-"]].concat(), "From a pipe\n")["content"], "From a pipe");
    assert_eq!(body(&[&operation[..], &["@@ada"]].concat(), "")["content"], "@ada");
    let send = ["send", "--via", "leonar", "--to", CONTACT, "--channel", "email"];
    let message = body(&[&send[..], &["--subject", &at, "-"]].concat(), "Hi");
    assert_eq!((&message["subject"], &message["content"]), (&json!("From a file"), &json!("Hi")));
    let twice = run(command().args(send).args(["--subject", "-", "-"]).write_stdin("Hi"));
    assert!(twice.code == 2 && twice.stderr.contains("standard input can be given once only"), "{twice:?}");
    let missing = run(command().args(send).args(["--subject", "@nobody", "Hi"]));
    assert!(missing.code == 2 && missing.stderr.contains("a text that begins with @ is written with @@"), "{missing:?}");
}

#[test]
fn what_is_mistyped_gets_one_suggestion() {
    let cases: [(&[&str], &str); 6] = [
        (&["leonar", "projects", "get", "x"], "a UUID, such as a1b2c3d4-5678-90ab-cdef-1234567890ab, is expected"),
        (&["leonar", "projcts", "get", "x"], "'projects'"),
        (&["hoop-ai", "oauth", "create-token", "--grant-type", "authorisation_code"], "did you mean `authorization_code`?"),
        (&["leonar", "contacts", "list", "-o", "jsn"], "similar value exists: 'json'"),
        (&["auth", "login", "leonr"], "did you mean `leonar`?"),
        (&["auth", "sttus"], "'status'"),
    ];
    for (arguments, suggestion) in cases {
        let ran = reachout(arguments);
        assert!(ran.code == 2 && ran.stderr.contains(suggestion), "{arguments:?}: {ran:?}");
        let suggestions = ran.stderr.matches("did you mean").count() + ran.stderr.matches("similar").count();
        assert!(suggestions <= 1, "{ran:?}");
    }
}
