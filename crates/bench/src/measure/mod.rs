//! The measurements, each of which fills some rows and tables of the report.

mod builds;
mod calls;
mod memory;
mod outbox;
mod program;
mod regen;
mod tenants;
mod throughput;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anyhow::Context as _;

use crate::{
    peers::{Peer, Peers},
    process::{Finished, Runner, Server, with_many_files},
    report::{Measured, Report},
};

/// What all measurements share.
#[derive(Debug)]
pub struct Session<'a> {
    /// The workspace.
    pub root: &'a Path,
    /// `target/bench`.
    pub folder: PathBuf,
    /// Few rounds, short runs.
    pub quick: bool,
    /// Runs programs until the time is up.
    pub runner: Runner,
    /// The other clients.
    pub peers: Peers,
    /// Programs of the clients that could be built.
    pub programs: BTreeMap<Peer, Result<PathBuf, String>>,
    /// The server's program.
    pub server: PathBuf,
    /// Runs `xtask`.
    pub xtask: PathBuf,
}

impl Session<'_> {
    fn rounds(&self, quick: usize, thorough: usize) -> usize {
        if self.quick { quick } else { thorough }
    }

    fn server(&self) -> anyhow::Result<Server> {
        Server::start(&self.server)
    }

    fn program(&self, peer: Peer) -> anyhow::Result<&Path> {
        match self.programs.get(&peer) {
            Some(Ok(program)) => Ok(program),
            Some(Err(why)) => Err(anyhow::anyhow!("{why}")),
            None => Err(anyhow::anyhow!("{} was not built", peer.name())),
        }
    }

    /// Runs a client's program.
    fn run(&self, peer: Peer, task: &str, arguments: &[String]) -> anyhow::Result<Finished> {
        let mut command = with_many_files(self.program(peer)?);
        self.runner.run(command.arg(task).args(arguments)).with_context(|| format!("{task} of {}", peer.name()))
    }
}

/// A group of measurements, and what does it.
pub type Section = (&'static str, fn(&Session<'_>, &mut Report) -> anyhow::Result<()>);

/// All of them, in the order in which they run: what takes longest comes last, where the time may be up.
pub const SECTIONS: [Section; 9] = [
    ("instructions", calls::instructions),
    ("throughput", throughput::throughput),
    ("tenants", tenants::tenants),
    ("memory", memory::memory),
    ("regen", regen::regen),
    ("sizes", calls::sizes),
    ("builds", builds::builds),
    ("outbox", outbox::outbox),
    ("program", program::program),
];

/// What a program printed as `name value`.
fn printed(finished: &Finished, name: &str) -> anyhow::Result<f64> {
    let value = finished.stdout.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
    value.with_context(|| format!("a client did not print {name}"))
}

/// A value for the report, or why there is none.
fn measured(value: anyhow::Result<f64>) -> Measured {
    value.map_err(|error| format!("{error:#}"))
}

/// One value by another, where both are there.
fn ratio(of: &Measured, against: &Measured) -> Measured {
    match (of, against) {
        (Ok(of), Ok(against)) if *against > 0.0 => Ok(of / against),
        (Err(why), _) | (_, Err(why)) => Err(why.clone()),
        _ => Err("nothing to compare with".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_needs_both() {
        let none = || Err("no java".to_owned());
        let cases = [
            (Ok(3.0), Ok(2.0), Ok(1.5)),
            (none(), Ok(2.0), none()),
            (Ok(3.0), none(), none()),
            (Ok(3.0), Ok(0.0), Err("nothing to compare with".to_owned())),
        ];
        for (of, against, wanted) in cases {
            assert_eq!(ratio(&of, &against), wanted);
        }
    }

    #[test]
    fn printed_values_are_read() {
        let finished = Finished { stdout: "nanoseconds 12.5\nbytes 300\n".to_owned(), ..Finished::default() };
        assert_eq!(printed(&finished, "bytes").expect("it is there").to_bits(), 300.0_f64.to_bits());
        assert!(printed(&finished, "seconds").is_err());
    }
}
