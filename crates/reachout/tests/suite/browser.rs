//! `reachout auth login --oauth`.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, Stdio},
};

use reachout_sandbox::{Sandbox, Settings, Vendor};
use serde_json::Value;
use tempfile::TempDir;

use crate::auth::at;
use crate::program::run;

/// Begins a login through the browser, and reads where the browser is to go.
fn begin(home: &TempDir, base_url: &str, arguments: &[&str]) -> (Child, BufReader<std::process::ChildStderr>, url::Url) {
    let with = at(home.path());
    let mut command = std::process::Command::new(with.get_program());
    command.env_clear().envs(with.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.env("HOOP_AI_BASE_URL", base_url).args(["auth", "login", "hoop-ai", "--oauth", "--client-id", "app-1"]);
    command.args([
        "--scope",
        "contacts.readonly",
        "--scope",
        "conversations/message.write",
        "--redirect-uri",
        "http://127.0.0.1:0/callback",
    ]);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"s3cr3t-of-app\n").unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut told = String::new();
    while !told.contains("http") {
        told.clear();
        assert_ne!(stderr.read_line(&mut told).unwrap(), 0, "it ended: {:?}", child.wait_with_output());
    }
    (child, stderr, told.trim().parse().unwrap())
}

/// A browser that is sent somewhere: the status of the response.
fn visit(url: &str) -> u16 {
    let url: url::Url = url.parse().unwrap();
    let mut stream = std::net::TcpStream::connect((url.host_str().unwrap(), url.port().unwrap())).unwrap();
    write!(stream, "GET {}?{} HTTP/1.1\r\nHost: x\r\n\r\n", url.path(), url.query().unwrap_or_default()).unwrap();
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).unwrap();
    line.split(' ').nth(1).unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_browser_brings_tokens_that_stay_fresh() {
    let home = tempfile::tempdir().unwrap();
    let mut settings = Settings::default();
    settings.token_seconds = 1;
    let sandbox = Sandbox::builder().settings(settings).start().await.unwrap();
    let base_url = sandbox.base_url(Vendor::HoopAi);
    let (child, _stderr, page) = begin(&home, &base_url, &["--no-browser", "--json"]);
    let asked = |name: &str| page.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default();
    assert_eq!((page.host_str(), page.path()), (Some("127.0.0.1"), "/hoop-ai/v2/oauth/chooselocation"));
    assert_eq!(
        (asked("client_id"), asked("scope"), asked("response_type")),
        ("app-1".into(), "contacts.readonly conversations/message.write".into(), "code".into())
    );
    let back = asked("redirect_uri");
    // Whoever does not know the state is sent away, and the login waits on.
    assert_eq!(visit(&format!("{back}?code=stolen&state=guessed")), 400);
    assert_eq!(visit(&back.replace("/callback", "/favicon.ico?x=1")), 400);
    assert_eq!(visit(&format!("{back}?code=c0de&state={}", asked("state"))), 200);
    let output = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap()).await.unwrap();
    assert!(output.status.success(), "{output:?}");
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&told["vendor"], &told["user_type"]), (&"hoop-ai".into(), &"Location".into()));
    assert!(!String::from_utf8_lossy(&output.stdout).contains("s3cr3t") && told.get("access_token").is_none());
    // The access token has ended by now, and the calls that follow renew it, each in a process of its own.
    let call = async |arguments: &'static [&'static str]| {
        let mut command = at(home.path());
        command.env("HOOP_AI_BASE_URL", &base_url).args(arguments);
        tokio::task::spawn_blocking(move || run(&mut command)).await.unwrap()
    };
    let mut tokens = Vec::new();
    for _ in 0..2 {
        tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
        let token = call(&["auth", "token", "hoop-ai"]).await;
        assert_eq!((token.code, token.stderr.as_str()), (0, ""), "{token:?}");
        tokens.push(token.stdout);
    }
    assert_ne!(tokens[0], tokens[1]);
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    let listed = call(&["hoop-ai", "contacts", "list", "--location-id", "here"]).await;
    assert_eq!((listed.code, listed.stderr.as_str()), (0, ""), "{listed:?}");
    let status = call(&["auth", "status", "--json"]).await.json();
    let hoop = status.as_array().unwrap().iter().find(|row| row["vendor"] == "hoop-ai").unwrap();
    assert!(hoop["expires_at"].is_string() && hoop["source"].as_str().unwrap().starts_with("file "), "{status}");
    assert_eq!(call(&["auth", "logout", "hoop-ai"]).await.code, 0);
    let left: Vec<_> =
        std::fs::read_dir(home.path().join("data/reachout/credentials/tokens")).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| name.to_string_lossy().ends_with(".lock")), "{left:?}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_browser_is_opened() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::start().await.unwrap();
    let (browser, visited) = (home.path().join("browser"), home.path().join("visited"));
    std::fs::write(&browser, format!("#!/bin/sh\necho \"$1\" > {}\n", visited.display())).unwrap();
    std::fs::set_permissions(&browser, std::fs::Permissions::from_mode(0o700)).unwrap();
    let mut command = at(home.path());
    // What cannot be opened ends at the address that is printed; that the page was opened is told by the browser.
    command.env("BROWSER", &browser).env("PATH", "/usr/bin:/bin").env("HOOP_AI_BASE_URL", sandbox.base_url(Vendor::HoopAi));
    command.args([
        "auth",
        "login",
        "hoop-ai",
        "--oauth",
        "--client-id",
        "a",
        "--scope",
        "contacts.readonly",
        "--redirect-uri",
        "http://127.0.0.1:0/cb",
    ]);
    command.write_stdin("secret\n").timeout(std::time::Duration::from_secs(5));
    let _ended_by_the_timeout = tokio::task::spawn_blocking(move || command.output()).await.unwrap();
    let page = std::fs::read_to_string(visited).unwrap();
    assert!(page.starts_with(&format!("{}/v2/oauth/chooselocation?", sandbox.base_url(Vendor::HoopAi))), "{page}");
}

