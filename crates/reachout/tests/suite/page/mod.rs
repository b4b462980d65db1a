//! `reachout outbox page`: who may use it, and what it does to the outbox.

mod in_browser;

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use reachout_messenger::Vendor;
use reachout_sandbox::{Fault, FaultKind, FaultRule, Sandbox};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::program::{Ran, command, run};

const SEQUENCE: &str = "name: roles
account: hoop-ai/default
steps:
  - { channel: sms, template: hello.txt }
  - { after: 3d, channel: sms, template: again.txt }
";

/// An outbox in a folder, and a sandbox that its messages are sent to.
pub struct Setting {
    folder: TempDir,
    sandbox: Sandbox,
}

impl Setting {
    /// A campaign of three people, of whose first messages one is unknown; a message to Dora that is held, and one that is due next year.
    /// `text` is in the names and the messages.
    pub async fn new(text: &str) -> Self {
        let sandbox = Sandbox::builder().adopt_unknown_ids(true).start().await.unwrap();
        let this = Self { folder: TempDir::new().unwrap(), sandbox };
        let people = |ids: &[&str]| {
            ids.iter().fold("contact_id,first_name,email\n".to_owned(), |mut csv, id| {
                writeln!(csv, "{id},\"{}\",{id}@example.org", text.replace('"', "\"\"")).unwrap();
                csv
            })
        };
        let files = [
            ("roles.yaml", SEQUENCE.to_owned()),
            ("people.csv", people(&["ada1", "berta1", "cora1"])),
            ("dora.csv", people(&["dora1"])),
            ("hello.txt", "Hi {{ first_name }}, {{ contact_id }}".to_owned()),
            ("again.txt", "{{ first_name }}, did you see my message?".to_owned()),
        ];
        for (name, content) in files {
            std::fs::write(this.folder.path().join(name), content).unwrap();
        }
        assert_eq!(this.outbox("campaign add roles.yaml --from people.csv").await.code, 0);
        this.sandbox.add_fault(FaultRule::new(Fault::new(FaultKind::ResetAfter)).operation("send_message").times(1)).unwrap();
        let ran = this.outbox("run --due --no-vendor-check --workers 1").await;
        assert_eq!(ran.code, 4, "{ran:?}");
        let add = "add --from dora.csv --via hoop-ai --channel sms --template hello.txt";
        assert_eq!(this.outbox(&format!("{add} --campaign held --held")).await.code, 0);
        assert_eq!(this.outbox(&format!("{add} --campaign later --not-before 2060-01-01T09:00:00Z")).await.code, 0);
        this
    }

    fn arguments(&self, arguments: &str) -> assert_cmd::Command {
        let mut command = command();
        command.env("HOOP_AI_BASE_URL", self.sandbox.base_url(Vendor::HoopAi)).env("HOOP_AI_TOKEN", Sandbox::api_key(Vendor::HoopAi));
        command.current_dir(self.folder.path()).arg("outbox").args(arguments.split_whitespace()).timeout(Duration::from_mins(1));
        command
    }

    pub async fn outbox(&self, arguments: &str) -> Ran {
        let mut command = self.arguments(arguments);
        tokio::task::spawn_blocking(move || run(&mut command)).await.unwrap()
    }

    /// The ids of the messages in a state.
    pub async fn ids(&self, state: &str) -> Vec<i64> {
        let rows = self.outbox(&format!("list --state {state} --json")).await.json();
        rows.as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect()
    }

    /// Starts a program that has the page, and reads the line in which its link is.
    pub fn page(&self, arguments: &str) -> Page {
        let with = self.arguments(arguments);
        let mut command = Command::new(with.get_program());
        command.env_clear().envs(with.get_envs().filter_map(|(name, value)| Some((name, value?)))).args(with.get_args());
        command.current_dir(self.folder.path()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut printed = String::new();
        if arguments.starts_with("page") {
            BufReader::new(child.stdout.take().unwrap()).read_line(&mut printed).unwrap();
        } else {
            BufReader::new(child.stderr.take().unwrap()).read_line(&mut printed).unwrap();
        }
        let link = printed.split_whitespace().find(|word| word.starts_with("http")).unwrap_or_else(|| panic!("no link in {printed:?}"));
        let (origin, token) = link.split_once("/#token=").unwrap();
        Page { child, link: link.to_owned(), origin: origin.to_owned(), token: token.to_owned() }
    }
}

/// A program that has the page; it ends with this.
pub struct Page {
    child: Child,
    pub link: String,
    origin: String,
    token: String,
}

impl Drop for Page {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Page {
    /// A request with these headers: the status, and the body.
    fn send(&self, line: &str, headers: &[(&str, &str)], body: Option<&Value>) -> (u16, String) {
        let host = self.origin.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        let body = body.map(ToString::to_string).unwrap_or_default();
        let mut request =
            format!("{line} HTTP/1.1\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n", body.len());
        if !headers.iter().any(|(name, _)| *name == "Host") {
            write!(request, "Host: {host}\r\n").unwrap();
        }
        for (name, value) in headers {
            write!(request, "{name}: {value}\r\n").unwrap();
        }
        write!(stream, "{request}\r\n{body}").unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        let (head, body) = response.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }

