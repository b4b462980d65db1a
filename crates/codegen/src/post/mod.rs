//! Stage 5: progenitor's output becomes a thin client over the runtime.
//!
//! Kept from progenitor are the types and the Rust type of every argument and result; the code around them is written anew:
//! one call per operation over a static route, builders for request types only, enums that bear unknown values.

pub mod builders;
mod client;
mod docs;
mod enums;
mod events;
mod multipart;
mod operations;
mod routes;
mod streams;
pub mod tidy;
mod types;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Item, ItemMod};

use crate::{diagnostic::Error, model::Vendor, normalise::Normalised};

/// The source of a client crate's `generated.rs`.
pub fn client(vendor: &Vendor, spec: &Normalised, generated: TokenStream) -> Result<TokenStream, Error> {
    let failed = |message: String| Error::Generator { vendor: vendor.id.clone(), message };
    let file: syn::File = syn::parse2(generated).map_err(|error| failed(error.to_string()))?;
    let types = module(&file.items, "types").ok_or_else(|| failed("no module `types` in the output".into()))?;
    let arguments = module(&file.items, "builder").map(operations::read).unwrap_or_default();

    let client = client::write(vendor);
    let operations = operations::write(vendor, &arguments, types).map_err(failed)?;
    let types = types::rewrite(vendor, spec, types).map_err(failed)?;
    let events = events::write(vendor);
    let routes = routes::write(vendor);
    let mut file: syn::File = syn::parse2(quote! {
    #![allow(
        clippy::default_trait_access,
        clippy::doc_markdown,
        clippy::match_wildcard_for_single_variants,
        clippy::option_as_ref_cloned,
        clippy::unnecessary_lazy_evaluations,
        reason = "written by a program, from prose written by people"
    )]
    #client #operations #types #events #routes })
    .map_err(|error| failed(error.to_string()))?;
    tidy::tidy(&mut file);
    Ok(file.into_token_stream())
}

fn module<'a>(items: &'a [Item], name: &str) -> Option<&'a ItemMod> {
    items.iter().find_map(|item| match item {
        Item::Mod(module) if module.ident == name => Some(module),
        _ => None,
    })
}

fn items(module: &ItemMod) -> &[Item] {
    module.content.as_ref().map(|(_, items)| items.as_slice()).unwrap_or_default()
}
