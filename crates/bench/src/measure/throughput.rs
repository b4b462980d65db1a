//! Messages a second, by the number of calls at once.

use std::collections::BTreeMap;

use anyhow::Context as _;

use crate::{
    markdown::grouped,
    measure::{Session, measured, printed},
    peers::Peer,
    report::{Report, Series, Table},
    stats::{median, median_ratio},
};

/// How many calls at once, and the bound on ours against by hand, where there is one.
const AT_ONCE: [(usize, Option<&str>); 7] = [
    (1, Some("throughput-1")),
    (4, None),
    (16, Some("throughput-16")),
    (64, None),
    (256, Some("throughput-256")),
    (1024, None),
    (4096, None),
];
const PEERS: [Peer; 4] = [Peer::Hand, Peer::Hyper, Peer::OpenapiGenerator, Peer::Ours];

/// Every client in every round, the next round beginning with the next client.
pub fn throughput(session: &Session<'_>, report: &mut Report) -> anyhow::Result<()> {
    let server = session.server()?;
    let rounds = session.rounds(3, 15);
    let bounded_rounds = 21;
    let milliseconds = session.rounds(300, 1000);
    let mut table = Table {
        title: "Messages a second by calls at once",
        note: format!(
            "The client has two threads and so has the server, on the same cores; every call at once has its connection. Medians of {rounds} rounds\n\
             of {milliseconds} ms, and of {bounded_rounds} where a bound is set, of ours and by hand; in brackets against reqwest by hand."
        ),
        head: ["At once".to_owned()].into_iter().chain(PEERS.map(|peer| peer.name().to_owned())).collect(),
        rows: Vec::new(),
    };
    let mut series: BTreeMap<Peer, Series> =
        PEERS.into_iter().skip(1).map(|peer| (peer, Series { name: peer.name(), points: Vec::new() })).collect();
    for (at_once, bound) in AT_ONCE {
        let mut found: BTreeMap<Peer, anyhow::Result<Vec<f64>>> = PEERS.map(|peer| (peer, Ok(Vec::new()))).into();
        for round in 0..if bound.is_some() { bounded_rounds } else { rounds } {
            let mut peers: Vec<Peer> = PEERS.into_iter().filter(|peer| round < rounds || matches!(peer, Peer::Hand | Peer::Ours)).collect();
            let first = round % peers.len();
            peers.rotate_left(first);
            for peer in peers {
                let Some(Ok(values)) = found.get_mut(&peer) else { continue };
                let arguments = [server.base_url.clone(), at_once.to_string(), milliseconds.to_string()];
                match session.run(peer, "throughput", &arguments).and_then(|finished| printed(&finished, "per_second")) {
                    Ok(value) => values.push(value),
                    Err(error) => drop(found.insert(peer, Err(error))),
                }
            }
        }
        let empty = Vec::new();
        let values = |peer| found.get(&peer).and_then(|values| values.as_ref().ok()).unwrap_or(&empty);
        let mut row = vec![grouped(f64::from(u32::try_from(at_once)?))];
        for peer in PEERS {
            let against = median_ratio(values(peer), values(Peer::Hand));
            row.push(match (median(values(peer)), against) {
                (Some(value), Some(_)) if peer == Peer::Hand => grouped(value),
                (Some(value), Some(against)) => format!("{} ({against:.2})", grouped(value)),
                _ => "not measured".to_owned(),
            });
            if let (Some(series), Some(against)) = (series.get_mut(&peer), against) {
                series.points.push((at_once, against));
            }
        }
        table.rows.push(row);
        let Some(id) = bound else { continue };
        let ours = median_ratio(values(Peer::Ours), values(Peer::Hand));
        let failed = [Peer::Ours, Peer::Hand].iter().find_map(|peer| found.remove(peer)?.err());
        report.set(id, measured(failed.map_or_else(|| ours.context("nothing was sent"), Err)));
    }
    report.tables.push(table);
    report.series = series.into_values().collect();
    Ok(())
}