    fn authorization(&self) -> String {
        format!("Bearer {}", self.token)
    }

    /// What the page itself asks.
    fn get(&self, path: &str) -> Value {
        let (status, body) = self.send(&format!("GET /api{path}"), &[("Authorization", &self.authorization())], None);
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).unwrap_or_else(|error| panic!("{path}: {error}: {body}"))
    }

    /// What the page itself does.
    fn post(&self, path: &str, body: &Value) -> (u16, String) {
        let headers = [("Authorization", &*self.authorization()), ("Origin", &self.origin), ("Sec-Fetch-Site", "same-origin")];
        self.send(&format!("POST /api{path}"), &headers, Some(body))
    }
}

/// Request line, headers, and the status of the response.
type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], u16);

#[tokio::test(flavor = "multi_thread")]
async fn only_the_page_of_the_link_may_look_or_act() {
    let setting = Setting::new("Ada").await;
    let page = setting.page("page");
    let (authorization, wrong) = (page.authorization(), format!("Bearer {}", "0".repeat(64)));
    let held = json!({ "campaign": "held" });
    let own = page.origin.as_str();
    let cases: [Case; 13] = [
        ("GET /", &[], 200),
        ("GET /ui/app.js", &[], 200),
        ("GET /", &[("Host", "evil.example")], 421),
        ("GET /api/messages", &[], 401),
        ("GET /api/messages", &[("Authorization", &wrong)], 401),
        ("GET /api/messages", &[("Authorization", &page.token)], 401),
        ("GET /api/nothing", &[], 401),
        ("GET /api/messages", &[("Authorization", &authorization), ("Host", "evil.example")], 421),
        ("GET /api/messages", &[("Authorization", &authorization), ("Sec-Fetch-Site", "cross-site")], 403),
        ("POST /api/approve", &[("Origin", own)], 401),
        ("POST /api/approve", &[("Authorization", &authorization)], 403),
        ("POST /api/approve", &[("Authorization", &authorization), ("Origin", "http://127.0.0.1:1")], 403),
        ("POST /api/approve", &[("Authorization", &authorization), ("Origin", "null")], 403),
    ];
    for (line, headers, expected) in cases {
        let body = line.starts_with("POST").then_some(&held);
        let (status, text) = page.send(line, headers, body);
        assert_eq!(status, expected, "{line} {headers:?}: {text}");
        assert!(!text.contains(&page.token), "{line} shows the token");
    }
    assert_eq!(setting.ids("held").await.len(), 1, "nobody else approved it");
    assert_eq!(page.get("/messages?state=held").as_array().unwrap().len(), 1);
    let unasked = run(setting.arguments("page").env("REACHOUT_CONSENT", "ask"));
    assert!(unasked.code == 2 && unasked.stderr.contains("consent is needed to open a page"), "{unasked:?}");
    let elsewhere = setting.outbox("page --listen 0.0.0.0:0").await;
    assert!(elsewhere.code == 2 && elsewhere.stderr.contains("listens on this machine alone"), "{elsewhere:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_on_the_page_is_done_to_the_outbox() {
    let setting = Setting::new("Ada").await;
    let page = setting.page("page");
    let changes = |page: &Page, after: &str| page.get(&format!("/changes?after={after}"))["after"].as_str().unwrap().to_owned();
    let before = changes(&page, "");

    let [held] = setting.ids("held").await[..] else { panic!("one is held") };
    assert_eq!(page.post("/approve", &json!({ "message": held })).0, 200);
    assert_ne!(changes(&page, &before), before, "a page hears of it");
    assert_eq!(page.post("/approve", &json!({ "message": held })).0, 409, "once");
    assert!(setting.ids("held").await.is_empty() && setting.ids("queued").await.contains(&held));

    let [unknown] = setting.ids("unknown").await[..] else { panic!("one is unknown") };
    let looked: Value = serde_json::from_str(&page.post(&format!("/messages/{unknown}/look"), &json!({})).1).unwrap();
    assert_eq!(looked["found"], "too-early", "{looked}");
    let resolve = |attempt: u32| {
        page.post(&format!("/messages/{unknown}/resolve"), &json!({ "attempt": attempt, "sent": true, "message_id": "msg-1" }))
    };
    let (status, sentence) = resolve(7);
    assert_eq!(status, 409, "another attempt than the one that was looked at: {sentence}");
    assert_eq!(setting.ids("unknown").await, [unknown]);
    assert_eq!(resolve(1).0, 200);
    let settled = page.get(&format!("/messages/{unknown}"));
    assert_eq!((&settled["state"], &settled["vendor_ids"]), (&json!("accepted"), &json!(["msg-1"])), "{settled}");

    assert_eq!(page.post("/pause", &json!({ "campaign": "roles" })).0, 200);
    assert_eq!(setting.outbox("campaign show roles --json").await.json()["paused"], true);
    assert_eq!(page.post("/resume", &json!({ "campaign": "roles" })).0, 200);
    assert_eq!(setting.outbox("campaign show roles --json").await.json()["paused"], false);
    assert_eq!(page.post("/pause", &json!({ "account": "hoop-ai/default" })).0, 200);
    assert_eq!(page.get("/accounts")["accounts"][0]["paused"], true);
    assert_eq!(page.post("/pause", &json!({ "messages": { "person": "dora1@example.org" } })).0, 200);
    assert_eq!(page.get("/person?person=DORA1@example.org")["paused"], true);
    assert_eq!(page.get("/accounts")["pauses"], json!([{ "person": "dora1@example.org" }]));
    assert_eq!(page.post("/pause", &json!({ "messages": {} })).0, 400, "no messages are not all of them");
    assert_eq!(page.post("/resume", &json!("everything")).0, 200);
    let accounts = page.get("/accounts");
    assert_eq!((&accounts["accounts"][0]["paused"], &accounts["pauses"]), (&json!(false), &json!([])), "{accounts}");
    for (path, body) in
        [("/approve", json!({ "campaign": "none" })), ("/pause", json!({ "campaign": "none" })), ("/pause", json!({ "frist": 1 }))]
    {
        let (status, sentence) = page.post(path, &body);
        assert!((400..500).contains(&status), "{path} {body}: {status} {sentence}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn campaigns_waits_and_a_person_are_shown_with_their_reasons() {
    let setting = Setting::new("Ada").await;
    let page = setting.page("page");
    let campaign = &page.get("/campaigns")[0];
    let stages =
        |label: &str| campaign["funnel"].as_array().unwrap().iter().find(|stage| stage["label"] == label).unwrap()["count"].clone();
    let counts: Vec<_> = ["people", "sent step 1", "queued", "unknown", "replied", "stopped"].map(stages).into();
    assert_eq!(json!(counts), json!([3, 2, 2, 1, 0, 0]), "{campaign}");
    let queued = page.get("/messages?state=queued");
    let later = queued.as_array().unwrap().iter().find(|row| row["key"] == "later/dora1").unwrap();
    assert!(later["code"] == "not-due" && later["reason"].as_str().unwrap().contains("2060-01-01"), "{later}");
    let waiting = page.get("/waiting");
    assert_eq!((&waiting["counts"]["queued"], &waiting["counts"]["held"]), (&json!(3), &json!(1)), "{waiting}");
    let person = page.get("/person?person=cora1@example.org");
    let happened: Vec<_> = person["happened"].as_array().unwrap().iter().map(|one| one["what"].as_str().unwrap()).collect();
    assert_eq!((happened.first(), happened.contains(&"accepted")), (Some(&"added"), true), "{person}");
    assert_eq!(page.get("/accounts")["accounts"][0]["accepted_last_hour"], 2);

    // A reply is part of the story, and ends what follows.
    let accepted = page.get("/messages?state=accepted&person=cora1@example.org")[0]["id"].as_i64().unwrap();
    let path = setting.folder.path().join("outbox.db");
    let outbox = reachout_outbox::Outbox::open(format!("sqlite:{}", path.display())).await.unwrap();
    outbox.stop_follow_ups(accepted, "replied").await.unwrap();
    outbox.close().await;
    let person = page.get("/person?person=cora1");
    assert!(person["happened"].as_array().unwrap().iter().any(|one| one["what"] == "stopped" && one["reason"] == "replied"), "{person}");

    // The report has the same pictures, in one file that loads nothing.
    let report = setting.outbox("report --html -").await.stdout;
    for part in ["<h2>roles</h2>", "sent step 1", "<b>3</b>", "class=\"accepted\""] {
        assert!(report.contains(part), "{part}: {report}");
    }
    assert!(!report.contains("src=") && !report.contains("http://") && !report.contains("<script"), "{report}");
    assert!(!setting.outbox("report --html - --person cora1").await.stdout.contains("<h2>roles</h2>"), "a part of a campaign is no funnel");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_can_have_the_page_too() {
    let setting = Setting::new("Ada").await;
    let page = setting.page("run --follow --no-vendor-check --page");
    assert_eq!(page.get("/campaigns")[0]["name"], "roles");
}
