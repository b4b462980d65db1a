//! A campaign of thirty days with people who answer, bounce and opt out, webhooks that come twice, late and out of order, and workers that are
//! killed.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use reachout_outbox::{DateTime, Filter, Outbox, Resolution, Runner, Sent, Signal, SignalKind, State, Utc, Vendor};

use super::{Scripted, check_deliveries, person, sequence, world};
use crate::database::Database;
use crate::kill::Random;

struct Storm {
    people: usize,
    days: i64,
    kills: usize,
}

const LEASE: Duration = Duration::from_millis(600);

/// What somebody does once they have a step: which step, what, and how many hours later.
pub type Script = Option<(usize, SignalKind, i64)>;

pub fn script(random: &mut Random) -> Script {
    let (step, hours) = (1 + usize::try_from(random.below(3)).unwrap(), i64::try_from(1 + random.below(60)).unwrap());
    match random.below(100) {
        0..25 => Some((step, SignalKind::Replied, hours)),
        25..30 => Some((step, SignalKind::Bounced, 1)),
        30..35 => Some((step, SignalKind::Unsubscribed, hours)),
        _ => None,
    }
}

fn signal(contact: &str, kind: SignalKind) -> Signal {
    let mut signal = Signal::new(Vendor::HoopAi, kind);
    signal.recipients = vec![contact.to_owned()];
    signal
}

/// What people did, and the webhooks that are on their way.
#[derive(Default)]
pub struct World {
    scripts: HashMap<String, Script>,
    /// When each of them acted.
    acted: HashMap<String, (DateTime<Utc>, SignalKind)>,
    planned: BTreeMap<(DateTime<Utc>, u64), (String, SignalKind)>,
    seen: usize,
    count: u64,
}

impl World {
    pub fn new(scripts: HashMap<String, Script>) -> Self {
        Self { scripts, ..Self::default() }
    }

    /// People react to what came since the last look.
    pub fn react(&mut self, vendor: &Scripted, random: &mut Random) {
        let delivered = vendor.delivered.lock().unwrap().clone();
        for (at, to, text) in &delivered[self.seen..] {
            let step: usize = text.rsplit(' ').next().unwrap().parse().unwrap();
            if let Some((on, kind, hours)) = self.scripts[to]
                && on == step
                && !self.acted.contains_key(to)
            {
                let acts = *at + TimeDelta::hours(hours);
                self.acted.insert(to.clone(), (acts, kind));
                // Twice, and of twenty one two days late.
                for _ in 0..2 {
                    let late = if random.below(20) == 0 { 48 * 60 } else { i64::try_from(random.below(30)).unwrap() };
                    self.count += 1;
                    self.planned.insert((acts + TimeDelta::minutes(late), self.count), (to.clone(), kind));
                }
            }
        }
        self.seen = delivered.len();
    }

    /// What people did by now is in the vendor's conversations; the webhooks of it that arrived are received, in any order.
    pub async fn arrive(&mut self, outbox: &Outbox, vendor: &Scripted, now: DateTime<Utc>, random: &mut Random) {
        for (to, (at, kind)) in self.acted.iter().filter(|(_, (at, _))| *at <= now) {
            match kind {
                SignalKind::Replied => drop(vendor.replied.lock().unwrap().insert(to.clone(), *at)),
                SignalKind::Unsubscribed => drop(vendor.opted_out.lock().unwrap().insert(to.clone())),
                _ => {}
            }
        }
        let later = self.planned.split_off(&(now, u64::MAX));
        let mut due: Vec<_> = std::mem::replace(&mut self.planned, later).into_values().collect();
        while !due.is_empty() {
            let (to, kind) = due.swap_remove(usize::try_from(random.below(due.len() as u64)).unwrap());
            outbox.receive(&signal(&to, kind)).await.unwrap();
        }
    }
}

fn runner(outbox: &Outbox, vendor: &Scripted) -> Runner {
    vendor.runner(outbox).eligibility(vendor.clone()).lease(LEASE)
}

