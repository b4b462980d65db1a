//! The vendor's check before each message: only a clear yes is one.

use std::time::Duration;

use reachout_outbox::{Account, Channel, Envelope, Message, Outbox, Runner, State, Vendor, VendorEligibility};
use serde_json::{Value, json};

use crate::both;
use crate::database::{Database, in_time};
use crate::fake::serve;
use crate::vendor::{AtSandbox, by_key};

fn asking(outbox: &Outbox, address: &str) -> Runner {
    let runner = Runner::new(outbox, AtSandbox(address.to_owned())).eligibility(VendorEligibility::new());
    runner.attempts(1).until_empty().lease(Duration::from_secs(10))
}

/// Until nothing is left to be done, or, where something waits, for a moment.
async fn run(runner: Runner) {
    runner.run_until(tokio::time::sleep(Duration::from_millis(1500))).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_understood_of_a_contact_is_no_permission() {
    let contact = |dnd: Value| json!({ "contact": { "id": "c1", "dnd": dnd, "locationId": "l" } }).to_string();
    let error = || json!({ "statusCode": 400, "message": "no" }).to_string();
    // Status and body of the contact; state and code of the message, and whether its account is paused.
    let cases: [(u16, String, State, Option<&str>, bool); 17] = [
        (200, contact(json!(false)), State::Accepted, None, false),
        (200, contact(json!(true)), State::Suppressed, Some("dnd"), false),
        (200, contact(json!("true")), State::Failed, Some("eligibility"), false),
        (200, contact(json!(null)), State::Failed, Some("eligibility"), false),
        (200, "{}".to_owned(), State::Failed, Some("eligibility"), false),
        (200, r#"{"contact":null}"#.to_owned(), State::Failed, Some("eligibility"), false),
        (200, r#"{"contact":{"id":"other","dnd":false}}"#.to_owned(), State::Failed, Some("eligibility"), false),
        (200, "<html>".to_owned(), State::Failed, Some("eligibility"), false),
        (200, String::new(), State::Failed, Some("eligibility"), false),
        (204, String::new(), State::Failed, Some("eligibility"), false),
        (400, error(), State::Failed, Some("eligibility"), false),
        (404, "<html>".to_owned(), State::Failed, Some("eligibility"), false),
        (404, error(), State::Failed, Some("recipient-not-found"), false),
        (401, error(), State::Queued, Some("eligibility"), true),
        (402, error(), State::Queued, Some("eligibility"), true),
        (403, error(), State::Queued, Some("eligibility"), true),
        (501, error(), State::Queued, Some("eligibility"), false),
    ];
    in_time(async {
        for (vendor, module) in [(Vendor::HoopAi, "hoop-ai"), (Vendor::Leadway, "leadway")] {
            for (status, body, state, code, paused) in &cases {
                let case = format!("{module}: {status} {body}");
                let (database, response) = (Database::sqlite(), (*status, body.clone()));
                let outbox = database.open().await;
                let (address, sent) = serve(move |(method, path, _)| match method {
                    "GET" if path.ends_with("/contacts/c1") => response.clone(),
                    _ => (201, json!({ "conversationId": "v", "messageId": "m", "msg": "", "status": "pending" }).to_string()),
                })
                .await;
                let message = Message::to("c1").channel(Channel::Sms).text("Hi");
                outbox.enqueue(&Envelope::new(Account::new(vendor, "acme"), message), "key").await.unwrap();
                run(asking(&outbox, &address)).await;
                let entry = by_key(&outbox, "key").await;
                assert_eq!((entry.state, entry.attempts), (*state, u32::from(*state == State::Accepted)), "{case}: {:?}", entry.reason);
                assert_eq!(sent.lock().unwrap().len(), entry.attempts as usize, "{case}");
                assert_eq!(outbox.status().await.unwrap().accounts[0].paused, *paused, "{case}");
                if *state != State::Accepted {
                    assert_eq!(entry.code.as_deref(), *code, "{case}");
                    assert!(entry.reason.is_some_and(|reason| reason.len() > 20), "{case}: it says why");
                }
            }
        }
    })
    .await;
}

/// What happens to Leonar's list of contacts while it is read. Contact 0 changed last; the fifth from the end is marked.
struct List {
    /// Number, whether it is marked, and when it changed last.
    contacts: Vec<(usize, bool, usize)>,
    pages: usize,
    changes: usize,
}

const MARKED: usize = 145;

impl List {
    fn new() -> Self {
        Self { contacts: (0..150).map(|number| (number, number == MARKED, 1000 - number)).collect(), pages: 0, changes: 1000 }
    }

    fn remove(&mut self, numbers: std::ops::Range<usize>) {
        self.contacts.retain(|(number, ..)| !numbers.contains(number));
    }

    /// Creates or changes a contact, which is the first of the list by then.
    fn change(&mut self, number: usize, marked: bool) {
        self.remove(number..number + 1);
        self.changes += 1;
        self.contacts.insert(0, (number, marked, self.changes));
    }

    fn page(&self, body: &Value) -> Value {
        let (offset, limit) = (body["offset"].as_u64().unwrap_or(0), body["limit"].as_u64().unwrap_or(50));
        let page = self.contacts.iter().skip(usize::try_from(offset).unwrap()).take(usize::try_from(limit).unwrap());
        let data: Vec<Value> = page.map(|(number, marked, at)| contact(*number, &json!(marked), *at)).collect();
        let total = self.contacts.len();
        json!({ "data": data, "meta": { "total": total, "limit": limit, "offset": offset, "has_more": offset + limit < total as u64 } })
    }
}

fn id(number: usize) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

fn contact(number: usize, marked: &Value, at: usize) -> Value {
    let base = reachout_outbox::DateTime::from_timestamp(1_780_000_000, 0).unwrap();
    let at = (base + Duration::from_secs(3600 * at as u64)).to_rfc3339();
    json!({ "id": id(number), "first_name": "P", "do_not_contact": marked, "global_status": "new", "created_at": at, "updated_at": at })
}

/// Leonar with such a list; `read` is called before each page is made, and may change the list.
async fn leonar(read: impl Fn(&mut List) + Send + 'static, change: impl Fn(usize, &mut Value) + Send + 'static) -> (String, Sent) {
    let mut list = List::new();
    serve(move |(_, path, body)| {
        if !path.ends_with("/contacts/search") {
            let message = json!({ "id": id(777), "conversation_id": id(999), "channel": "linkedin", "content": body["content"],
                "direction": "outbound", "sent_at": "2026-11-30T10:30:33Z", "contact": contact(1, &json!(false), 0) });
            return (200, json!({ "data": message }).to_string());
        }
        list.pages += 1;
        read(&mut list);
        let mut page = list.page(&body);
        change(list.pages, &mut page);
        (if page.is_null() { 500 } else { 200 }, page.to_string())
    })
    .await
}

type Sent = std::sync::Arc<std::sync::Mutex<Vec<String>>>;

/// Messages to contact 3, to the marked one, and to one that does not exist: who was written to.
async fn written_to(address: &str, sent: &Sent) -> (Vec<String>, Outbox, Database) {
    let database = Database::sqlite();
    let outbox = database.open().await;
    for (key, number) in [("free", 3), ("marked", MARKED), ("nobody", 9999)] {
        let message = Message::to(id(number)).channel(Channel::Linkedin).text(key);
        outbox.enqueue(&Envelope::new(Account::new(Vendor::Leonar, "acme"), message), key).await.unwrap();
    }
    run(asking(&outbox, address)).await;
    let sent = sent.lock().unwrap().clone();
    (sent, outbox, database)
}

/// Who is written to in this case, if the list can be read whole; nobody is if it cannot.
async fn written_to_if(
    whole: bool,
    case: &str,
    read: impl Fn(&mut List) + Send + 'static,
    change: impl Fn(usize, &mut Value) + Send + 'static,
) {
    let (address, sent) = leonar(read, change).await;
    let (sent, outbox, _database) = written_to(&address, &sent).await;
    assert_eq!(sent, if whole { vec!["free"] } else { vec![] }, "{case}");
    let marked = by_key(&outbox, "marked").await;
    let expected = if whole { (State::Suppressed, "do-not-contact") } else { (State::Queued, "eligibility") };
    assert_eq!((marked.state, marked.code.as_deref()), (expected.0, Some(expected.1)), "{case}: {:?}", marked.reason);
    let nobody = by_key(&outbox, "nobody").await;
    assert_eq!(nobody.state, if whole { State::Failed } else { State::Queued }, "{case}: {:?}", nobody.reason);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_marked_is_found_whatever_happens_to_the_list() {
    type Case = (&'static str, usize, fn(&mut List));
    // On which page.
    let cases: [Case; 8] = [
        ("nothing", 0, |_| {}),
        ("one before is deleted", 2, |list| list.remove(50..51)),
        ("as many as overlap are deleted", 2, |list| list.remove(50..60)),
        ("more than overlap are deleted", 2, |list| list.remove(20..70)),
        ("the marked one changes", 2, |list| list.change(MARKED, true)),
        ("the marked one changes at the end", 3, |list| list.change(MARKED, true)),
        ("others come", 2, |list| (500..530).for_each(|number| list.change(number, false))),
        ("others come and go", 2, |list| {
            (500..505).for_each(|number| list.change(number, false));
            list.remove(60..65);
        }),
    ];
    in_time(async {
        for (case, page, change) in cases {
            let on_page = move |list: &mut List| {
                if list.pages == page {
                    change(list);
                }
            };
            written_to_if(true, case, on_page, |_, _| {}).await;
        }
        // Its mark was read before.
        let marked_meanwhile = |list: &mut List| {
            list.contacts.iter_mut().for_each(|(number, marked, _)| *marked &= *number != MARKED || list.pages > 3);
            if list.pages == 3 {
                list.change(MARKED, true);
            }
        };
        written_to_if(true, "it is marked as it is read", marked_meanwhile, |_, _| {}).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_that_is_not_whole_lets_nothing_out() {
    type Case = (&'static str, bool, fn(usize, &mut Value));
    let second = || [contact(1, &json!(false), 999)];
    let cases: [Case; 7] = [
        ("more is denied", true, |_, page| page["meta"]["has_more"] = json!(false)),
        ("more is promised for ever", true, |_, page| page["meta"]["has_more"] = json!(true)),
        ("the second page fails, also when it is asked for again", false, |number, page| {
            if number > 1 {
                *page = Value::Null;
            }
        }),
        ("a page is of another form", false, |number, page| {
            if number == 2 {
                page["data"] = json!({});
            }
        }),
        ("some are not shown", false, |_, page| page["meta"]["total"] = json!(152)),
        ("one is left out", false, |_, page| page["data"].as_array_mut().unwrap().retain(|contact| contact["id"] != id(MARKED))),
        ("it has no count, and promises more", false, |_, page| page["meta"] = json!({ "has_more": true })),
    ];
    in_time(async {
        for (case, whole, change) in cases {
            written_to_if(whole, case, |_| {}, change).await;
        }
        let again = move |_, page: &mut Value| {
            if page["meta"]["offset"] != 0 {
                page["data"] = json!(second());
            }
        };
        written_to_if(false, "the same page again and again", |_| {}, again).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mark_of_another_form_is_no_permission() {
    in_time(async {
        for (mark, status) in [(json!("true"), "new"), (json!(null), "new"), (json!(1), "new"), (json!(false), "DO_NOT_CONTACT")] {
            let (name, odd) = (format!("{mark} {status}"), mark.clone());
            let change = move |_, page: &mut Value| {
                for contact in page["data"].as_array_mut().unwrap().iter_mut().filter(|contact| contact["id"] == id(MARKED)) {
                    (contact["do_not_contact"], contact["global_status"]) = (odd.clone(), json!(status));
                }
            };
            let (address, sent) = leonar(|_| {}, change).await;
            let (sent, outbox, _database) = written_to(&address, &sent).await;
            assert_eq!(sent, ["free"], "{name}: one odd contact does not stop the others");
            let state = by_key(&outbox, "marked").await.state;
            assert_eq!(state, if mark == false { State::Suppressed } else { State::Failed }, "{name}");
        }
    })
    .await;
}

both! {
    /// By somebody else's hand, or a later version.
    async fn rules_that_cannot_be_read_pause_the_account(database) {
        let (outbox, sandbox) = (database.open().await, crate::vendor::sandbox().await);
        outbox.enqueue(&crate::vendor::envelope("hello"), "key").await.unwrap();
        for rules in [
            "UPDATE reachout_outbox_accounts SET rules = '{\"weekends\":false}'",
            "UPDATE reachout_outbox_accounts SET rules = '{'",
            "UPDATE reachout_outbox_accounts SET rules = '{\"daily_cap\":{\"most\":5,\"zone\":\"Mars/Olympus\"}}'",
        ] {
            assert_eq!(database.change(rules).await, 1);
            crate::vendor::runner(&outbox, &sandbox).run().await.unwrap();
            assert_eq!(by_key(&outbox, "key").await.state, State::Queued, "{rules}");
            let account = outbox.status().await.unwrap().accounts.remove(0);
            assert!(account.paused && account.reason.as_ref().is_some_and(|reason| reason.contains("cannot be read")), "{account:?}");
            assert!(outbox.rules(&crate::vendor::account()).await.unwrap_err().to_string().contains("cannot be read"));
            outbox.resume(None).await.unwrap();
        }
        outbox.set_rules(&crate::vendor::account(), &reachout_outbox::Rules::new()).await.unwrap();
        crate::vendor::runner(&outbox, &sandbox).run().await.unwrap();
        assert_eq!(by_key(&outbox, "key").await.state, State::Accepted);
    }
}
