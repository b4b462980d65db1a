//! The example with a file of people, against the sandbox.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;

use reachout_messenger::leonar::Client;
use reachout_sandbox::{Sandbox, Vendor};

use crate::database::in_time;
use crate::vendor::{AtSandbox, performed, sandbox};

#[path = "../../examples/people.rs"]
mod example;

fn created(sandbox: &Sandbox) -> Vec<String> {
    let requests = sandbox.requests().into_iter().filter(|request| request.operation.as_deref() == Some("create_contact"));
    requests.map(|request| request.body["email"].as_str().unwrap_or_default().to_lowercase()).collect()
}

/// Crashes while it creates contacts, and is run again: 48 people are in the file 50 times.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_of_people_is_written_to_once() {
    in_time(async {
        let (folder, sandbox) = (tempfile::tempdir().unwrap(), sandbox().await);
        let mut csv = "first_name,email\n".to_owned();
        for number in 0..50 {
            let letter = if number == 49 { "P" } else { "p" };
            writeln!(csv, "Person {number:02},{letter}{:02}@example.org", number % 48).unwrap();
        }
        std::fs::write(folder.path().join("people.csv"), csv).unwrap();
        let client =
            Client::builder().base_url(sandbox.base_url(Vendor::Leonar)).credential(Sandbox::api_key(Vendor::Leonar)).build().unwrap();
        let run = || example::campaign(&client, AtSandbox::of(&sandbox), folder.path());
        tokio::select! {
            _ = run() => panic!("it is not that quick"),
            () = async { while created(&sandbox).len() < 20 { tokio::time::sleep(Duration::from_millis(1)).await } } => {}
        }
        run().await.unwrap();
        run().await.unwrap();
        let emails = created(&sandbox);
        assert_eq!((emails.len(), emails.iter().collect::<BTreeSet<_>>().len()), (48, 48), "each contact was created once");
        let sent = performed(&sandbox);
        assert_eq!((sent.len(), sent.values().max()), (48, Some(&1)), "{sent:?}");
        let results = std::fs::read_to_string(folder.path().join("results.csv")).unwrap();
        assert_eq!(results.lines().filter(|line| line.contains(",accepted,")).count(), 50, "{results}");
    })
    .await;
}
