//! openapi-generator's Rust client with reqwest, as it makes it from our document.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Context as _;

use crate::process::Runner;

/// The release that is compared.
pub const VERSION: &str = "7.26.0";

/// Makes the crate `openapi_<vendor>`.
///
/// # Errors
/// Where Java, Python or the network are missing, or the generator refuses the document.
pub fn generate(runner: &Runner, tools: &Path, document: &Path, vendor: &str, into: &Path) -> anyhow::Result<()> {
    // New files would be compiled again.
    let stamp = into.with_extension("made-from");
    let made_from = format!("{VERSION}\n{}", fs::read_to_string(document)?);
    if fs::read_to_string(&stamp).is_ok_and(|present| present == made_from) {
        return Ok(());
    }
    let jar = jar(runner, tools)?;
    super::remove(into)?;
    let mut command = Command::new("java");
    command.arg("-jar").arg(jar).args(["generate", "-g", "rust", "--library", "reqwest", "-i"]).arg(document).arg("-o").arg(into);
    command.arg(format!("--additional-properties=packageName=openapi_{vendor}"));
    runner.run(&mut command).context("openapi-generator")?;
    super::write(&stamp, &made_from)
}

/// The program, out of its Python package, where it is not here already.
fn jar(runner: &Runner, tools: &Path) -> anyhow::Result<PathBuf> {
    let unpacked = tools.join(format!("openapi-generator-{VERSION}"));
    let jar = unpacked.join("openapi_generator_cli/openapi-generator.jar");
    if jar.exists() {
        return Ok(jar);
    }
    fs::create_dir_all(tools)?;
    let package = format!("openapi-generator-cli=={VERSION}");
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--dest"]).arg(tools).arg(package);
    runner.run(&mut pip).context("pip")?;
    let wheel = tools.join(format!("openapi_generator_cli-{VERSION}-py3-none-any.whl"));
    runner.run(Command::new("python3").args(["-m", "zipfile", "-e"]).arg(&wheel).arg(&unpacked)).context("unpacking openapi-generator")?;
    fs::remove_file(wheel)?;
    Ok(jar)
}
