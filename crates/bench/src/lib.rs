//! What a call and a build cost, measured side by side against other clients of the same API.
//!
//! `peers` are cargo projects below `target/bench`, made from the templates in `peers/` and from what other generators make of our
//! documents. `measure` runs them, `report` holds what was measured, `markdown` and `chart` print it to `docs/`.
//!
//! This is a crate of its own because `xtask` holds no logic, and because no client depends on it.
#![forbid(unsafe_code)]

mod callgrind;
mod chart;
mod machine;
mod markdown;
mod measure;
mod peers;
mod process;
mod report;
mod stats;
mod synthetic;

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};

use measure::{SECTIONS, Session};
use peers::{OPENAPI_GENERATOR, Peer, Peers};
use process::Runner;
use report::Report;

/// Quick measurements end within ten minutes on two cores, whatever was reached.
const QUICK: Duration = Duration::from_secs(590);
const THOROUGH: Duration = Duration::from_secs(3 * 3600);
/// Crates of the peers whose versions are in the document.
const CRATES: [&str; 8] = ["reqwest", "hyper", "tokio", "rustls", "aws-lc-rs", "serde", "serde_json", "progenitor-client"];

/// How to measure.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Few rounds and short runs.
    pub quick: bool,
    /// Only these sections, which are printed and not written; all where none is named.
    pub only: Vec<String>,
}

/// Measures, and writes `docs/benchmarks.md` and its chart; the text is returned. `xtask` is the program whose `regen` is measured.
///
/// # Errors
/// Where the measurement itself cannot be set up. The document names a peer that is missing.
pub fn bench(root: &Path, xtask: PathBuf, options: &Options) -> anyhow::Result<String> {
    if let Some(unknown) = options.only.iter().find(|name| !SECTIONS.iter().any(|(section, _)| section == name)) {
        bail!("there is no section {unknown}; there are {}", SECTIONS.map(|(section, _)| section).join(", "));
    }
    let start = Instant::now();
    let folder = root.join("target/bench");
    let runner = Runner::new(folder.join("scratch"), if options.quick { QUICK } else { THOROUGH })?;
    note(start, "making the peers");
    let mut peers = Peers::prepare(root, &folder, &runner)?;
    note(start, "building the server");
    let server = peers.server(&runner).map_err(anyhow::Error::msg).context("the server")?;
    let mut programs = std::collections::BTreeMap::new();
    for peer in Peer::ALL {
        note(start, &format!("building {}", peer.name()));
        programs.insert(peer, peers.program(&runner, peer));
    }
    let mut report = Report {
        machine: machine::describe(),
        versions: machine::versions(&peers.lock(), &CRATES),
        commit: machine::commit(root),
        mode: if options.quick { "quick" } else { "thorough" }.to_owned(),
        missing: peers.missing().map(|(peer, why)| (peer.to_owned(), why.to_owned())).collect(),
        ..Report::default()
    };
    report.versions.push(("openapi-generator".to_owned(), OPENAPI_GENERATOR.to_owned()));
    let session = Session { root, folder, quick: options.quick, runner, peers, programs, server, xtask };
    for (name, measure) in SECTIONS {
        if options.only.is_empty() || options.only.iter().any(|only| only == name) {
            note(start, &format!("measuring {name}"));
            if let Err(error) = measure(&session, &mut report) {
                report.missing.push((name.to_owned(), format!("{error:#}")));
            }
        }
    }
    note(start, "done");
    report.minutes = start.elapsed().as_secs_f64() / 60.0;
    let text = markdown::render(&report);
    if options.only.is_empty() {
        let docs = root.join("docs");
        fs::create_dir_all(&docs)?;
        fs::write(docs.join("benchmarks.md"), &text)?;
        fs::write(docs.join("benchmarks.svg"), chart::render(&report))?;
    }
    Ok(text)
}

fn note(start: Instant, what: &str) {
    eprintln!("{:>4} s  {what}", start.elapsed().as_secs());
}