/// What is unknown is settled by what the vendor has.
pub async fn settle(outbox: &Outbox, vendor: &Scripted) {
    for entry in outbox.list(&Filter::all().state(State::Unknown), 0, 1000).await.unwrap() {
        let envelope = entry.envelope.as_ref().unwrap();
        let text = envelope.message.text.clone().unwrap();
        let has = vendor.texts().contains(&text);
        let resolution = if has { Resolution::Sent(Sent::new()) } else { Resolution::Resend };
        outbox.resolve(entry.id, entry.attempts, resolution).await.unwrap();
    }
}

/// Runs three workers until nothing is due; now and then one is dropped, which is as if it were killed.
async fn work(outbox: &Outbox, vendor: &Scripted, kill: Option<Duration>) {
    let killed = async {
        let run = runner(outbox, vendor).run();
        match kill {
            Some(after) => drop(tokio::time::timeout(after, run).await),
            None => drop(run.await.unwrap()),
        }
    };
    let (one, two, ()) = tokio::join!(runner(outbox, vendor).run(), runner(outbox, vendor).run(), killed);
    one.unwrap();
    two.unwrap();
    if kill.is_some() {
        // Its lease ends.
        tokio::time::sleep(LEASE * 2).await;
        outbox.recover().await.unwrap();
        settle(outbox, vendor).await;
        runner(outbox, vendor).run().await.unwrap();
    }
}

async fn weather(database: &Database, storm: Storm) {
    let mut random = Random::new();
    let (outbox, clock, vendor) = world(database).await;
    let people: Vec<_> = (0..storm.people).map(|number| format!("p{number}")).collect();
    let mut days = World::new(people.iter().map(|name| (format!("contact1-{name}"), script(&mut random))).collect());
    let begun = Instant::now();
    outbox.add_people(&sequence("spring"), people.iter().map(|name| person(name)), false).await.unwrap();
    let rounds = usize::try_from(storm.days * 4).unwrap();
    let mut kills = 0;
    for round in 0..rounds {
        days.arrive(&outbox, &vendor, clock.now(), &mut random).await;
        let kill = (round + 1) * storm.kills / rounds > kills;
        kills += usize::from(kill);
        Box::pin(work(&outbox, &vendor, kill.then(|| Duration::from_millis(random.below(80))))).await;
        days.react(&vendor, &mut random);
        clock.forward(6);
    }
    settle(&outbox, &vendor).await;
    println!("{} people, {} days, {kills} kills in {:?}", storm.people, storm.days, begun.elapsed());
    check(&vendor, &days);
}

/// Nobody was written to twice, or after a reply or an opt-out, and everybody else got everything.
pub fn check(vendor: &Scripted, days: &World) {
    let delivered = vendor.delivered.lock().unwrap().clone();
    let mut texts: Vec<_> = delivered.iter().map(|(_, _, text)| text).collect();
    texts.sort();
    let twice = texts.windows(2).filter(|pair| pair[0] == pair[1]).count();
    let after = |kind: SignalKind| {
        let ended = |to: &String| days.acted.get(to).filter(|(_, acted)| *acted == kind).map(|(at, _)| *at);
        delivered.iter().filter(|(at, to, _)| ended(to).is_some_and(|ended| *at >= ended)).count()
    };
    let (after_reply, after_opt_out) = (after(SignalKind::Replied), after(SignalKind::Unsubscribed));
    let steps = |to: &String| delivered.iter().filter(|(_, other, _)| other == to).count();
    let incomplete = days.scripts.keys().filter(|to| !days.acted.contains_key(*to) && steps(to) != 4).count();
    println!(
        "{} sent, {} people acted: twice {twice}, after a reply {after_reply}, after an opt-out {after_opt_out}, incomplete {incomplete}",
        delivered.len(),
        days.acted.len()
    );
    assert_eq!((twice, after_reply, after_opt_out, incomplete), (0, 0, 0, 0));
    check_deliveries(&delivered);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_month_with_people_and_killed_workers_sqlite() {
    crate::database::in_time(weather(&Database::sqlite(), Storm { people: 24, days: 14, kills: 4 })).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_month_with_people_and_killed_workers_postgres() {
    let Some(database) = Database::postgres().await else { return };
    crate::database::in_time(weather(&database, Storm { people: 24, days: 14, kills: 4 })).await;
}
