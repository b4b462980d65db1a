//! The month of [`storm`](super::storm) with workers in processes of their own, which are killed while they send over HTTP.

use std::process::Child;
use std::time::{Duration, Instant};

use reachout_outbox::{Outbox, State};
use serde_json::json;

use super::storm::{World, check, script, settle};
use super::{Scripted, TestClock, person, sequence, world};
use crate::database::Database;
use crate::fake::{self, Request};
use crate::kill::Random;
use crate::processes::{LEASE, spawn_campaign};

const PEOPLE: usize = 1_000;
const DAYS: i64 = 30;
const KILLS: usize = 100;
const PROCESSES: usize = 3;

/// Hoop AI, as far as a campaign calls it, and the sandbox's clock.
async fn serve(vendor: &Scripted, clock: &TestClock) -> String {
    let (vendor, clock) = (vendor.clone(), clock.clone());
    let respond = move |(method, path, body): Request<'_>| {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let last = path.rsplit('/').next().unwrap_or_default();
        let response = match (method, path) {
            ("GET", "/_sandbox/clock") => json!({ "now": clock.now(), "speed": 0.0 }),
            ("POST", "/hoop-ai/conversations/messages") => {
                let (to, text) = (body["contactId"].as_str().unwrap().to_owned(), body["message"].as_str().unwrap().to_owned());
                let number = {
                    let mut delivered = vendor.delivered.lock().unwrap();
                    delivered.push((clock.now(), to.clone(), text));
                    delivered.len()
                };
                json!({ "messageId": format!("m{number}"), "conversationId": format!("c-{to}") })
            }
            ("GET", "/hoop-ai/conversations/search") => {
                let contact = query.split('&').find_map(|pair| pair.strip_prefix("contactId=")).unwrap();
                json!({ "conversations": [{ "id": format!("c-{contact}"), "contactId": contact }], "total": 1 })
            }
            ("GET", path) if path.starts_with("/hoop-ai/contacts/") => {
                let out = vendor.opted_out.lock().unwrap().contains(last);
                json!({ "contact": { "id": last, "locationId": "loc", "dnd": out } })
            }
            ("GET", path) if path.ends_with("/messages") => {
                let contact = path.trim_start_matches("/hoop-ai/conversations/c-").trim_end_matches("/messages");
                let reply = vendor.replied.lock().unwrap().get(contact).copied();
                let messages: Vec<_> =
                    reply.iter().map(|at| json!({ "id": "r", "direction": "inbound", "body": "Yes", "dateAdded": at })).collect();
                json!({ "messages": { "messages": messages, "nextPage": false } })
            }
            _ => return (404, json!({ "message": format!("{method} {path} is not there") }).to_string()),
        };
        (201, response.to_string())
    };
    fake::serve(respond).await.0
}

/// Waits until nothing is due and nothing is being sent.
async fn idle(outbox: &Outbox) {
    loop {
        let status = outbox.status().await.unwrap();
        if status.accounts.iter().all(|account| account.due == 0) && status.count(State::Sending) == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes: a thousand people, a hundred kills"]
async fn a_month_with_a_thousand_people_and_workers_that_are_killed() {
    let Some(database) = Database::postgres_alone().await else { return };
    let mut random = Random::new();
    let (outbox, clock, vendor) = world(&database).await;
    let url = serve(&vendor, &clock).await;
    let people: Vec<_> = (0..PEOPLE).map(|number| format!("p{number}")).collect();
    let mut days = World::new(people.iter().map(|name| (format!("contact1-{name}"), script(&mut random))).collect());
    let begun = Instant::now();
    outbox.add_people(&sequence("spring"), people.iter().map(|name| person(name)), false).await.unwrap();
    let mut processes: Vec<Child> = (0..PROCESSES).map(|_| spawn_campaign(&database.address(), &url, 8, LEASE)).collect();
    let rounds = usize::try_from(DAYS * 4).unwrap();
    let mut kills = 0;
    for round in 0..rounds {
        days.arrive(&outbox, &vendor, clock.now(), &mut random).await;
        while (round + 1) * KILLS / rounds > kills {
            tokio::time::sleep(Duration::from_millis(random.below(700))).await;
            let victim = &mut processes[usize::try_from(random.below(PROCESSES as u64)).unwrap()];
            victim.kill().unwrap();
            victim.wait().unwrap();
            *victim = spawn_campaign(&database.address(), &url, 8, LEASE);
            kills += 1;
        }
        idle(&outbox).await;
        settle(&outbox, &vendor).await;
        idle(&outbox).await;
        days.react(&vendor, &mut random);
        clock.forward(6);
        outbox.sync_clock().await.unwrap();
    }
    for process in &mut processes {
        process.kill().unwrap();
        process.wait().unwrap();
    }
    println!("{kills} processes were killed; it took {:?}", begun.elapsed());
    check(&vendor, &days);
}
