//! `reachout auth`.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, Stdio},
};

use reachout_mocks::httpmock::MockServer;
use reachout_sandbox::{Sandbox, Settings, Vendor};
use reachout_test_support::installed_or_left_out;
use serde_json::Value;
use tempfile::TempDir;

use crate::program::{Ran, command, run};

const KEY: &str = "leo_0123456789abcdef";

/// The program with a home of its own.
fn at(home: &Path) -> assert_cmd::Command {
    let mut command = command();
    command.env("XDG_CONFIG_HOME", home.join("config")).env("XDG_DATA_HOME", home.join("data"));
    command
}

fn login(home: &Path, arguments: &[&str], key: &str) -> Ran {
    let ran = run(at(home).args(["auth", "login"]).args(arguments).arg("--json").write_stdin(format!("{key}\n")));
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    assert!(!ran.stdout.contains(key), "{ran:?}");
    ran
}

fn token(home: &Path, arguments: &[&str]) -> Ran {
    run(at(home).args(["auth", "token"]).args(arguments))
}

fn status(home: &Path, arguments: &[&str]) -> Value {
    run(at(home).args(["auth", "status", "--json"]).args(arguments)).json()[0].clone()
}

#[test]
fn a_key_is_kept_until_it_is_forgotten() {
    let home = tempfile::tempdir().unwrap();
    let kept = login(home.path(), &["leonar"], KEY).json();
    assert_eq!(kept["profile"], "default");
    let file = home.path().join("data/reachout/credentials/default.leonar.json");
    assert_eq!(kept["kept_in"], format!("file {}", file.display()));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
    }
    assert_eq!(token(home.path(), &["leonar"]).stdout, format!("{KEY}\n"));
    let row = status(home.path(), &[]);
    assert_eq!((&row["credential"], &row["found"]), (&"********cdef".into(), &true.into()));
    assert_eq!(row["source"], format!("file {}, profile default", file.display()));
    login(home.path(), &["leonar"], "leo_another_key_of_mine");
    assert_eq!(token(home.path(), &["leonar"]).stdout, "leo_another_key_of_mine\n");
    let out = run(at(home.path()).args(["auth", "logout", "leonar"]));
    assert_eq!(out.code, 0, "{out:?}");
    assert!(!file.exists());
    assert!(token(home.path(), &["leonar"]).refused().contains("run `reachout auth login leonar`, or set LEONAR_API_KEY"));
    assert!(
        run(at(home.path()).args(["auth", "logout", "leonar"])).refused().contains("there is no login of Leonar in the profile `default`")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn flag_environment_and_profile_come_in_this_order() {
    let home = tempfile::tempdir().unwrap();
    let server = MockServer::start_async().await;
    let seen = |key: &'static str| {
        server.mock(move |when, then| {
            when.path("/contacts").header("authorization", format!("Bearer {key}"));
            then.status(200)
                .header("content-type", "application/json")
                .body(r#"{"data":[],"meta":{"total":0,"limit":1,"offset":0,"has_more":false}}"#);
        })
    };
    let (of_default, of_work, of_environment) = (seen("leo_of_default_login"), seen("leo_of_work_login_x"), seen("leo_of_environment"));
    login(home.path(), &["leonar"], "leo_of_default_login");
    login(home.path(), &["leonar", "--profile", "work"], "leo_of_work_login_x");
    let url = server.base_url();
    let list = async |environment: &[(&'static str, &'static str)], arguments: &[&'static str]| {
        let mut command = at(home.path());
        command.env("LEONAR_BASE_URL", &url).envs(environment.iter().copied()).args(["leonar", "contacts", "list"]).args(arguments);
        tokio::task::spawn_blocking(move || run(&mut command)).await.unwrap()
    };
    let environment = ("LEONAR_API_KEY", "leo_of_environment");
    assert_eq!(list(&[], &[]).await.code, 0);
    assert_eq!(list(&[environment], &[]).await.code, 0);
    assert_eq!(list(&[environment, ("REACHOUT_PROFILE", "work")], &[]).await.code, 0);
    assert_eq!(list(&[("REACHOUT_PROFILE", "work")], &[]).await.code, 0);
    assert_eq!(list(&[environment], &["--profile", "work"]).await.code, 0);
    assert_eq!((of_default.calls(), of_environment.calls(), of_work.calls()), (1, 2, 2));
    let nobody = list(&[environment], &["--profile", "nobody"]).await;
    assert!(
        nobody.refused().contains("the profile `nobody` has no credential for Leonar"),
        "another account's key is not taken: {nobody:?}"
    );
    let told = status(home.path(), &["--base-url", "http://127.0.0.1:9/x"]);
    assert_eq!((&told["base_url"], &told["base_url_source"]), (&"http://127.0.0.1:9/x".into(), &"--base-url".into()));
    assert_eq!(status(home.path(), &[])["base_url_source"], "environment: LEONAR_BASE_URL");
    // A base URL, by flag before the environment.
    let flag = list(&[], &["--base-url", "http://127.0.0.1:9"]).await;
    assert_eq!(flag.code, 3, "{flag:?}");
}

#[test]
fn what_cannot_be_a_key_is_not_kept() {
    let home = tempfile::tempdir().unwrap();
    for (vendor, key, problem) in [
        ("leonar", "sk_0123456789abcdef", "a key of Leonar begins with `leo_`"),
        ("leonar", "Bearer leo_0123456789abcdef", "without `Bearer`"),
        ("leonar", "leo_0123\n456789abcdef", "without spaces and line breaks"),
        ("hoop-ai", "leo_0123456789abcdef", "it is not one of Hoop AI"),
        ("leadway", "pit-", "too short"),
    ] {
        let ran = run(at(home.path()).args(["auth", "login", vendor]).write_stdin(format!("{key}\n")));
        assert!(ran.refused().contains(problem) && !ran.stderr.contains(key), "{key}: {ran:?}");
    }
    assert!(!home.path().join("data").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_is_kept_once_the_vendor_takes_the_key() {
    let home = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::start().await.unwrap();
    let url = sandbox.base_url(Vendor::Leonar);
    let login = async |url: &str, key: &'static str| {
        let mut command = at(home.path());
        command.env("LEONAR_BASE_URL", url).args(["auth", "login", "leonar", "--check", "--json"]).write_stdin(key);
        tokio::task::spawn_blocking(move || run(&mut command)).await.unwrap()
    };
    let refused = login(&url, Vendor::Leonar.refused_key()).await;
    assert_eq!((refused.code, refused.stdout.as_str()), (1, ""), "{refused:?}");
    let away = login("http://127.0.0.1:9", KEY).await;
    assert_eq!((away.code, away.stdout.as_str()), (3, ""), "{away:?}");
    assert_eq!(token(home.path(), &["leonar"]).code, 2, "nothing was kept");
    let taken = login(&url, KEY).await;
    assert_eq!(taken.json()["check"], "accepted (HTTP 200, contacts list)", "{taken:?}");
    assert_eq!(token(home.path(), &["leonar"]).stdout, format!("{KEY}\n"));
}

#[cfg(unix)]
#[test]
fn a_file_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = tempfile::tempdir().unwrap();
    login(home.path(), &["leonar"], KEY);
    let file = home.path().join("data/reachout/credentials/default.leonar.json");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
    assert!(token(home.path(), &["leonar"]).refused().contains("can be read by others; `chmod 600 "));
    let status = run(at(home.path()).args(["auth", "status", "--json"]));
    assert_eq!(
        (status.code, status.json().as_array().unwrap().len()),
        (2, reachout_messenger::Vendor::ALL.len()),
        "the others are shown: {status:?}"
    );
    assert!(status.json()[0]["source"].as_str().unwrap().contains("can be read by others"), "{status:?}");
}

#[test]
fn a_key_is_no_argument_and_not_empty() {
    let home = tempfile::tempdir().unwrap();
    let argument = run(at(home.path()).args(["auth", "login", "leonar", KEY]));
    assert_eq!(argument.code, 2, "{argument:?}");
    let empty = run(at(home.path()).args(["auth", "login", "leonar"]).write_stdin("\n"));
    assert!(empty.refused().contains("nothing was given"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_asks_the_vendor_by_an_operation_that_only_reads() {
    let home = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::start().await.unwrap();
    let check = async |key: &str| {
        let mut command = at(home.path());
        for vendor in reachout_messenger::Vendor::ALL {
            let (simulated, api): (Vendor, _) = (vendor.id().parse().unwrap(), vendor.api().unwrap().vendor);
            let credential = if vendor == reachout_messenger::Vendor::Leonar { key } else { sandbox.api_key(simulated) };
            command.env(format!("{}_BASE_URL", api.env), sandbox.base_url(simulated)).env(vendor.credential_env(), credential);
        }
        command.args(["auth", "status", "--check", "--json"]);
        tokio::task::spawn_blocking(move || run(&mut command)).await.unwrap()
    };
    let fine = check(sandbox.api_key(Vendor::Leonar)).await;
    assert_eq!(fine.code, 0, "{fine:?}");
    let requests = sandbox.requests();
    assert_eq!(requests.len(), reachout_messenger::Vendor::ALL.len(), "one call each");
    assert!(requests.iter().all(|request| request.method == "GET" && request.operation.is_some()), "{requests:?}");
    assert!(fine.json().as_array().unwrap().iter().all(|row| row["check"].as_str().unwrap().starts_with("accepted (HTTP ")), "{fine:?}");
    let server = MockServer::start_async().await;
    server.mock(|when, then| {
        when.any_request();
        then.status(401).body(r#"{"error":{"code":"unauthorized","message":"who are you?"}}"#);
    });
    let mut command = at(home.path());
    command.env("LEONAR_BASE_URL", server.base_url()).env("LEONAR_API_KEY", KEY).args(["auth", "status", "--check"]);
    let refused = tokio::task::spawn_blocking(move || run(&mut command)).await.unwrap();
    assert!(refused.code == 1 && refused.stdout.contains("refused (HTTP 401"), "{refused:?}");
}

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
    assert!(status[2]["expires_at"].is_string() && status[2]["source"].as_str().unwrap().starts_with("file "), "{status}");
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
            "Leonar has no login through the browser; Hoop AI and Leadway CRM have one",
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

/// The system's keyring, where one can be run for the test.
#[cfg(target_os = "linux")]
#[test]
fn the_keyring_keeps_keys() {
    let Some(_) = installed_or_left_out(["dbus-run-session", "gnome-keyring-daemon"]) else { return };
    let home = tempfile::tempdir().unwrap();
    let script = r#"
        printf pass | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
        printf %s leo_0123456789abcdef | "$1" auth login leonar && "$1" auth status --json && "$1" auth token leonar && "$1" auth logout leonar && "$1" auth token leonar
    "#;
    let mut command = std::process::Command::new("timeout");
    command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", home.path()).env("XDG_RUNTIME_DIR", home.path());
    let output = command.args(["60", "dbus-run-session", "--", "sh", "-c", script, "sh", env!("CARGO_BIN_EXE_reachout")]).output().unwrap();
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(stdout.contains("kept_in  keyring"), "{stdout}\n{stderr}");
    assert!(stdout.contains(r#""source":"keyring, profile default","credential":"********cdef""#), "{stdout}\n{stderr}");
    assert!(stdout.lines().any(|line| line == KEY), "{stdout}\n{stderr}");
    assert!(stderr.contains("there is no credential for Leonar") && output.status.code() == Some(2), "{stdout}\n{stderr}");
    assert!(!home.path().join(".local/share/reachout/credentials").join("default.leonar.json").exists());
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
