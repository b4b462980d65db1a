//! Exit codes, and what is said of a request when the program cannot go on.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::Duration,
};

use httpmock::MockServer;
use reachout_mocks::Mocks;
use reachout_sandbox::{Sandbox, Vendor};
use serde_json::json;

use crate::{
    CONTACT,
    program::{reachout, with_credentials},
};

const SEND: &[&str] = &["send", "--via", "leonar", "--to", CONTACT, "--channel", "whatsapp", "Hi"];
const CREATE: &[&str] = &["leonar", "contacts", "create", "--first-name", "Ada"];
const DELETE: &[&str] = &["leonar", "projects", "delete-file", CONTACT, CONTACT];
const LIST: &[&str] = &["leonar", "contacts", "list", "--limit", "1"];
const SEARCH: &[&str] = &["leonar", "contacts", "search", "--all", "--json"];

/// The program with credentials, Leonar at `url`, and all streams piped.
fn program(url: &str, arguments: &[&str]) -> Command {
    let with = with_credentials();
    let mut command = Command::new(with.get_program());
    command.env_clear().envs(with.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.env("LEONAR_BASE_URL", url).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Exit code and standard error.
fn end(child: Child) -> (i32, String) {
    let output = child.wait_with_output().unwrap();
    (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn what_the_vendor_accepted_never_ends_as_a_failed_call() {
    /// Arguments, and how the program ends where its output is full, and where nobody reads it.
    type Case = (&'static [&'static str], (i32, &'static str), (i32, &'static str));
    const DO_NOT: &str = "The vendor accepted the request; do not send it again";
    const READS: &str = "the request only reads, so it may be sent again";
    let cases: [Case; 6] = [
        (SEND, (5, DO_NOT), (5, DO_NOT)),
        (CREATE, (5, DO_NOT), (5, DO_NOT)),
        (DELETE, (5, DO_NOT), (5, DO_NOT)),
        (LIST, (5, READS), (0, "")),
        (SEARCH, (5, DO_NOT), (0, "")),
        (&["demo"], (5, DO_NOT), (5, DO_NOT)),
    ];
    let sandbox = Sandbox::builder().adopt_unknown_ids(true).start().await.unwrap();
    let url = sandbox.base_url(Vendor::Leonar);
    for (arguments, full, closed) in cases {
        for json in [&[][..], &["--json"]] {
            let arguments = [arguments, json].concat();
            let arguments = if arguments == [SEARCH, json].concat() { SEARCH } else { &arguments };
            sandbox.reset();
            let into_full_disk =
                program(&url, arguments).stdout(std::fs::File::options().write(true).open("/dev/full").unwrap()).spawn().unwrap();
            let (code, stderr) = end(into_full_disk);
            assert_eq!(code, full.0, "{arguments:?}: {stderr}");
            assert!(stderr.contains("No space left on device") && stderr.contains(full.1), "{arguments:?}: {stderr}");
            sandbox.reset();
            let (reader, writer) = std::io::pipe().unwrap();
            drop(reader);
            let (code, stderr) = end(program(&url, arguments).stdout(writer).spawn().unwrap());
            assert_eq!(code, closed.0, "{arguments:?}: {stderr}");
            assert!(stderr.contains(closed.1) && stderr.is_empty() == closed.1.is_empty(), "{arguments:?}: {stderr}");
            let calls = sandbox.requests();
            assert!(
                calls.len() == usize::from(arguments[0] != "demo")
                    && calls.iter().all(|call| call.status.is_some_and(|status| status / 100 == 2)),
                "{calls:?}"
            );
        }
    }
}

/// The vendor accepted what the outbox sent: nobody may take the broken output for a message that was not sent.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_run_whose_output_is_broken_ends_as_accepted() {
    let sandbox = Sandbox::builder().adopt_unknown_ids(true).start().await.unwrap();
    let url = sandbox.base_url(Vendor::Leonar);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("p.csv"), format!("to\n{CONTACT}\n")).unwrap();
    std::fs::write(folder.path().join("t.txt"), "Hi {{ to }}").unwrap();
    let full = || std::fs::File::options().write(true).open("/dev/full").unwrap();
    let closed = || std::io::pipe().unwrap().1;
    let run: &[&str] = &["outbox", "run", "--no-vendor-check"];
    for (campaign, arguments, broken) in [
        ("a", &["--json"][..], Some(true)),
        ("b", &[], Some(true)),
        ("c", &["--json"], Some(false)),
        ("d", &["-o", "yaml"], Some(true)),
        ("e", &["--jq", "error(\"no\")"], None),
        ("f", &["-o", "csv", "--columns", "nope"], None),
    ] {
        let add = ["outbox", "add", "--from", "p.csv", "--via", "leonar", "--channel", "linkedin", "--template", "t.txt"];
        let mut add = program(&url, &[&add[..], &["--campaign", campaign]].concat());
        assert_eq!(end(add.current_dir(folder.path()).spawn().unwrap()).0, 0, "{campaign}");
        let mut command = program(&url, &[run, arguments].concat());
        command.current_dir(folder.path());
        match broken {
            Some(true) => command.stdout(full()),
            Some(false) => command.stdout(closed()),
            None => &mut command,
        };
        let (code, stderr) = end(command.spawn().unwrap());
        assert_eq!(code, 5, "{campaign}: {stderr}");
        assert!(stderr.contains("The vendor accepted the request; do not send it again"), "{campaign}: {stderr}");
    }
    assert_eq!(sandbox.requests().iter().filter(|request| request.operation.as_deref() == Some("send_message")).count(), 6);
}

/// A hangup that `nohup` ignores ends nothing.
#[cfg(target_os = "linux")]
#[test]
fn a_hangup_that_is_ignored_stays_ignored() {
    let (url, points) = serve(Peer::Writes(""));
    let program = program(&url, SEND);
    let mut shell = Command::new("/bin/sh");
    shell.env_clear().envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    shell.args(["-c", "trap '' HUP; exec \"$0\" \"$@\""]).arg(program.get_program()).args(program.get_args());
    let mut child = shell.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    points.recv_timeout(Duration::from_secs(20)).unwrap();
    interrupt(&child, "HUP");
    std::thread::sleep(Duration::from_millis(500));
    assert!(child.try_wait().unwrap().is_none(), "it goes on");
    interrupt(&child, "TERM");
    assert_eq!(end(child).0, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_columns_are_no_wrong_usage_once_something_was_sent() {
    let sandbox = Sandbox::builder().adopt_unknown_ids(true).start().await.unwrap();
    let url = sandbox.base_url(Vendor::Leonar);
    let (code, stderr) = end(program(&url, &[SEND, &["-o", "csv", "--columns", "nope"]].concat()).spawn().unwrap());
    let sent = sandbox.requests().len();
    assert!(code == 5 && sent == 1 || code == 2 && sent == 0, "{code}, {sent} sent: {stderr}");
}

#[cfg(target_os = "linux")]
#[test]
fn what_needs_no_call_says_nothing_of_a_vendor() {
    let full = || std::fs::File::options().write(true).open("/dev/full").unwrap();
    for arguments in [&["auth", "status"][..], &["completions", "bash"]] {
        let (code, stderr) = end(program("http://127.0.0.1:9", arguments).stdout(full()).spawn().unwrap());
        assert_eq!((code, stderr.as_str()), (3, "error: the output cannot be written: No space left on device (os error 28)\n"));
    }
    // Where the error itself cannot be written, its code is left.
    let unheard = program("http://127.0.0.1:9", SEND).stderr(full()).spawn().unwrap().wait().unwrap();
    assert_eq!(unheard.code(), Some(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn exit_codes_follow_the_delivery() {
    let server = MockServer::start_async().await;
    let sent = r#"{"data":{"id":1}}"#;
    let cases = [
        (400, "{}", 1, 1),
        (401, "{}", 1, 1),
        (404, "{}", 1, 1),
        (500, "{}", 4, 1),
        (503, "", 4, 1),
        (200, sent, 5, 5),
        (200, "<html>", 5, 5),
        (201, "", 5, 5),
    ];
    for (status, body, written, read) in cases {
        server.reset_async().await;
        server.mock(|when, then| {
            when.any_request();
            then.status(status).header("retry-after", "0").header("content-type", "application/json").body(body);
        });
        for (arguments, expected) in [(SEND, written), (CREATE, written), (LIST, read)] {
            let (code, stderr) = end(program(&server.base_url(), arguments).spawn().unwrap());
            assert_eq!(code, expected, "{status} to {arguments:?}: {stderr}");
            assert!(stderr.starts_with("error: Leonar "), "{stderr}");
        }
    }
    // Nobody listens there.
    let unsent = with_credentials().args(LIST).output().unwrap();
    assert_eq!(unsent.status.code(), Some(3), "{unsent:?}");
    assert_eq!(end(program("http://example.com", SEND).spawn().unwrap()).0, 2, "plain http is a wrong configuration");
    assert_eq!(reachout(SEND).code, 2, "a missing credential is a wrong configuration");
}

#[test]
fn help_and_readme_have_the_same_table() {
    let help = reachout(&["--help"]).stdout;
    let (_, table) = help.split_once("Exit codes:\n").unwrap();
    let rows: Vec<(String, String)> = table
        .lines()
        .map_while(|line| line.trim().split_once("  ").map(|(code, meaning)| (code.to_owned(), meaning.trim().to_owned())))
        .collect();
    assert_eq!(rows.iter().map(|(code, _)| code.as_str()).collect::<Vec<_>>(), ["0", "1", "2", "3", "4", "5"]);
    let readme = include_str!("../../README.md");
    for (code, meaning) in rows {
        assert!(readme.contains(&format!("| {code} | {meaning} |")), "{code}: {meaning}");
    }
}

/// What a vendor does with a request.
#[derive(Clone, Copy)]
enum Peer {
    /// Accepts the connection and says nothing, not even of TLS.
    Mute,
    /// Reads the request, then writes this and holds the connection open.
    Writes(&'static str),
}

/// Serves every connection alike, and tells when the point is reached at which the program is to be interrupted.
fn serve(peer: Peer) -> (String, mpsc::Receiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let scheme = if matches!(peer, Peer::Mute) { "https" } else { "http" };
    let url = format!("{scheme}://{}", listener.local_addr().unwrap());
    let (reached, points) = mpsc::channel();
    std::thread::spawn(move || {
        let mut open = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            match peer {
                Peer::Mute => assert_ne!(stream.read(&mut [0; 1]).unwrap(), 0),
                Peer::Writes(response) => {
                    read_request(&mut stream);
                    stream.write_all(response.as_bytes()).unwrap();
                }
            }
            let _ = reached.send(());
            open.push(stream);
        }
    });
    (url, points)
}

fn read_request(stream: &mut TcpStream) {
    let mut seen = Vec::new();
    loop {
        let mut piece = [0; 4096];
        let length = stream.read(&mut piece).unwrap();
        seen.extend_from_slice(&piece[..length]);
        let text = String::from_utf8_lossy(&seen).to_lowercase();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let announced = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
        if body.len() >= announced {
            return;
        }
    }
}

#[cfg(unix)]
fn interrupt(child: &Child, signal: &str) {
    let sent = Command::new("sh").args(["-c", &format!("kill -{signal} {}", child.id())]).status().unwrap();
    assert!(sent.success());
}

#[cfg(unix)]
#[test]
fn a_signal_during_a_call_says_what_is_known_of_delivery() {
    const NOT_SENT: &str = "interrupted: the request was not sent; it may be tried again\n";
    const REFUSED: &str = "interrupted: the vendor refused the request and did not carry it out\n";
    const UNKNOWN: &str = "interrupted: the request may have been delivered; look before sending it again\n";
    const ACCEPTED: &str = "interrupted: the vendor accepted the request; do not send it again\n";
    const READ: &str = "interrupted: the request may have reached the vendor; it only reads, so it may be sent again\n";
    const SHOWN: &str = "interrupted: the response was not shown as a whole; the request only reads, so it may be sent again\n";
    let silent = Peer::Writes("");
    let half = Peer::Writes("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{");
    let limited = Peer::Writes("HTTP/1.1 429 Too Many Requests\r\nretry-after: 20\r\ncontent-length: 0\r\n\r\n");
    let cases: [(&[&str], Peer, i32, &str); 10] = [
        (SEND, Peer::Mute, 3, NOT_SENT),
        (SEND, silent, 4, UNKNOWN),
        (SEND, half, 5, ACCEPTED),
        (SEND, limited, 1, REFUSED),
        (CREATE, silent, 4, UNKNOWN),
        (DELETE, silent, 4, UNKNOWN),
        (DELETE, half, 5, ACCEPTED),
        (LIST, silent, 4, READ),
        (LIST, half, 5, SHOWN),
        (LIST, limited, 1, REFUSED),
    ];
    for (arguments, peer, code, sentence) in cases {
        for signal in ["INT", "TERM", "HUP"] {
            let (url, points) = serve(peer);
            let child = program(&url, arguments).spawn().unwrap();
            points.recv_timeout(Duration::from_secs(20)).unwrap();
            if matches!(peer, Peer::Writes(response) if !response.is_empty()) {
                // On its way from the vendor to the program.
                std::thread::sleep(Duration::from_millis(300));
            }
            interrupt(&child, signal);
            assert_eq!(end(child), (code, sentence.to_owned()), "{arguments:?} {signal}");
        }
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_signal_ends_the_program_also_where_it_waits_for_a_terminal_or_a_pipe() {
    // For its input, before anything is sent.
    let from_stdin = [&SEND[..SEND.len() - 1], &["-"]].concat();
    let mut child = program("http://127.0.0.1:9", &from_stdin).spawn().unwrap();
    let _open = child.stdin.take();
    wait_until_it_sleeps(&child);
    interrupt(&child, "INT");
    assert_eq!(end(child), (3, "interrupted: the request was not sent; it may be tried again\n".to_owned()));

    // For somebody to read its output, after the vendor accepted the request.
    let mocks = Mocks::<leonar::Client>::start();
    let long = "x".repeat(1 << 20);
    mocks.any(&leonar::routes::CREATE_CONTACT).json(200, json!({ "data": { "id": CONTACT, "first_name": long } }));
    let mut child = program(&mocks.base_url(), &[CREATE, &["--json"]].concat()).spawn().unwrap();
    let mut unread = child.stdout.take().unwrap();
    unread.read_exact(&mut [0]).unwrap();
    interrupt(&child, "TERM");
    let (code, stderr) = end(child);
    let told: serde_json::Value = serde_json::from_str(&stderr).unwrap();
    assert_eq!(told["message"], "interrupted: the vendor accepted the request; do not send it again");
    assert_eq!((code, &told["delivery"]), (5, &"accepted".into()));
}

#[cfg(unix)]
#[test]
fn a_download_that_is_interrupted_leaves_nothing_half() {
    let folder = tempfile::tempdir().unwrap();
    let (url, points) = serve(Peer::Writes("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nRIFF"));
    let path = folder.path().join("call.wav");
    let arguments = ["hoop-ai", "messages", "download-recording", "l", "m", "--save", path.to_str().unwrap()];
    let child = program(&url, &arguments).env("HOOP_AI_BASE_URL", &url).spawn().unwrap();
    points.recv_timeout(Duration::from_secs(20)).unwrap();
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1, "the unfinished file");
    std::thread::sleep(Duration::from_millis(300));
    interrupt(&child, "INT");
    let (code, stderr) = end(child);
    assert!(code == 5 && stderr.ends_with("it may be sent again\n"), "{code}: {stderr}");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
}

/// Until it listens for signals and blocks on its input.
#[cfg(target_os = "linux")]
fn wait_until_it_sleeps(child: &Child) {
    for _ in 0..100 {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", child.id())).map(|tasks| tasks.filter_map(Result::ok).collect::<Vec<_>>());
        let names = tasks.unwrap_or_default().into_iter().filter_map(|task| std::fs::read_to_string(task.path().join("comm")).ok());
        let listens = names.filter(|name| name.trim() == "signals").count() == 1;
        std::thread::sleep(Duration::from_millis(50));
        if listens {
            return;
        }
    }
    panic!("it does not listen for signals");
}
