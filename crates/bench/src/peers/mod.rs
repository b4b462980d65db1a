//! The other clients: cargo projects below `target/bench/peers`, made from the templates and by the other generators.

mod openapi_generator;
mod progenitor;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Context as _;

use crate::process::{Finished, Runner};
pub use openapi_generator::VERSION as OPENAPI_GENERATOR;

/// A client whose calls are measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Peer {
    /// hyper alone.
    Hyper,
    /// reqwest and serde, by hand.
    Hand,
    /// The same with our types.
    SameTypes,
    /// openapi-generator's.
    OpenapiGenerator,
    /// Progenitor's.
    Progenitor,
    /// The client crate.
    Ours,
    /// The client crate with spans and metrics that are exported.
    Watched,
}

impl Peer {
    /// In the order of the tables.
    pub const ALL: [Self; 7] =
        [Self::Hyper, Self::Hand, Self::SameTypes, Self::OpenapiGenerator, Self::Progenitor, Self::Ours, Self::Watched];

    /// As tables call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hyper => "hyper, by hand",
            Self::Hand => "reqwest, by hand",
            Self::SameTypes => "reqwest, by hand, our types",
            Self::OpenapiGenerator => "openapi-generator",
            Self::Progenitor => "progenitor",
            Self::Ours => "leonar",
            Self::Watched => "leonar, with spans and metrics",
        }
    }

    /// Its package, and the program that it makes.
    fn package(self) -> &'static str {
        match self {
            Self::Hyper => "hyper-floor",
            Self::Hand => "hand",
            Self::SameTypes => "same-types",
            Self::OpenapiGenerator => "openapi-generator",
            Self::Progenitor => "progenitor",
            Self::Ours => "ours",
            Self::Watched => "watched",
        }
    }
}

/// The workspace of the peers.
#[derive(Debug)]
pub struct Peers {
    folder: PathBuf,
    /// Packages that cannot be built, and why.
    missing: BTreeMap<&'static str, String>,
    /// Whether a client can be made from another with `with_credential`.
    with_credential: bool,
}

/// Packages besides those of [`Peer`] whose code comes from another generator.
const PROGENITOR_DEPENDENT: &str = "progenitor-dependent";

