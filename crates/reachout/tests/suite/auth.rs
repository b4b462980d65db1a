//! `reachout auth`.

use std::path::Path;

use httpmock::MockServer;
use reachout_sandbox::{Sandbox, Vendor};
use reachout_test_support::installed_or_left_out;
use serde_json::Value;

use crate::program::{Ran, command, run};

const KEY: &str = "leo_0123456789abcdef";

/// The program with a home of its own.
pub fn at(home: &Path) -> assert_cmd::Command {
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
    let refused = login(&url, Sandbox::refused_key(Vendor::Leonar)).await;
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
    assert_eq!((status.code, status.json().as_array().unwrap().len()), (2, Vendor::ALL.len()), "the others are shown: {status:?}");
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
        for vendor in Vendor::ALL {
            let api = vendor.api().unwrap().vendor;
            let credential = if vendor == Vendor::Leonar { key } else { Sandbox::api_key(vendor) };
            command.env(format!("{}_BASE_URL", api.env), sandbox.base_url(vendor)).env(vendor.credential_env(), credential);
        }
        command.args(["auth", "status", "--check", "--json"]);
        tokio::task::spawn_blocking(move || run(&mut command)).await.unwrap()
    };
    let fine = check(Sandbox::api_key(Vendor::Leonar)).await;
    assert_eq!(fine.code, 0, "{fine:?}");
    let requests = sandbox.requests();
    assert_eq!(requests.len(), Vendor::ALL.len(), "one call each");
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
