//! The lists of vendors: modules, one line a vendor for macros, and the regions of hand-written files that name every vendor.

use std::path::PathBuf;

use super::{
    File,
    print::{doc, literal},
};
use crate::model::Api;

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
    let line = |api: &&Api| {
        let constants = [&api.id, &api.name, &api.credential_env].map(|text| literal(text)).join(", ");
        let platform = apis.iter().find(|other| api.base.as_ref() == Some(&other.id)).unwrap_or(api).variant();
        format!("    {}    {}({}, {constants}, {platform}),\n", doc(&format!("{}.", about(api)), 1), api.variant(), api.module())
    };
    let vendors = apis.iter().map(line).collect::<String>();
    let content = format!(
        "//! Every vendor: variant, crate, id, name, environment variable of the credential, and platform.\n\nuse crate::vendor::vendors;\n\nvendors! {{\n{vendors}}}\n"
    );
    vec![File { path: "crates/messenger/src/vendors.rs".into(), source: SOURCE.to_owned(), content }]
}

/// Regions of manifests and of the README.
pub fn regions(apis: &[&Api]) -> Vec<Region> {
    let region = |path: &str, name, content| Region { path: path.into(), name, content };
    let lines = |line: fn(&Api) -> String| apis.iter().map(|api| line(api)).collect::<String>();
    let members = lines(|api| format!("{id} = {{ path = \"crates/{id}\", version = \"0.1.0\", default-features = false }}\n", id = api.id));
    let optional = lines(|api| format!("{} = {{ workspace = true, optional = true }}\n", api.id));
    // With every group of operations.
    let clients = |features: &[&str]| {
        let line = |api: &&Api| {
            let full = (!api.features().is_empty()).then_some("full");
            let features: Vec<String> = full.into_iter().chain(features.iter().copied()).map(literal).collect();
            match features.is_empty() {
                true => format!("{}.workspace = true\n", api.id),
                false => format!("{} = {{ workspace = true, features = [{}] }}\n", api.id, features.join(", ")),
            }
        };
        apis.iter().map(line).collect::<String>()
    };
    let quoted: Vec<String> = apis.iter().map(|api| literal(&api.id)).collect();
    let vendors = format!("vendors = [{}]\n", quoted.join(", "));
    let full: Vec<String> = apis.iter().filter(|api| !api.features().is_empty()).map(|api| literal(&format!("{}?/full", api.id))).collect();
    let features =
        vendors.clone() + &lines(|api| format!("{id} = [\"dep:{id}\"]\n", id = api.id)) + &format!("full = [{}]\n", full.join(", "));
    let forwarded = vendors + &lines(|api| format!("{id} = [\"reachout-messenger/{id}\"]\n", id = api.id));
    let groups = apis.iter().filter(|api| !api.features().is_empty());
    let groups =
        groups.map(|api| Region { path: format!("crates/{}/Cargo.toml", api.id).into(), name: "groups", content: self::groups(api) });
    let regions = vec![
        region("Cargo.toml", "clients", members),
        region("crates/messenger/Cargo.toml", "features", features),
        region("crates/messenger/Cargo.toml", "clients", optional),
        region("crates/outbox/Cargo.toml", "features", forwarded),
        region("crates/reachout/Cargo.toml", "clients", clients(&[])),
        region("tests/Cargo.toml", "clients", clients(&["test-util"])),
        region("tests/tests/wire/main.rs", "tests", lines(|api| format!("every_operation!({});\n", api.module()))),
        region("README.md", "table", table(apis)),
    ];
    regions.into_iter().chain(groups).collect()
}

/// The features of a client's groups; an edition's bring those of its platform.
fn groups(api: &Api) -> String {
    let names: Vec<&str> = api.features().into_iter().collect();
    let quoted: Vec<String> = names.iter().map(|name| format!("    {},\n", literal(name))).collect();
    let feature = |name: &&str| match &api.base {
        Some(base) => format!("{name} = [\"{base}/{name}\"]\n"),
        None => format!("{name} = []\n"),
    };
    format!("full = [\n{}]\n{}", quoted.concat(), names.iter().map(feature).collect::<String>())
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
