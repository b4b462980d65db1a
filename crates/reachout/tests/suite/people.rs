//! `reachout outbox add --find-by`: a file of people with addresses is enough.

use std::path::Path;

use reachout_sandbox::{Sandbox, Vendor};
use serde_json::json;
use tempfile::TempDir;

use crate::program::{Ran, command, run};

fn add(sandbox: &Sandbox, folder: &Path, arguments: &str) -> Ran {
    let mut command = command();
    command.env("LEONAR_BASE_URL", sandbox.base_url(Vendor::Leonar)).env("LEONAR_API_KEY", Sandbox::api_key(Vendor::Leonar));
    command.env("HOOP_AI_BASE_URL", sandbox.base_url(Vendor::HoopAi)).env("HOOP_AI_TOKEN", Sandbox::api_key(Vendor::HoopAi));
    command.current_dir(folder).args("outbox add --from people.csv --campaign hello".split_whitespace());
    run(command.args(arguments.split_whitespace()))
}

const LEONAR: &str = "--via leonar --channel whatsapp --template hello.txt --find-by email";

fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    let people = "E-Mail,first_name\nSophie@doctolib.com,Sophie\nada@example.com,Ada\nADA@example.com,Ada\n";
    std::fs::write(folder.path().join("people.csv"), people).unwrap();
    std::fs::write(folder.path().join("hello.txt"), "Hi {{ first_name }}").unwrap();
    folder
}

fn count(sandbox: &Sandbox, operation: &str) -> usize {
    sandbox.requests().iter().filter(|request| request.operation.as_deref() == Some(operation)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_found_by_their_addresses_and_created_once() {
    let (sandbox, folder) = (Sandbox::start().await.unwrap(), folder());
    let go = |arguments: &str| add(&sandbox, folder.path(), &format!("{LEONAR} {arguments}"));

    let missing = go("");
    let sentence = "line 3: Leonar knows nobody with ada@example.com; --create-missing creates the contact";
    assert!(missing.code == 2 && missing.stderr.contains(sentence) && missing.stderr.contains("nothing was queued"), "{missing:?}");

    let shown = go("--create-missing --dry-run --json");
    let known = shown.json()[0]["contact_id"].clone();
    assert!(known.is_string(), "{shown:?}");
    let row = |line: u64, person: &str, contact: &serde_json::Value| json!({ "line": line, "person": person, "contact_id": contact });
    let null = serde_json::Value::Null;
    let rows = [row(2, "Sophie@doctolib.com", &known), row(3, "ada@example.com", &null), row(4, "ADA@example.com", &null)];
    assert_eq!(shown.json(), json!(rows));
    assert_eq!(count(&sandbox, "create_contact"), 0);

    let added = go("--create-missing --json").json();
    assert_eq!([&added["queued"], &added["found"], &added["created"]], [2, 1, 1], "{added}");
    let again = go("--create-missing --json").json();
    assert_eq!([&again["queued"], &again["known"], &again["found"], &again["created"]], [0, 3, 2, 0], "{again}");
    assert_eq!(count(&sandbox, "create_contact"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said_before_the_vendor_is_asked() {
    let (sandbox, folder) = (Sandbox::start().await.unwrap(), folder());
    std::fs::write(folder.path().join("other.txt"), "Hi {{ name }}").unwrap();
    let cases = [
        ("--via leonar --channel whatsapp --template other.txt --find-by email", "which is not a column"),
        ("--via leonar --channel whatsapp --template hello.txt --find-by phone", "does not have a column of phone numbers"),
        ("--via leonar --channel sms --template hello.txt --find-by email", "Leonar does not send by sms"),
        ("--via leonar --channel whatsapp --template hello.txt --create-missing", "--find-by"),
        ("--via hoop-ai --channel sms --template hello.txt --find-by email", "the id of a location"),
    ];
    for (arguments, why) in cases {
        let ran = add(&sandbox, folder.path(), arguments);
        assert!(ran.code == 2 && ran.stderr.contains(why), "{arguments}: {ran:?}");
    }
    std::fs::write(folder.path().join("people.csv"), "email,first_name\n+33612345678,Ada\n,Bo\n").unwrap();
    let ran = add(&sandbox, folder.path(), LEONAR);
    assert!(ran.stderr.contains("line 2: `email` is a phone, and email addresses are looked up"), "{ran:?}");
    assert!(ran.stderr.contains("line 3: `email` is empty"), "{ran:?}");
    assert_eq!(sandbox.requests().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_looked_up_in_a_location() {
    let (sandbox, folder) = (Sandbox::start().await.unwrap(), folder());
    let arguments =
        "--via hoop-ai --channel sms --template hello.txt --find-by email --location ve9EPM428h8vShlRW1KT --create-missing --json";
    let added = add(&sandbox, folder.path(), arguments).json();
    assert_eq!([&added["queued"], &added["created"]], [2, 2], "{added}");
    let again = add(&sandbox, folder.path(), arguments).json();
    assert_eq!([&again["known"], &again["found"], &again["created"]], [3, 2, 0], "{again}");
    assert_eq!(count(&sandbox, "upsert_contact"), 2);
}
