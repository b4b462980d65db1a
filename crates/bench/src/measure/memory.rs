//! Memory of many calls in flight.

use crate::{
    markdown::{grouped, number},
    measure::{Session, measured, printed},
    peers::Peer,
    report::{Report, Table, Unit},
    stats::{median, median_ratio},
};

const IN_FLIGHT: u32 = 10_000;
const PEERS: [Peer; 3] = [Peer::Hand, Peer::OpenapiGenerator, Peer::Ours];
const MEGABYTE: f64 = 1_000_000.0;

/// A server that responds when all calls are there, and the peak of the client's memory.
pub fn memory(session: &Session<'_>, report: &mut Report) -> anyhow::Result<()> {
    let rounds = session.rounds(3, 7);
    let mut found = PEERS.map(|peer| (peer, Ok(Vec::new())));
    for _ in 0..rounds {
        for (peer, values) in &mut found {
            let Ok(so_far) = values else { continue };
            // A server of its own each time: another port, so that connections that wait for their end are not in the way.
            let server = session.server()?;
            match session.run(*peer, "hold", &[server.base_url.clone(), IN_FLIGHT.to_string()]).and_then(|run| printed(&run, "peak_bytes"))
            {
                Ok(value) => so_far.push(value),
                Err(error) => *values = Err(error),
            }
        }
    }
    let empty = Vec::new();
    let values = |wanted| found.iter().find(|(peer, _)| *peer == wanted).and_then(|(_, values)| values.as_ref().ok()).unwrap_or(&empty);
    let rows = PEERS.map(|peer| {
        let ratio = median_ratio(values(peer), values(Peer::Hand)).map_or_else(String::new, |ratio| format!("{ratio:.2}"));
        let bytes = median(values(peer));
        let peak = bytes.map_or_else(|| "not measured".to_owned(), |bytes| number(bytes / MEGABYTE, Unit::Megabytes));
        vec![peer.name().to_owned(), peak, ratio]
    });
    report.tables.push(Table {
        title: "Memory of calls in flight",
        note: format!("The peak of the resident memory with {} messages sent and none responded to.", grouped(IN_FLIGHT.into())),
        head: ["Client", "peak", "against by hand"].map(String::from).into(),
        rows: rows.into(),
    });
    let ratio = median_ratio(values(Peer::Ours), values(Peer::Hand));
    let why = found.into_iter().find_map(|(peer, values)| (peer != Peer::OpenapiGenerator).then(|| values.err()).flatten());
    report.set("memory", measured(ratio.ok_or_else(|| why.unwrap_or_else(|| anyhow::anyhow!("nothing was measured")))));
    Ok(())
}
