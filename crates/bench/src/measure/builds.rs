//! What building costs, and what is built.

use std::fs;

use anyhow::Context as _;
use serde_json::Value;

use crate::{
    markdown::{grouped, number},
    measure::{Session, measured, ratio},
    peers::Peer,
    report::{Measured, Report, Table, Unit},
    stats::median,
};

const METHODS: [&str; 7] = ["get", "put", "post", "delete", "patch", "head", "options"];

/// Sizes of programs, clean builds, and checks with what the last clean build left.
pub fn builds(session: &Session<'_>, report: &mut Report) -> anyhow::Result<()> {
    sizes(session, report);
    clean(session, report);
    checks(session, report)
}

fn clean(session: &Session<'_>, report: &mut Report) {
    let packages =
        [("bare", "reqwest and serde alone"), ("leadway-dependent", "`leadway`"), ("progenitor-dependent", "progenitor's `leadway`")];
    let mut found = packages.map(|(package, name)| (package, name, Ok(Vec::new())));
    for _ in 0..session.rounds(1, 3) {
        for (package, _, costs) in &mut found {
            if let Ok(so_far) = costs {
                match session.peers.clean_build(&session.runner, package) {
                    Ok(cost) => so_far.push(cost.cpu_seconds),
                    Err(error) => *costs = Err(format!("{error:#}")),
                }
            }
        }
    }
    let found: Vec<(&str, Measured)> = found.into_iter().map(|(_, name, costs)| (name, middle(costs))).collect();
    report.set("build", ratio(&found[1].1, &found[0].1));
    report.tables.push(seconds(
        "Clean build of a dependent",
        "Processor time of `cargo build` from nothing, the C code of the TLS library included; reqwest with rustls, HTTP/2, JSON and queries.",
        &found,
    ));
}

fn checks(session: &Session<'_>, report: &mut Report) -> anyhow::Result<()> {
    let sides: [(&str, &[&str]); 2] = [("`leadway` and `highlevel`", &["highlevel", "leadway"]), ("progenitor", &["progenitor-leadway"])];
    let mut found = sides.map(|(name, packages)| (name, packages, Ok(Vec::new())));
    for _ in 0..session.rounds(3, 7) {
        for (_, packages, costs) in &mut found {
            if let Ok(so_far) = costs {
                match session.peers.warm_check(&session.runner, packages) {
                    Ok(cost) => so_far.push(cost.seconds),
                    Err(error) => *costs = Err(format!("{error:#}")),
                }
            }
        }
    }
    let found = found.map(|(name, _, costs)| (name, middle(costs)));
    let operations = operations(&fs::read_to_string(session.root.join("crates/leadway/openapi.json"))?)?;
    report.set("check", ratio(&found[0].1, &found[1].1));
    report.set("check-operation", found[0].1.clone().map(|seconds| seconds * 1000.0 / operations));
    let note =
        format!("Time of `cargo check` of the generated code of {operations} operations, everything it depends on being checked before.");
    report.tables.push(seconds("Check of the generated code", &note, &found));
    Ok(())
}

fn middle(costs: Result<Vec<f64>, String>) -> Measured {
    median(&costs?).ok_or_else(|| "nothing was built".to_owned())
}

fn seconds(title: &'static str, note: &str, found: &[(&str, Measured)]) -> Table {
    let rows = found.iter().map(|(name, seconds)| {
        let cell = seconds.as_ref().map_or_else(|_| "not measured".to_owned(), |seconds| number(*seconds, Unit::Seconds));
        vec![(*name).to_owned(), cell]
    });
    Table { title, note: note.to_owned(), head: ["", "time"].map(String::from).into(), rows: rows.collect() }
}

fn operations(document: &str) -> anyhow::Result<f64> {
    let document: Value = serde_json::from_str(document)?;
    let paths = document["paths"].as_object().context("the document has no paths")?;
    let count = paths.values().flat_map(|path| METHODS.map(|method| path.get(method).is_some())).filter(|there| *there).count();
    Ok(f64::from(u32::try_from(count)?))
}

fn sizes(session: &Session<'_>, report: &mut Report) {
    let size = |peer| {
        measured(session.program(peer).and_then(|_| {
            let path = session.peers.one_message(peer);
            let bytes = fs::metadata(&path).with_context(|| format!("{} was not built", path.display()))?.len();
            Ok(f64::from(u32::try_from(bytes)?))
        }))
    };
    let sizes = [Peer::Hand, Peer::Ours].map(|peer| (peer.name(), size(peer)));
    report.set("size", ratio(&sizes[1].1, &sizes[0].1));
    let rows = sizes.iter().map(|(name, size)| {
        let cell = size.as_ref().map_or_else(|_| "not measured".to_owned(), |size| format!("{} B", grouped(*size)));
        vec![(*name).to_owned(), cell]
    });
    report.tables.push(Table {
        title: "Size of a program",
        note: "Release build, stripped; sends one message over TLS and prints its id.".to_owned(),
        head: ["Client", "size"].map(String::from).into(),
        rows: rows.collect(),
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_counted() {
        let document = r#"{"paths": {"/a": {"get": {}, "post": {}, "parameters": []}, "/b": {"delete": {}}}}"#;
        assert_eq!(operations(document).expect("it has paths").to_bits(), 3.0_f64.to_bits());
        assert!(operations("{}").is_err());
    }
}
