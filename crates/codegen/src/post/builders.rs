//! Builders of request types, declared in one line a field.

use std::collections::BTreeSet;

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{
    Attribute, Field, GenericArgument, Ident, ItemStruct, PathArguments, Type,
    visit_mut::{self, VisitMut},
};

use super::tidy;

/// The builder of a struct, for the module `types::builder`; `own` tells the types of the module `types`.
pub fn write(item: &ItemStruct, own: &BTreeSet<String>) -> TokenStream {
    let ident = &item.ident;
    let fields = item.fields.iter().filter_map(|field| {
        let name = field.ident.as_ref()?;
        let (kind, ty) = kind(field);
        let mut ty = ty.clone();
        Outward(own).visit_type_mut(&mut ty);
        tidy::shorten(&mut ty);
        Some(quote!(#name = #kind::<#ty>))
    });
    quote!(reachout_runtime::builder!(#ident, #(#fields),*);)
}

/// Spells the types of the parent module as seen from `types::builder`, whose own structs have the same names.
struct Outward<'a>(&'a BTreeSet<String>);

impl VisitMut for Outward<'_> {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        visit_mut::visit_path_mut(self, path);
        if path.get_ident().is_some_and(|ident| self.0.contains(&ident.to_string())) {
            path.segments.insert(0, Ident::new("super", Span::call_site()).into());
        }
    }
}

/// How the setter takes its value, and of which type.
fn kind(field: &Field) -> (Ident, &Type) {
    let word = |word: &str| Ident::new(word, Span::call_site());
    let defaulted = field.attrs.iter().any(is_defaulted);
    match (inner(&field.ty, "Option"), inner(&field.ty, "Vec")) {
        (Some(optional), _) => match inner(optional, "Vec") {
            Some(item) => (word("optional_list"), item),
            None => (word("optional"), optional),
        },
        (None, Some(item)) if !defaulted => (word("required_list"), item),
        (None, Some(item)) => (word("list"), item),
        (None, None) if defaulted => (word("defaulted"), &field.ty),
        (None, None) => (word("required"), &field.ty),
    }
}

fn is_defaulted(attribute: &Attribute) -> bool {
    let mut found = false;
    if attribute.path().is_ident("serde") {
        let _ = attribute.parse_nested_meta(|meta| {
            found |= meta.path.is_ident("default") || meta.path.is_ident("flatten");
            if meta.input.peek(syn::Token![=]) {
                meta.value()?.parse::<syn::Lit>()?;
            }
            Ok(())
        });
    }
    found
}

/// `T` of `Option<T>`, however the path to it is written.
pub fn inner<'a>(ty: &'a Type, wrapper: &str) -> Option<&'a Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|segment| segment.ident == wrapper)?;
    argument(&last.arguments)
}

/// `T` of `<T>`.
pub fn argument(arguments: &PathArguments) -> Option<&Type> {
    match arguments {
        PathArguments::AngleBracketed(arguments) => arguments.args.iter().find_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        }),
        _ => None,
    }
}
