//! Progenitor's client, as it makes it from our document.

use std::{fs, panic, path::Path};

use anyhow::{Context as _, anyhow};
use progenitor_impl::{GenerationSettings, Generator};
use serde_json::{Map, Value, json};

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

/// Progenitor does not take forms of several parts: the same schema is sent as JSON.
fn simplify(document: &mut Value) {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for operation in paths.into_iter().flat_map(Map::values_mut).filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
        let Some(content) = operation.pointer_mut("/requestBody/content").and_then(Value::as_object_mut) else { continue };
        if let Some(media) = content.remove("multipart/form-data").and_then(|mut media| media.get_mut("schema").map(Value::take)) {
            content.insert("application/json".to_owned(), json!({"schema": media}));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_several_parts_become_json() {
        let operation = |content: Value| json!({"paths": {"/a": {"parameters": [], "post": {"requestBody": {"content": content}}}}});
        let schema = json!({"$ref": "#/components/schemas/Upload"});
        let mut document = operation(json!({"multipart/form-data": {"schema": schema, "encoding": {"file": {}}}}));
        simplify(&mut document);
        assert_eq!(document, operation(json!({"application/json": {"schema": schema}})));
        let kept = operation(json!({"application/x-www-form-urlencoded": {"schema": schema}}));
        let mut document = kept.clone();
        simplify(&mut document);
        assert_eq!(document, kept);
    }
}
