//! Enums of strings: open where a vendor may answer with a value nobody documented, closed where only we send them.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Fields, Ident, ItemEnum, Variant};

/// An enum whose variants all stand for a string.
pub fn is_string_enum(item: &ItemEnum) -> bool {
    !item.variants.is_empty() && item.variants.iter().all(|variant| matches!(variant.fields, Fields::Unit))
}

/// The enum, and the macro call that gives it its conversions.
pub fn write(item: &ItemEnum, open: bool) -> TokenStream {
    let ItemEnum { ident, .. } = item;
    let docs: Vec<&Attribute> = item.attrs.iter().filter(|attribute| attribute.path().is_ident("doc")).collect();
    let variants: Vec<(Ident, String)> = item.variants.iter().map(|variant| (variant_name(variant, open), wire_name(variant))).collect();
    let declared = variants.iter().map(|(variant, wire)| {
        let doc = format!("`{wire}`");
        quote!(#[doc = #doc] #variant)
    });
    let pairs = variants.iter().map(|(variant, wire)| quote!(#variant = #wire));
    if open {
        quote! {
            #(#docs)*
            ///
            /// The vendor may add values: one that this version does not know is [`Unknown`](Self::Unknown), and is sent back unchanged.
            #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
            #[non_exhaustive]
            pub enum #ident {
                #(#declared,)*
                /// A value this version does not know, as it came.
                Unknown(String),
            }
            reachout_runtime::open_enum!(#ident, #(#pairs),*);
        }
    } else {
        quote! {
            #(#docs)*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
            #[non_exhaustive]
            pub enum #ident {
                #(#declared,)*
            }
            reachout_runtime::closed_enum!(#ident, #(#pairs),*);
        }
    }
}

/// A documented `unknown` makes room for the variant that holds what nobody documented.
fn variant_name(variant: &Variant, open: bool) -> Ident {
    match open && variant.ident == "Unknown" {
        true => Ident::new("UnknownValue", variant.ident.span()),
        false => variant.ident.clone(),
    }
}

fn wire_name(variant: &Variant) -> String {
    let mut name = variant.ident.to_string();
    for attribute in variant.attrs.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        // An attribute that is not `rename = "…"` leaves the variant's own name.
        let _ = attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("rename") {
                name = meta.value()?.parse::<syn::LitStr>()?.value();
            }
            Ok(())
        });
    }
    name
}
