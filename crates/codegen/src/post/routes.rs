//! The route table: what hooks, retry, tracing, sandbox, command line and docs read of each operation.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::model::{Operation, Vendor};

pub fn write(vendor: &Vendor) -> TokenStream {
    let routes = vendor.operations.iter().map(route);
    let count = syn::Index::from(vendor.operations.len());
    quote! {
        /// Every operation, in the order of the spec.
        pub static ROUTES: [Route; #count] = [#(#routes),*];
    }
}

fn route(operation: &Operation) -> TokenStream {
    let Operation { id, path, tag, docs, authenticated, .. } = operation;
    let method = format_ident!("{}", operation.method);
    let headers = operation.constant_headers.iter().map(|(name, value)| quote!((#name, #value)));
    let evidence = match operation.evidence.0.as_str() {
        "full" => quote!(Evidence::Full),
        "partial" => quote!(Evidence::Partial),
        _ => quote!(Evidence::ClientOnly),
    };
    let pagination = match operation.pagination.as_ref().map(|pagination| pagination.style.as_str()) {
        None => quote!(None),
        Some("offset") => quote!(Some(Pagination::Offset)),
        Some("page") => quote!(Some(Pagination::Page)),
        Some("token") => quote!(Some(Pagination::Token)),
        Some(_) => quote!(Some(Pagination::Cursor)),
    };
    quote! {
        Route {
            operation_id: #id,
            method: Method::#method,
            path: #path,
            headers: &[#(#headers),*],
            authenticated: #authenticated,
            pagination: #pagination,
            evidence: #evidence,
            tag: #tag,
            docs: #docs,
        }
    }
}