impl Peers {
    /// Writes the projects. What another generator cannot make is missing.
    ///
    /// # Errors
    /// Where files cannot be written.
    pub fn prepare(root: &Path, folder: &Path, runner: &Runner) -> anyhow::Result<Self> {
        let peers = folder.join("peers");
        let generated = peers.join("generated");
        let mut missing = BTreeMap::new();
        let mut note = |package, made: anyhow::Result<()>| {
            if let Err(error) = made {
                missing.insert(package, format!("{error:#}"));
            }
        };
        let document = |vendor| root.join("crates").join(vendor).join("openapi.json");
        for (vendor, package) in [("leonar", Peer::Progenitor.package()), ("leadway", PROGENITOR_DEPENDENT)] {
            note(package, progenitor::generate(&document(vendor), vendor, &generated.join(format!("progenitor-{vendor}"))));
        }
        let made =
            openapi_generator::generate(runner, &folder.join("tools"), &document("leonar"), "leonar", &generated.join("openapi-leonar"));
        note(Peer::OpenapiGenerator.package(), made);

        let templates = root.join("crates/bench/peers");
        let mut members = Vec::new();
        for entry in fs::read_dir(&templates).with_context(|| format!("cannot read {}", templates.display()))? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if templates.join(&name).is_dir() && !missing.keys().any(|package| *package == name) {
                copy(&templates.join(&name), &peers.join(&name), root)?;
                members.push(name);
            }
        }
        members.sort();
        let manifest = fs::read_to_string(templates.join("Cargo.toml.in"))?;
        let members: Vec<String> = members.iter().map(|member| format!("\"{member}\"")).collect();
        write(&peers.join("Cargo.toml"), &manifest.replace("{members}", &members.join(", ")))?;
        // The same versions as in the workspace; cargo adds what only peers have.
        if !peers.join("Cargo.lock").exists() {
            fs::copy(root.join("Cargo.lock"), peers.join("Cargo.lock"))?;
        }
        let client = fs::read_to_string(root.join("crates/leonar/src/generated/client.rs"))?;
        Ok(Self { folder: folder.to_owned(), missing, with_credential: client.contains("pub fn with_credential(") })
    }

    /// Packages that cannot be built, and why.
    pub fn missing(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.missing.iter().map(|(package, why)| (*package, why.as_str()))
    }

    /// How a client for one more tenant is made.
    pub fn one_more_tenant(&self) -> &'static str {
        if self.with_credential { "with `client.with_credential`" } else { "with `Client::builder`" }
    }

    /// The lock file that they were built by.
    pub fn lock(&self) -> String {
        fs::read_to_string(self.folder.join("peers/Cargo.lock")).unwrap_or_default()
    }

    /// Where a client's program is, built.
    pub fn program(&mut self, runner: &Runner, peer: Peer) -> Result<PathBuf, String> {
        self.build(runner, peer.package())?;
        Ok(self.built(peer.package()))
    }

    /// The server.
    pub fn server(&mut self, runner: &Runner) -> Result<PathBuf, String> {
        self.build(runner, "server")?;
        Ok(self.built("server"))
    }

    /// The program that sends one message and does nothing else, of a client that was built.
    pub fn one_message(&self, peer: Peer) -> PathBuf {
        self.built(&format!("{}-one-message", peer.package()))
    }

    fn build(&mut self, runner: &Runner, package: &'static str) -> Result<(), String> {
        if let Some(why) = self.missing.get(package) {
            return Err(why.clone());
        }
        let mut command = self.cargo("build", "release");
        command.args(["--release", "-p", package]);
        if package == Peer::Ours.package() && self.with_credential {
            command.args(["--features", "with_credential"]);
        }
        if let Err(error) = runner.run(&mut command) {
            let why = format!("{error:#}");
            self.missing.insert(package, why.clone());
            return Err(why);
        }
        Ok(())
    }

    fn built(&self, program: &str) -> PathBuf {
        self.folder.join("build/release/release").join(program)
    }

    /// Builds a dependent from nothing, without optimisation.
    ///
    /// # Errors
    /// Where it does not build.
    pub fn clean_build(&self, runner: &Runner, package: &str) -> anyhow::Result<Finished> {
        remove(&self.folder.join("build/development"))?;
        runner.run(self.cargo("build", "development").args(["-p", package]))
    }

    /// Checks packages, the last of which depends on the others, with everything else checked before.
    ///
    /// # Errors
    /// Where they do not build.
    pub fn warm_check(&self, runner: &Runner, packages: &[&str]) -> anyhow::Result<Finished> {
        let Some(last) = packages.last() else { return Ok(Finished::default()) };
        runner.run(self.cargo("check", "development").args(["-p", last]))?;
        let mut clean = self.cargo("clean", "development");
        for package in packages {
            clean.args(["-p", package]);
        }
        runner.run(&mut clean)?;
        runner.run(self.cargo("check", "development").args(["-p", last]))
    }

    fn cargo(&self, verb: &str, target: &str) -> Command {
        let mut command = Command::new("cargo");
        command.arg(verb).arg("--manifest-path").arg(self.folder.join("peers/Cargo.toml"));
        command.arg("--target-dir").arg(self.folder.join("build").join(target));
        command.env("CARGO_INCREMENTAL", "0").env("CARGO_TERM_COLOR", "never").env_remove("RUSTFLAGS");
        command
    }
}

fn remove(folder: &Path) -> anyhow::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    Ok(())
}

/// Writes a file, unless it has this content already: cargo looks at the time.
fn write(path: &Path, content: &str) -> anyhow::Result<()> {
    if fs::read_to_string(path).is_ok_and(|present| present == content) {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(path, content).with_context(|| format!("cannot write {}", path.display()))
}

/// Copies a template; a `Cargo.toml.in` becomes a `Cargo.toml`, so that cargo does not take the template for a package.
fn copy(from: &Path, to: &Path, root: &Path) -> anyhow::Result<()> {
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            copy(&path, &to.join(name), root)?;
        } else {
            let content = fs::read_to_string(&path)?.replace("{root}", &root.display().to_string());
            write(&to.join(name.trim_end_matches(".in")), &content)?;
        }
    }
    Ok(())
}
