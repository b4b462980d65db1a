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
    model::{Api, Family, Schema},
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

/// A crate whose code is printed: a vendor's, or that of a family of editions.
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
    let mut files = vec![
        rust("mod", client::module(api)),
        rust("client", client::write(api)),
        rust("operations", operations::vendor(api, &of)?),
        rust("types", types::vendor(api, &of)),
        rust("routes", routes::write(api)),
    ];
    if !api.events.is_empty() {
        files.push(rust("events", events::write(api, &of)));
    }
    Ok(files)
}

/// What lists the vendors: Rust files, and regions of files that people write.
pub fn lists(apis: &[Api], families: &[Family]) -> (Vec<File>, Vec<Region>) {
    // Platforms of their own first, then the editions of one, then what nobody has reviewed yet.
    let mut sorted: Vec<&Api> = apis.iter().collect();
    sorted.sort_by_key(|api| (api.is_draft(), api.family.is_some(), api.id.clone()));
    let mut files = lists::files(&sorted);
    files.extend(calls::files(&sorted, families));
    (files, lists::regions(&sorted, families))
}

/// The crate of what the editions of a platform share.
pub fn family(family: &Family) -> Result<Vec<File>, Error> {
    let source = format!("specs/{}", family.id);
    let generated = PathBuf::from("crates").join(&family.id).join("src/generated");
    let module = family.id.replace('-', "_");
    let of = Crate { module: &module, title: &family.name, schemas: &family.schemas };
    let rust = |name: &str, content: String| File { path: generated.join(name).with_extension("rs"), source: source.clone(), content };
    Ok(vec![
        rust("mod", client::family_module()),
        rust("operations", operations::family(family, &of)?),
        rust("types", types::family(family, &of)),
    ])
}

/// What users see of each crate, in text: the vendors' by name, then the families'.
pub fn outlines(apis: &[Api], families: &[Family]) -> Vec<(String, String)> {
    let vendors = apis.iter().map(|api| {
        let module = api.module();
        let text = outline::vendor(api, &Crate { module: &module, title: &api.name, schemas: &api.schemas });
        (module, text)
    });
    let families = families.iter().map(|family| {
        let module = family.id.replace('-', "_");
        let text = outline::family(family, &Crate { module: &module, title: &family.name, schemas: &family.schemas });
        (module, text)
    });
    vendors.chain(families).collect()
}
