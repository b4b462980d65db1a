//! Prints the model as Rust. Nothing here decides anything; rustfmt lays the text out.

mod calls;
mod client;
mod docs;
mod events;
mod example;
mod lists;
mod operations;
mod outline;
mod page;
mod print;
mod routes;
mod types;

use std::{collections::BTreeMap, path::PathBuf};

pub use lists::Region;
pub use types::declared;

use crate::{
    diagnostic::Error,
    model::{Api, Schema},
    names,
};

/// One generated file.
#[derive(Debug)]
pub struct File {
    /// Relative to the workspace root.
    pub path: PathBuf,
    /// What it is generated from, for its first line: `specs/leonar/openapi.yaml`.
    pub source: String,
    /// The Rust in it, before rustfmt; or the whole text of another kind of file.
    pub content: String,
}

/// A crate whose code is printed.
#[derive(Clone, Copy, Debug)]
pub struct Crate<'a> {
    /// In Rust: `hoop_ai`.
    pub module: &'a str,
    /// As people write it.
    pub title: &'a str,
    /// Every component that its code mentions.
    pub schemas: &'a BTreeMap<String, Schema>,
}

/// The client crate of a vendor.
pub fn vendor(api: &Api) -> Result<Vec<File>, Error> {
    let source = format!("specs/{}/openapi.yaml", api.id);
    let folder = PathBuf::from("crates").join(&api.id);
    let generated = folder.join("src/generated");
    let module = api.module();
    let of = Crate { module: &module, title: &api.name, schemas: &api.schemas };
    let rust = |name: &str, content: String| File { path: generated.join(name).with_extension("rs"), source: source.clone(), content };
    let mut files = vec![rust("mod", client::module(api)), rust("client", client::write(api))];
    let features = api.features();
    // What every build has stands beside the modules of the features, where there are some.
    let always = |part: &str| if features.is_empty() { part.to_owned() } else { format!("{part}/mod") };
    files.push(rust(&always("operations"), operations::write(api, &of, None)?));
    files.push(rust(&always("types"), types::write(api, &of, None)));
    files.push(rust(&always("routes"), routes::write(api)));
    for feature in features {
        let name = names::group_name(feature);
        if operations::has_own(api, feature) {
            files.push(rust(&format!("operations/{name}"), operations::write(api, &of, Some(feature))?));
        }
        if types::has_own(api, feature) {
            files.push(rust(&format!("types/{name}"), types::write(api, &of, Some(feature))));
        }
        files.push(rust(&format!("routes/{name}"), routes::of_feature(api, feature)));
    }
    if !api.events.is_empty() && !api.shares_events {
        files.push(rust("events", events::write(api, &of)));
    }
    Ok(files)
}

/// What lists the vendors: Rust files, and regions of files that people write.
pub fn lists(apis: &[Api]) -> (Vec<File>, Vec<Region>) {
    // Platforms of their own first, those with editions before these, then what nobody has reviewed yet.
    let mut sorted: Vec<&Api> = apis.iter().collect();
    let has_editions = |api: &Api| apis.iter().any(|other| other.base.as_ref() == Some(&api.id));
    sorted.sort_by_key(|api| (api.is_draft(), api.base.is_some(), has_editions(api), api.id.clone()));
    let mut files = lists::files(&sorted);
    files.extend(calls::files(&sorted));
    (files, lists::regions(&sorted))
}

/// What users see of each crate, in text.
pub fn outlines(apis: &[Api]) -> Vec<(String, String)> {
    let outline = |api: &Api| {
        let module = api.module();
        let text = outline::vendor(api, &Crate { module: &module, title: &api.name, schemas: &api.schemas });
        (module, text)
    };
    apis.iter().map(outline).collect()
}

/// The modules of the features, each behind its own, with all of their items where the module itself is.
fn modules<'a>(features: impl Iterator<Item = &'a str>) -> String {
    let lines: String = features.map(|feature| format!("    {} {}\n", print::literal(feature), names::group_name(feature))).collect();
    if lines.is_empty() { lines } else { format!("rt::features! {{\n{lines}}}\n") }
}

/// What stands before an item of a feature.
fn condition(feature: &str) -> String {
    let feature = print::literal(feature);
    format!("#[cfg(feature = {feature})]\n#[cfg_attr(docsrs, doc(cfg(feature = {feature})))]\n")
}
