//! `reachout mcp`, with clients that others wrote where they are installed; consent; `reachout operations`.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use reachout_test_support::{installed_or_left_out, left_out};
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    CONTACT,
    program::{command, reachout, run, with_credentials},
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_reachout");
const CLIENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients");

/// A server over HTTP, its address and its token.
struct Listening {
    server: Child,
    url: String,
    token: &'static str,
    _folder: TempDir,
}

impl Listening {
    fn start() -> Self {
        let (folder, token) = (TempDir::new().unwrap(), "a-token-of-this-test-alone");
        let mut command = Command::new(PROGRAM);
        command
            .env_clear()
            .env("HOME", folder.path())
            .env("REACHOUT_KEYRING", "off")
            .env("REACHOUT_MCP_TOKEN", token)
            .current_dir(folder.path());
        command.args(["mcp", "--sandbox", "--vendor", "leonar", "--allow-send", "--listen", "127.0.0.1:0"]);
        let mut server = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(server.stderr.take().unwrap()).lines();
        let url =
            lines.map_while(Result::ok).find_map(|line| line.strip_prefix("serving ").map(str::to_owned)).expect("it says where it serves");
        Self { server, url, token, _folder: folder }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        drop(self.server.kill());
        drop(self.server.wait());
    }
}

/// Runs a client's script over both transports.
fn drive(interpreter: &str, script: &str) {
    let path = format!("{CLIENTS}/{script}");
    let folder = TempDir::new().unwrap();
    let listening = Listening::start();
    let cases = [["stdio", PROGRAM, folder.path().to_str().unwrap()], ["http", &listening.url, listening.token]];
    for case in cases {
        let ended = Command::new(interpreter).arg(&path).args(case).env_remove("REACHOUT_OUTBOX").output().unwrap();
        let text = String::from_utf8_lossy(&ended.stdout);
        assert!(ended.status.success(), "{case:?}: {text}{}", String::from_utf8_lossy(&ended.stderr));
        assert!(text.contains("a misspelled argument is an error"), "{text}");
    }
}