#[test]
fn a_login_through_the_browser_says_what_it_needs() {
    let home = tempfile::tempdir().unwrap();
    let cases: [(&[&str], &str); 6] = [
        (
            &["leonar", "--oauth", "--client-id", "a", "--scope", "s"],
            "Leonar has no login through the browser; HighLevel, Hoop AI and Leadway CRM have one",
        ),
        (&["hoop-ai", "--oauth", "--scope", "s"], "--client-id, HOOP_AI_CLIENT_ID or client_id in the profile is needed"),
        (&["hoop-ai", "--oauth", "--client-id", "a"], "--scope or scopes in the profile are needed"),
        (
            &["hoop-ai", "--oauth", "--client-id", "a", "--scope", "s", "--redirect-uri", "https://example.com/cb"],
            "is not one on this machine",
        ),
        (
            &["hoop-ai", "--oauth", "--client-id", "a", "--scope", "s", "--redirect-uri", "http://10.0.0.1:4011/cb"],
            "is not one on this machine",
        ),
        (
            &[
                "hoop-ai",
                "--oauth",
                "--client-id",
                "a",
                "--scope",
                "s",
                "--authorize-url",
                "http://example.com/",
                "--redirect-uri",
                "http://127.0.0.1:0/",
            ],
            "https://",
        ),
    ];
    for (arguments, problem) in cases {
        let ran = run(at(home.path()).args(["auth", "login"]).args(arguments).write_stdin("secret\n"));
        assert!(ran.refused().contains(problem), "{arguments:?}: {ran:?}");
    }
}

