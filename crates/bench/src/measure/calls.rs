//! Instructions of single calls.

use crate::{
    callgrind,
    markdown::grouped,
    measure::{Session, measured, ratio},
    peers::Peer,
    report::{Measured, Report, Table},
};

/// How many calls are counted, and once more as many.
const MESSAGES: u64 = 200;
const LISTS: u64 = 20;

/// A message, a list, and decoding alone, of every client.
pub fn instructions(session: &Session<'_>, report: &mut Report) -> anyhow::Result<()> {
    let server = session.server()?;
    let count = |task: &str, peer, calls| {
        measured(session.program(peer).and_then(|program| {
            callgrind::per_call(&session.runner, program, |calls| vec![task.into(), server.base_url.clone(), calls.to_string()], calls)
        }))
    };
    let mut table = Table {
        title: "Instructions of a call",
        note: "One thread, one connection that stays open, plain HTTP. \"By hand\" is what one would write for these two operations: structs with\n\
               serde's derives, reqwest, a timeout. \"Our types\" has the same code with the types of the `leonar` crate. Decoding is\n\
               `serde_json::from_slice` of the list, without HTTP. \"With spans and metrics\" is a layer of tracing-opentelemetry and the feature\n\
               `metrics`, whose batches go to exporters that drop them; in every other row nobody listens."
            .to_owned(),
        head: ["Client", "one message", "against by hand", "100 contacts", "against by hand", "decoding 100 contacts"].map(String::from).into(),
        rows: Vec::new(),
    };
    let all: Vec<(Peer, [Measured; 3])> =
        Peer::ALL.map(|peer| (peer, [count("send", peer, MESSAGES), count("list", peer, LISTS), count("decode", peer, LISTS)])).into();
    let of =
        |peer: Peer, index: usize| all.iter().find(|(of, _)| *of == peer).map_or(Err(String::new()), |(_, counts)| counts[index].clone());
    for (peer, counts) in &all {
        let against = |index: usize| ratio(&counts[index], &of(Peer::Hand, index));
        let cell = |count: &Measured| count.as_ref().map_or_else(|_| "not measured".to_owned(), |count| grouped(*count));
        let ratios = [against(0), against(1)];
        let [send, list] =
            [&ratios[0], &ratios[1]].map(|ratio| ratio.as_ref().map_or_else(|_| String::new(), |ratio| format!("{ratio:.2}")));
        table.rows.push(vec![peer.name().to_owned(), cell(&counts[0]), send, cell(&counts[1]), list, cell(&counts[2])]);
        if *peer != Peer::Watched {
            report.bars.push((peer.name(), ratios[0].clone().unwrap_or(f64::NAN), ratios[1].clone().unwrap_or(f64::NAN)));
        }
    }
    report.tables.push(table);
    report.set("send", ratio(&of(Peer::Ours, 0), &of(Peer::Hand, 0)));
    report.set("list", ratio(&of(Peer::Ours, 1), &of(Peer::SameTypes, 1)));
    report.set("decode", ratio(&of(Peer::SameTypes, 2), &of(Peer::OpenapiGenerator, 2)));
    Ok(())
}

/// How instructions grow with the size of a response.
pub fn sizes(session: &Session<'_>, report: &mut Report) -> anyhow::Result<()> {
    let server = session.server()?;
    let peers = [Peer::Hand, Peer::SameTypes, Peer::OpenapiGenerator, Peer::Ours];
    let mut table = Table {
        title: "Instructions by the size of the response",
        note: "One list of so many contacts, about 0.9 kB each.".to_owned(),
        head: ["Contacts".to_owned()].into_iter().chain(peers.map(|peer| peer.name().to_owned())).collect(),
        rows: Vec::new(),
    };
    for (contacts, calls) in [(1_u32, 40), (10, 40), (1000, 2)] {
        let mut row = vec![grouped(contacts.into())];
        for peer in peers {
            let count = session.program(peer).and_then(|program| {
                let arguments = |calls: u64| vec!["list".into(), server.base_url.clone(), calls.to_string(), contacts.to_string()];
                callgrind::per_call(&session.runner, program, arguments, calls)
            });
            row.push(count.map_or_else(|_| "not measured".to_owned(), grouped));
        }
        table.rows.push(row);
    }
    report.tables.push(table);
    Ok(())
}