#[test]
fn the_official_python_client_sends_once_over_stdio_and_http() {
    // A virtual environment's interpreter, where the package is in one.
    let python = std::env::var("REACHOUT_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has = Command::new(&python).args(["-c", "import mcp, mcp_types, httpx2"]).output().is_ok_and(|output| output.status.success());
    if !has {
        return left_out("the Python package mcp is not installed");
    }
    drive(&python, "client.py");
}

#[test]
fn the_official_typescript_client_sends_once_over_stdio_and_http() {
    let Some(node) = node_with("@modelcontextprotocol/sdk/client/index.js") else { return };
    drive(node.to_str().unwrap(), "client.mjs");
}

/// Whether a package of Node is installed, beside the interpreter.
fn node_with(file: &str) -> Option<std::path::PathBuf> {
    let [node] = installed_or_left_out(["node"])?;
    let has = format!("require('module').createRequire(`${{process.env.NODE_PATH ?? '.'}}/`).resolve('{file}')");
    if Command::new(&node).args(["-e", &has]).output().is_ok_and(|output| output.status.success()) {
        return Some(node);
    }
    left_out(&format!("the Node package of {file} is not installed"));
    None
}

#[test]
fn the_conformance_suite_of_the_protocol_passes() {
    let Some(node) = node_with("@modelcontextprotocol/conformance/package.json") else { return };
    let listening = Listening::start();
    let arguments = [&format!("{CLIENTS}/conformance.mjs"), &listening.url, listening.token];
    let ended = Command::new(node).args(arguments).output().unwrap();
    let text = String::from_utf8_lossy(&ended.stdout);
    assert!(ended.status.success(), "{text}{}", String::from_utf8_lossy(&ended.stderr));
    assert_eq!(text.matches(": passed").count(), 6, "{text}");
}

#[test]
fn the_inspector_lists_and_calls_tools_over_stdio_and_http() {
    let Some(node) = node_with("@modelcontextprotocol/inspector/package.json") else { return };
    let folder = TempDir::new().unwrap();
    let listening = Listening::start();
    let (db, header) = (folder.path().join("inspector.db"), format!("Authorization: Bearer {}", listening.token));
    let stdio = [PROGRAM, "mcp", "--sandbox", "--vendor", "leonar", "--db", db.to_str().unwrap()];
    for server in [&stdio[..], &[&listening.url, "--header", &header]] {
        let inspect = |arguments: &[&str]| {
            let script = format!("{CLIENTS}/inspector.mjs");
            let mut command = Command::new(&node);
            command.arg(script).args(server).args(arguments).env("HOME", folder.path()).env("REACHOUT_KEYRING", "off");
            let ended = command.output().unwrap();
            let text = String::from_utf8_lossy(&ended.stdout).into_owned();
            assert!(ended.status.success(), "{server:?}: {text}{}", String::from_utf8_lossy(&ended.stderr));
            serde_json::from_str::<Value>(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
        };
        // With --strict, a schema that some client cannot read ends it with an error.
        let tools = inspect(&["--method", "tools/list", "--strict"]);
        assert!(tools["tools"].as_array().unwrap().iter().any(|tool| tool["name"] == "prepare_message"), "{tools}");
        let found = inspect(&["--method", "tools/call", "--tool-name", "find_people", "--tool-arg", "query=Sophie"]);
        assert_eq!(found["structuredContent"]["environment"], "sandbox", "{found}");
    }
}

#[test]
fn a_session_over_standard_input_ends_with_it() {
    let folder = TempDir::new().unwrap();
    let session = [
        r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"script","version":"1"}}}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
        r#"{"jsonrpc":"2.0","id":2,"method":"tools/list"}"#,
        r#"{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"find_people","arguments":{"query":"Sophie"}}}"#,
        "",
    ];
    let mut server = Command::new(PROGRAM);
    server.env_clear().env("HOME", folder.path()).env("REACHOUT_KEYRING", "off").current_dir(folder.path());
    let mut server = server.args(["mcp", "--sandbox", "--vendor", "leonar"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = server.stdin.take().unwrap();
    std::io::Write::write_all(&mut input, session.join("\n").as_bytes()).unwrap();
    let mut answers = BufReader::new(server.stdout.take().unwrap()).lines();
    let answers: Vec<Value> = answers.by_ref().take(3).map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect();
    drop(input);
    assert!(server.wait().unwrap().success());
    let of = |id: u64| answers.iter().find(|answer| answer["id"] == id).unwrap();
    let tools: Vec<_> = of(2)["result"]["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert!(tools.contains(&"prepare_message") && !tools.contains(&"send_message"), "{tools:?}");
    assert_eq!(of(3)["result"]["structuredContent"]["environment"], "sandbox");
    let audit = run(command().current_dir(folder.path()).args(["outbox", "--db", "outbox.sandbox.db", "audit", "--json"])).json();
    assert_eq!(
        (audit[0]["tool"].as_str(), audit[0]["client"].as_str(), audit[0]["result"].as_str()),
        (Some("find_people"), Some("script 1"), Some("done"))
    );
}

#[test]
fn what_a_server_cannot_do_is_said_before_it_serves() {
    let cases: [(&[&str], &str); 5] = [
        (&[], "error: there is no credential of any vendor; run `reachout auth login VENDOR`, or try --sandbox"),
        (
            &["--vendor", "leonar"],
            "error: --vendor leonar: there is no credential; run `reachout auth login leonar`, or set LEONAR_API_KEY",
        ),
        (&["--sandbox", "--tools", "find_peple"], "error: --tools: there is no tool `find_peple`; did you mean `find_people`?"),
        (&["--sandbox", "--allow-recipient", " "], "error: --allow-recipient   is empty"),
        (
            &["--sandbox", "--listen", "0.0.0.0:0"],
            "error: --listen: 0.0.0.0:0 can be reached from elsewhere; name an address of this machine alone, such as 127.0.0.1:8765",
        ),
    ];
    let folder = TempDir::new().unwrap();
    for (arguments, expected) in cases {
        let ran = run(command().current_dir(folder.path()).arg("mcp").args(arguments));
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.stderr.starts_with(&expected[..expected.len().min(40)]), "{arguments:?}: {}", ran.stderr);
    }
}

/// With credentials and base URLs where nobody listens: what is let through ends with 3.
#[test]
fn consent_is_needed_for_all_that_may_reach_a_person_where_it_is_asked_for() {
    let home = TempDir::new().unwrap();
    std::fs::create_dir_all(home.path().join(".config/reachout")).unwrap();
    std::fs::write(home.path().join(".config/reachout/config.toml"), "[profiles.assistant]\nconsent = \"ask\"\n").unwrap();
    let send = ["send", "--via", "leonar", "--to", CONTACT, "--channel", "linkedin", "Hi"];
    let operation = [
        "leonar",
        "messages",
        "send",
        "--json-body",
        r#"{"contact_id":"a1b2c3d4-5678-90ab-cdef-1234567890ab","channel":"linkedin","content":"Hi"}"#,
    ];
    let raw = ["api", "leonar", "POST", "/messages", "-f", "a=b"];
    let reads = ["leonar", "contacts", "list"];
    for arguments in [&send[..], &operation, &raw] {
        let refused = run(with_credentials().env("REACHOUT_CONSENT", "ask").args(arguments));
        assert!(refused.refused().starts_with("error: consent is needed to ") && refused.stderr.contains("--yes"), "{refused:?}");
        assert_eq!(run(with_credentials().env("REACHOUT_CONSENT", "ask").args(arguments).arg("--yes")).code, 3, "{arguments:?}");
        assert_eq!(run(with_credentials().args(arguments)).code, 3, "nothing is asked by default");
        let shown = run(with_credentials().env("REACHOUT_CONSENT", "ask").args(arguments).arg("--dry-run"));
        assert_eq!(shown.code, 0, "{shown:?}");
    }
    let by_profile = run(with_credentials().env("HOME", home.path()).env("REACHOUT_PROFILE", "assistant").args(send));
    assert!(by_profile.refused().contains("consent is needed"), "{by_profile:?}");
    assert_eq!(run(with_credentials().env("REACHOUT_CONSENT", "ask").args(reads)).code, 3, "reading needs none");
    let wrong = run(with_credentials().env("REACHOUT_CONSENT", "never").args(send));
    assert_eq!(wrong.refused(), "error: REACHOUT_CONSENT is `never`, and `ask` is expected");
}

/// Commands of the outbox that let workers send, or take back what somebody said: without consent, none of them comes to the database.
#[test]
fn consent_is_needed_for_all_that_lets_the_outbox_send() {
    let folder = TempDir::new().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (people, text) = (file("people.csv", &format!("contact_id\n{CONTACT}\n")), file("hello.md", "Hi"));
    let campaign = file("spring.yaml", "name: spring\nvia: leonar\nsteps:\n  - { channel: linkedin, template: hello.md }\n");
    let add = ["add", "--from", &people, "--via", "leonar", "--channel", "linkedin", "--template", &text];
    let cases: [&[&str]; 11] = [
        &add,
        &["approve", "--all"],
        &["run"],
        &["resume"],
        &["resume", "--follow-ups", "--person", CONTACT],
        &["retry", "--state", "failed"],
        &["resolve", "1", "--resend"],
        &["suppress", "remove", CONTACT],
        &["campaign", "add", &campaign, "--from", &people],
        &["campaign", "resume", "spring"],
        &["campaign", "test", &campaign, "--from", &people, "--recipient", CONTACT],
    ];
    for arguments in cases {
        let refused = run(with_credentials().current_dir(folder.path()).env("REACHOUT_CONSENT", "ask").arg("outbox").args(arguments));
        assert!(refused.refused().starts_with("error: consent is needed to "), "{arguments:?}: {refused:?}");
        // Where there is no outbox, nothing is sent.
        let empty = TempDir::new().unwrap();
        let given =
            run(with_credentials().current_dir(empty.path()).env("REACHOUT_CONSENT", "ask").arg("outbox").args(arguments).arg("--yes"));
        assert!(!given.stderr.contains("consent"), "{arguments:?}: {given:?}");
    }
    for held in [&add[..], &["campaign", "add", &campaign, "--from", &people]] {
        let drafts =
            run(with_credentials().current_dir(folder.path()).env("REACHOUT_CONSENT", "ask").arg("outbox").args(held).arg("--held"));
        assert!(!drafts.stderr.contains("consent"), "drafts wait for a person: {drafts:?}");
    }
}

#[test]
fn operations_are_listed_with_what_each_does() {
    let all = reachout(&["operations", "leonar", "--json"]).json();
    let of = |id: &str| all.as_array().unwrap().iter().find(|operation| operation["operation"] == id).unwrap().clone();
    assert_eq!((of("send_message")["effect"].as_str(), of("list_contacts")["effect"].as_str()), (Some("reaches-a-person"), Some("reads")));
    assert_eq!(of("list_messages")["schema"]["properties"]["parameters"]["required"][0], "id");
    assert!(of("list_contacts")["evidence"].is_string() && of("list_contacts")["guessed"] == false);
    let table = reachout(&["operations", "sendpilot"]);
    assert!(table.code == 0 && table.stdout.contains("reaches-a-person"), "{table:?}");
}
