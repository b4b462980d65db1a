//! `reachout sandbox`, and the way of `--sandbox` to the one that runs.

use std::io::{BufRead as _, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::program::{command, run};

/// `reachout sandbox` in a process of its own, found by programs of the same home.
struct Serving {
    process: Child,
    lines: Lines<BufReader<ChildStdout>>,
    url: String,
}

impl Serving {
    fn start(home: &Path, arguments: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_reachout"))
            .env_clear()
            .env("HOME", home)
            .args(["sandbox", "--port", "0", "--json"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let rows: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        let base = rows[0]["base_url"].as_str().unwrap();
        let url = base.split('/').take(3).collect::<Vec<_>>().join("/");
        Self { process, lines, url }
    }

    /// Ends it as a service manager does, and waits for the end.
    fn end(&mut self) {
        Command::new("kill").arg(self.process.id().to_string()).status().unwrap();
        let begin = Instant::now();
        while self.process.try_wait().unwrap().is_none() {
            assert!(begin.elapsed() < Duration::from_secs(10), "it does not end");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

const CREATE: [&str; 6] = ["leonar", "contacts", "create", "--first-name", "Ada", "--sandbox"];

#[cfg(unix)]
#[test]
fn state_carries_from_one_command_to_the_next() {
    let home = tempfile::tempdir().unwrap();
    let mut serving = Serving::start(home.path(), &[]);
    let here = |arguments: &[&str]| run(command().env("HOME", home.path()).args(arguments));
    let made = here(&CREATE);
    assert_eq!(made.code, 0, "{made:?}");
    assert_eq!(made.stderr, format!("note: --sandbox calls the running one at {}\n", serving.url));
    let made = here(&[&CREATE[..], &["--json"]].concat()).json();
    let id = made["data"]["id"].as_str().unwrap();
    let sent = here(&["send", "--sandbox", "--via", "leonar", "--to", id, "--channel", "linkedin", "Hi", "--json"]);
    assert_eq!(sent.code, 0, "{sent:?}");
    let line: Value = serde_json::from_str(&serving.lines.next().unwrap().unwrap()).unwrap();
    assert_eq!((&line["vendor"], &line["operation"], &line["status"]), (&"leonar".into(), &"create_contact".into(), &200.into()));
    let unknown = here(&["leonar", "projects", "get", "11111111-2222-3333-4444-555555555555", "--sandbox"]);
    assert_eq!(unknown.code, 1, "{unknown:?}");

    let evaluated = run(assert_cmd::Command::new("sh")
        .env_clear()
        .env("REACHOUT_KEYRING", "off")
        .env("HOME", home.path())
        .args(["-c", "eval \"$($0 sandbox env)\" && echo $LEONAR_API_KEY $HOOP_AI_BASE_URL $SENDPILOT_WEBHOOK_SECRET $HIGHLEVEL_WEBHOOK_KEY && $0 leonar contacts list --json"])
        .arg(env!("CARGO_BIN_EXE_reachout")));
    let (variables, listed) = evaluated.stdout.split_once('\n').unwrap();
    let (secret, key) = (reachout_sandbox::WEBHOOK_SECRET, reachout_sandbox::HIGHLEVEL_WEBHOOK_KEY);
    assert_eq!(variables, format!("leo_sandbox {}/hoop-ai {secret} {key}", serving.url));
    assert_eq!(serde_json::from_str::<Value>(listed).unwrap()["data"][0]["id"], id, "{evaluated:?}");

    serving.end();
    let alone = here(&CREATE);
    assert_eq!((alone.code, alone.stderr.as_str()), (0, ""), "it is not looked for any more: {alone:?}");
    let nowhere = here(&["sandbox", "env"]);
    assert_eq!((nowhere.code, nowhere.refused().contains("start one with `reachout sandbox`")), (2, true), "{nowhere:?}");
}

#[cfg(unix)]
#[test]
fn a_second_sandbox_does_not_hide_the_first() {
    let home = tempfile::tempdir().unwrap();
    let first = Serving::start(home.path(), &["--quiet"]);
    let mut second = Serving::start(home.path(), &["--quiet"]);
    let here = || run(command().env("HOME", home.path()).args(CREATE));
    let made = here();
    let expected = format!("note: --sandbox calls the running one at {}; 1 more run: REACHOUT_SANDBOX_URL chooses\n", second.url);
    assert_eq!((made.code, made.stderr), (0, expected), "the one that started last");
    second.end();
    assert_eq!(here().stderr, format!("note: --sandbox calls the running one at {}\n", first.url));
    // One that is killed leaves its file, which nobody follows.
    let third = Serving::start(home.path(), &["--quiet"]);
    let announced = || std::fs::read_dir(home.path().join(".local/state/reachout/sandboxes")).unwrap().count();
    assert_eq!(announced(), 2);
    drop(third);
    assert_eq!(here().stderr, format!("note: --sandbox calls the running one at {}\n", first.url));
    assert_eq!(announced(), 1, "and it is removed");
}

#[test]
fn an_id_that_the_server_would_refuse_is_refused_in_this_process_too() {
    for arguments in [
        &["leonar", "projects", "get", "11111111-2222-3333-4444-555555555555", "--sandbox"][..],
        &["send", "--sandbox", "--via", "hoop-ai", "--to", "nobody", "--channel", "sms", "Hi"],
    ] {
        let unknown = run(command().args(arguments));
        assert_eq!((unknown.code, unknown.stderr.contains("not found")), (1, true), "{unknown:?}");
    }
}

#[test]
fn a_sandbox_that_is_named_must_respond() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let free = listener.local_addr().unwrap();
    drop(listener);
    let gone = run(command().env("REACHOUT_SANDBOX_URL", format!("http://{free}")).args(CREATE));
    assert_eq!(gone.code, 2, "{gone:?}");
    assert!(gone.stderr.contains(&format!("no sandbox responds at http://{free}")), "{gone:?}");
}

#[cfg(unix)]
#[test]
fn a_seed_is_started_from_and_a_state_is_kept() {
    let home = tempfile::tempdir().unwrap();
    let file = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(file("seed.json"), r#"{"leonar": {"contacts": [{"first_name": "Grace"}]}}"#).unwrap();
    let (seed, state) = (file("seed.json"), file("state.json"));
    let listed = |serving: &Serving| {
        let list = ["leonar", "contacts", "list", "--sandbox", "--json"];
        let list = run(command().env("REACHOUT_SANDBOX_URL", &serving.url).args(list)).json();
        let names = list["data"].as_array().unwrap().iter().map(|contact| contact["first_name"].as_str().unwrap().to_owned());
        names.take(2).collect::<Vec<_>>()
    };
    let mut first = Serving::start(home.path(), &["--seed", &seed, "--state", &state, "--quiet"]);
    run(command().env("HOME", home.path()).args(CREATE));
    assert_eq!(listed(&first), ["Ada", "Grace"]);
    first.end();
    assert_eq!(first.lines.by_ref().count(), 0, "--quiet prints no lines");
    let second = Serving::start(home.path(), &["--state", &state]);
    assert_eq!(listed(&second), ["Ada", "Grace"]);

    std::fs::write(&seed, r#"{"leonar": {"contacts": [{"frist_name": "Grace"}]}}"#).unwrap();
    let wrong = run(command().args(["sandbox", "--port", "0", "--seed", &seed]));
    assert_eq!(wrong.code, 2, "{wrong:?}");
    let expected = "seed.json: leonar.contacts[0].frist_name: \"frist_name\" is not a field of this kind; the nearest is \"first_name\"";
    assert!(wrong.stderr.contains(expected), "{wrong:?}");
    let many: Vec<Value> = (0..40).map(|_| serde_json::json!({ "first_name": "Ada" })).collect();
    std::fs::write(&seed, serde_json::json!({ "leonar": { "contacts": many } }).to_string()).unwrap();
    let wrong = run(command().args(["sandbox", "--port", "0", "--seed", &seed, "--capacity", "30"]));
    assert_eq!((wrong.code, wrong.stderr.contains(" objects, and 30 of a kind are kept; raise the capacity")), (2, true), "{wrong:?}");
    let wrong = run(command().args(["sandbox", "--port", "0", "--cors", "localhost:3000"]));
    assert_eq!((wrong.code, wrong.stderr.contains("is not the origin of a page")), (2, true), "{wrong:?}");
}
