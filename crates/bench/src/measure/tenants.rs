//! What a client for one more tenant costs.

use anyhow::Context as _;

use crate::{
    markdown::grouped,
    measure::{Session, measured, printed},
    peers::Peer,
    report::{Report, Table},
    stats::median,
};

/// Nothing is sent, so that no server needs to be there.
const BASE_URL: &str = "http://127.0.0.1:9";
const PEERS: [Peer; 4] = [Peer::Hand, Peer::OpenapiGenerator, Peer::Progenitor, Peer::Ours];
/// The rows of the first table are measured at so many tenants.
const MANY: usize = 1000;
/// Clients that take so many microseconds, and a hundred kilobytes with them, are not made by the ten thousand.
const SLOW: f64 = 500.0;

/// Time and memory of one more client, by how many there are.
pub fn tenants(session: &Session<'_>, report: &mut Report) -> anyhow::Result<()> {
    let rounds = session.rounds(3, 9);
    let mut table = Table {
        title: "One more tenant, by the number of tenants",
        note: format!(
            "The first client exists; so many more are made and kept. Time and growth of the resident memory for each. By hand, a client is a key\n\
             beside a shared `reqwest::Client`; progenitor's needs an HTTP client of its own for each key; ours is made {}.",
            session.peers.one_more_tenant()
        ),
        head: ["Tenants".to_owned()].into_iter().chain(PEERS.map(|peer| peer.name().to_owned())).collect(),
        rows: Vec::new(),
    };
    let mut slow = Vec::new();
    for tenants in [100, MANY, 10_000] {
        let mut row = vec![grouped(f64::from(u32::try_from(tenants)?))];
        for peer in PEERS {
            if tenants > MANY && slow.contains(&peer) {
                row.push("left out".to_owned());
                continue;
            }
            let cost = cost(session, peer, tenants, rounds);
            if cost.as_ref().is_ok_and(|(microseconds, _)| *microseconds > SLOW) {
                slow.push(peer);
            }
            row.push(cost.as_ref().map_or_else(
                |_| "not measured".to_owned(),
                |(microseconds, bytes)| format!("{microseconds:.1} µs, {} B", grouped(*bytes)),
            ));
            if peer == Peer::Ours && tenants == MANY {
                let (time, bytes) = match cost {
                    Ok((time, bytes)) => (Ok(time), Ok(bytes)),
                    Err(error) => (Err(anyhow::anyhow!("{error:#}")), Err(error)),
                };
                report.set("tenant-time", measured(time));
                report.set("tenant-bytes", measured(bytes));
            }
        }
        table.rows.push(row);
    }
    report.tables.push(table);
    Ok(())
}

fn cost(session: &Session<'_>, peer: Peer, tenants: usize, rounds: usize) -> anyhow::Result<(f64, f64)> {
    let (mut times, mut sizes) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let finished = session.run(peer, "clients", &[BASE_URL.to_owned(), tenants.to_string()])?;
        times.push(printed(&finished, "nanoseconds")? / 1000.0);
        sizes.push(printed(&finished, "bytes")?);
    }
    median(&times).zip(median(&sizes)).context("nothing was measured")
}
