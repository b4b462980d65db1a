//! Progenitor's client, as it makes it from our document.

use std::{fs, path::Path};

use anyhow::{Context as _, anyhow};
use reachout_codegen::progenitor_client;

/// What the generated code names.
const DEPENDENCIES: &str = r#"[dependencies]
chrono = { version = "0.4", default-features = false, features = ["serde"] }
progenitor-client = "0.15"
reqwest = { version = "0.13", default-features = false, features = ["rustls", "http2", "charset", "json", "query", "stream"] }
serde = { version = "1", features = ["derive"] }
serde_json = "1"
uuid = { version = "1", features = ["serde"] }
"#;

/// Makes the crate `progenitor-<vendor>`.
///
/// # Errors
/// Where progenitor does not take the document.
pub fn generate(document: &Path, vendor: &str, into: &Path) -> anyhow::Result<()> {
    let text = fs::read_to_string(document).with_context(|| format!("cannot read {}", document.display()))?;
    let code = progenitor_client(&serde_json::from_str(&text)?).map_err(|message| anyhow!("progenitor: {message}"))?;
    let code = prettyplease::unparse(&syn::parse_file(&code)?);
    super::write(&into.join("Cargo.toml"), &format!("[package]\nname = \"progenitor-{vendor}\"\nedition = \"2021\"\n\n{DEPENDENCIES}"))?;
    super::write(&into.join("src/lib.rs"), &code)
}