/// A form that somebody fills in on the sandbox's consent page: where it leads.
fn decide(page: &url::Url, decision: &str) -> String {
    let exchange = |request: String| {
        let mut stream = std::net::TcpStream::connect((page.host_str().unwrap(), page.port().unwrap())).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut response = String::new();
        std::io::Read::read_to_string(&mut stream, &mut response).unwrap();
        response
    };
    let host = format!("Host: {}:{}\r\nConnection: close\r\n", page.host_str().unwrap(), page.port().unwrap());
    let query = page.query().unwrap();
    let shown = exchange(format!("GET {}?{query} HTTP/1.1\r\n{host}\r\n", page.path()));
    assert!(shown.starts_with("HTTP/1.1 200") && shown.contains("contacts.readonly"), "{shown}");
    let (_, account) = shown.split_once("value=\"location:").unwrap();
    let account = account.split('"').next().unwrap();
    let form = format!("{query}&account=location%3A{account}&decision={decision}");
    let head =
        format!("POST {} HTTP/1.1\r\n{host}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}", page.path(), form.len());
    let sent = exchange(format!("{head}\r\n\r\n{form}"));
    assert!(sent.starts_with("HTTP/1.1 303"), "{sent}");
    let location = sent.lines().find_map(|line| line.strip_prefix("location: ").or_else(|| line.strip_prefix("Location: ")));
    location.unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_consent_page_of_the_sandbox_is_a_way_to_log_in() {
    let home = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::start().await.unwrap();
    let consent = format!("{}/hoop-ai/v2/oauth/chooselocation", sandbox.url());
    for (decision, code, told) in [("refuse", 2, "the login was refused: access_denied"), ("allow", 0, "")] {
        let (child, mut stderr, page) = begin(&home, &sandbox.base_url(Vendor::HoopAi), &["--no-browser", "--json"]);
        assert_eq!(page.as_str().split('?').next(), Some(consent.as_str()), "the page follows the base URL that is set");
        let back = tokio::task::spawn_blocking(move || decide(&page, decision)).await.unwrap();
        assert_eq!(visit(&back), 200);
        let output = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap()).await.unwrap();
        let mut rest = String::new();
        std::io::Read::read_to_string(&mut stderr, &mut rest).unwrap();
        assert!(output.status.code() == Some(code) && rest.contains(told), "{output:?} {rest}");
        if code == 0 {
            let login: Value = serde_json::from_slice(&output.stdout).unwrap();
            assert_eq!(login["user_type"], "Location");
            assert!(login["location_id"].is_string(), "{login}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_through_the_browser_is_checked() {
    let home = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::start().await.unwrap();
    let output = log_in(&home, &sandbox, &["--check"]).await;
    let login: Value = serde_json::from_slice(&output.stdout).unwrap();
    let check = login["check"].as_str().unwrap();
    assert!(output.status.success() && check.starts_with("accepted (HTTP "), "{output:?}");
    let read =
        sandbox.requests().into_iter().filter(|request| request.method == "GET" && request.status.is_some_and(|status| status != 401));
    assert_eq!(read.count(), 1, "by one operation that only reads, with the token that the login brought");
}

/// What a renewal whose token nobody can read has done is not undone by a full disk.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_was_renewed_and_cannot_be_printed_ends_with_5() {
    let home = tempfile::tempdir().unwrap();
    let mut settings = Settings::default();
    settings.token_seconds = 1;
    let sandbox = Sandbox::builder().settings(settings).start().await.unwrap();
    assert!(log_in(&home, &sandbox, &[]).await.status.success());
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    let print = async |variables: &[(&str, &str)]| {
        let with = at(home.path());
        let mut command = std::process::Command::new(with.get_program());
        command.env_clear().envs(with.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.env("HOOP_AI_BASE_URL", sandbox.base_url(Vendor::HoopAi)).envs(variables.iter().copied());
        command.args(["auth", "token", "hoop-ai"]).stdout(std::fs::File::options().write(true).open("/dev/full").unwrap());
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, told) = print(&[]).await;
    assert_eq!(code, Some(5), "{told}");
    assert!(told.contains("The vendor accepted the request") && !told.contains("not sent"), "{told}");
    let (code, told) = print(&[("HOOP_AI_TOKEN", "a-token-that-needs-no-renewal")]).await;
    assert_eq!(code, Some(3), "nothing was renewed: {told}");
}

/// A login through the browser that is allowed.
async fn log_in(home: &TempDir, sandbox: &Sandbox, arguments: &[&str]) -> std::process::Output {
    let (child, _stderr, page) = begin(home, &sandbox.base_url(Vendor::HoopAi), &[&["--no-browser", "--json"], arguments].concat());
    let asked = |name: &str| page.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default();
    assert_eq!(visit(&format!("{}?code=c0de&state={}", asked("redirect_uri"), asked("state"))), 200);
    tokio::task::spawn_blocking(move || child.wait_with_output().unwrap()).await.unwrap()
}
