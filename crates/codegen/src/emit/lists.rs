//! The lists of vendors: modules, one line a vendor for macros, and the regions of hand-written files that name every vendor.

use std::path::PathBuf;

use super::{
    File,
    print::{doc, literal},
};
use crate::model::{Api, Family};

/// A part of a hand-written file, between a line with `@generated vendors NAME` and one with `@end NAME`.
#[derive(Debug)]
pub struct Region {
    /// Relative to the workspace root.
    pub path: PathBuf,
    /// Its name.
    pub name: &'static str,
    /// The lines between.
    pub content: String,
}

const SOURCE: &str = "the folders of specs";

/// Rust files that list the vendors.
pub fn files(apis: &[&Api]) -> Vec<File> {
    let rust = |path: &str, content: String| File { path: path.into(), source: SOURCE.to_owned(), content };
    let modules = |line: fn(&Api) -> String| apis.iter().map(|api| line(api)).collect::<String>();
    let facade = modules(|api| {
        let constants = [&api.id, &api.name, &api.credential_env].map(|text| literal(text)).join(", ");
        format!("    {}    {}({}, {constants}),\n", doc(&format!("{}.", about(api)), 1), api.variant(), api.module())
    });
    let sandbox = modules(|api| {
        format!("    {}    {}({}, {}),\n", doc(&format!("{}.", about(api)), 1), api.variant(), api.module(), literal(&api.id))
    });
    vec![
        rust(
            "crates/messenger/src/vendors.rs",
            format!(
                "//! Every vendor: variant, crate, id, name, and environment variable of the credential.\n\nuse crate::vendor::vendors;\n\nvendors! {{\n{facade}}}\n"
            ),
        ),
        rust(
            "crates/sandbox/src/vendors.rs",
            format!("//! Every vendor: variant, crate, id.\n\nuse crate::vendor::vendors;\n\nvendors! {{\n{sandbox}}}\n"),
        ),
    ]
}

/// Regions of manifests and of the README.
pub fn regions(apis: &[&Api], families: &[Family]) -> Vec<Region> {
    let region = |path: &str, name, content| Region { path: path.into(), name, content };
    let lines = |line: fn(&Api) -> String| apis.iter().map(|api| line(api)).collect::<String>();
    let crates: Vec<&str> = apis.iter().map(|api| api.id.as_str()).chain(families.iter().map(|family| family.id.as_str())).collect();
    let members = crates.iter().map(|id| format!("{id} = {{ path = \"crates/{id}\", version = \"0.1.0\" }}\n")).collect();
    let optional = lines(|api| format!("{} = {{ workspace = true, optional = true }}\n", api.id));
    let all = lines(|api| format!("{}.workspace = true\n", api.id));
    let quoted: Vec<String> = apis.iter().map(|api| literal(&api.id)).collect();
    let vendors = format!("vendors = [{}]\n", quoted.join(", "));
    let features = vendors.clone() + &lines(|api| format!("{id} = [\"dep:{id}\"]\n", id = api.id));
    let forwarded = vendors + &lines(|api| format!("{id} = [\"reachout-messenger/{id}\"]\n", id = api.id));
    vec![
        region("Cargo.toml", "clients", members),
        region("crates/messenger/Cargo.toml", "features", features),
        region("crates/messenger/Cargo.toml", "clients", optional),
        region("crates/outbox/Cargo.toml", "features", forwarded),
        region("crates/reachout/Cargo.toml", "clients", all.clone()),
        region("crates/sandbox/Cargo.toml", "clients", all),
        region("tests/Cargo.toml", "clients", lines(|api| format!("{} = {{ workspace = true, features = [\"test-util\"] }}\n", api.id))),
        region("tests/tests/wire/main.rs", "tests", lines(|api| format!("every_operation!({});\n", api.module()))),
        region("README.md", "table", table(apis)),
    ]
}

/// `| [Leonar](…), recruiting CRM | … |`
fn table(apis: &[&Api]) -> String {
    let rows: String = apis
        .iter()
        .map(|api| {
            format!(
                "| [{}]({}), {} | [`{id}`](crates/{id}) | {} | `{}` |\n",
                api.name,
                api.home,
                api.about,
                api.operations.len(),
                api.credential_env,
                id = api.id
            )
        })
        .collect();
    format!("| vendor | crate | operations | credential |\n|---|---|---|---|\n{rows}")
}

/// `Leonar, recruiting CRM`
fn about(api: &Api) -> String {
    if api.about.is_empty() { api.name.clone() } else { format!("{}, {}", api.name, api.about) }
}
