//! The guide is a book that builds, and its pages show what their programs print.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use mdbook_driver::MDBook;
use reachout_outbox::{Account, Envelope, Message, Outbox, Vendor as Of};
use reachout_sandbox::{Sandbox, Vendor};
use reachout_webhooks::Signer;

#[expect(dead_code, reason = "its `main` is for a terminal")]
#[path = "../src/webhooks.rs"]
mod webhooks;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The first block of plain text on a page.
fn shown(page: &str) -> String {
    let page = fs::read_to_string(root().join("pages").join(page).with_extension("md")).unwrap();
    page.split("```text\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap().to_owned()
}

fn printed(sandbox: &Sandbox, program: &str, folder: &Path, more: &[(&str, &str)]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guide"));
    command.arg(program).current_dir(folder);
    for (prefix, credential, vendor) in [("LEONAR", "LEONAR_API_KEY", Vendor::Leonar), ("HOOP_AI", "HOOP_AI_TOKEN", Vendor::HoopAi)] {
        command.env(format!("{prefix}_BASE_URL"), sandbox.base_url(vendor)).env(credential, Sandbox::api_key(vendor));
    }
    let mut child = command.envs(more.iter().copied()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_mins(2);
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > deadline {
            child.kill().unwrap();
            panic!("{program} does not end");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_show_what_their_programs_print() {
    for program in ["start", "send", "people", "outbox", "campaigns", "telemetry", "errors"] {
        let sandbox = Sandbox::start().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(printed(&sandbox, program, folder.path(), &[]), shown(program), "docs/guide/pages/{program}.md");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_gets_a_code_and_keeps_its_tokens() {
    let sandbox = Sandbox::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    // The sandbox takes any code that its consent page did not give out.
    assert_eq!(printed(&sandbox, "tenants", folder.path(), &[("OAUTH_CODE", "a-code")]), shown("tenants"));
}

#[tokio::test]
async fn a_reply_stops_follow_ups_once() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let outbox = Outbox::open(format!("sqlite:{}/outbox.db", folder.path().display())).await?;
    let message = Message::to("https://www.linkedin.com/in/john-doe").from("sender_abc123").text("Hi John");
    let envelope = Envelope::new(Account::new(Of::SendPilot, Account::DEFAULT), message).sequence("roles-in-paris");
    outbox.enqueue(&envelope, "roles-in-paris/john").await?;

    let router = webhooks::router(&outbox, "secret")?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/webhooks/sendpilot", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, router).await });

    let body = br#"{"eventId":"evt_1","eventType":"reply.received","data":{"leadId":"lead_1","linkedinUrl":"https://www.linkedin.com/in/john-doe"}}"#;
    let signed = Signer::sendpilot("secret")?.sign("evt_1", leonar::Utc::now(), body)?;
    let mut lines = String::new();
    for headers in [signed.clone(), signed, leonar::header::HeaderMap::new()] {
        let response = reqwest::Client::new().post(&url).headers(headers).body(&body[..]).send().await?;
        lines += &format!("{}: {}\n", response.status().as_u16(), response.text().await?);
    }
    assert_eq!(lines, shown("webhooks"));
    Ok(())
}

#[test]
fn the_book_builds_with_all_its_programs() {
    let folder = tempfile::tempdir().unwrap();
    let mut book = MDBook::load(root()).unwrap();
    book.config.build.build_dir = folder.path().join("book");
    book.build().unwrap();
    for page in fs::read_dir(root().join("pages")).unwrap() {
        let page = page.unwrap().path();
        if page.file_stem().is_some_and(|name| name == "SUMMARY") {
            continue;
        }
        let html = fs::read_to_string(folder.path().join("book").join(page.file_name().unwrap()).with_extension("html")).unwrap();
        assert!(!html.contains("{{#"), "{}: an include that was not found", page.display());
    }
}
