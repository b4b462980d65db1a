//! The module `types`: typify's structs, our enums, builders for what is sent.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;
use syn::{
    Attribute, Fields, Ident, Item, ItemEnum, ItemImpl, ItemMod, ItemStruct, Path, Token, Type, Visibility, parse_quote,
    punctuated::Punctuated,
};

use super::{builders, enums, items};
use crate::{model::Vendor, normalise::Normalised};

pub fn rewrite(vendor: &Vendor, spec: &Normalised, module: &ItemMod) -> Result<TokenStream, String> {
    let all = items(module);
    let string_enums: BTreeSet<String> = all.iter().filter_map(|item| string_enum(item)).map(|item| item.ident.to_string()).collect();
    let checked: BTreeSet<String> = all.iter().filter_map(|item| text(item, true)).collect();
    let texts: BTreeSet<String> = all.iter().filter_map(|item| text(item, false)).collect();
    let structs: BTreeMap<String, &ItemStruct> = all.iter().filter_map(named_struct).map(|item| (item.ident.to_string(), item)).collect();
    let own: BTreeSet<String> = all.iter().filter_map(type_name).collect();
    let sent = |name: &str| spec.requests.contains(name);
    let open = |name: &str| spec.responses.contains(name) || !spec.requests.contains(name) && !only_in_parameters(spec, name);

    let mut kept: Vec<TokenStream> = Vec::new();
    let mut built: Vec<TokenStream> = Vec::new();
    for item in all {
        match item {
            Item::Mod(_) => {}
            Item::Enum(item) if enums::is_string_enum(item) => kept.push(enums::write(item, open(&item.ident.to_string()))),
            Item::Enum(item) => kept.push(alternatives(item, &structs, &texts, &sent)),
            Item::Struct(item) => {
                let mut item = item.clone();
                describe(&mut item, spec);
                if !matches!(item.fields, Fields::Named(_)) {
                    let ident = &item.ident;
                    let checked = checked.contains(&ident.to_string()).then(|| quote!(reachout_runtime::checked_string!(#ident);));
                    kept.push(quote!(#item #checked));
                    continue;
                }
                let ident = item.ident.clone();
                if sent(&ident.to_string()) {
                    let doc = format!("Starts a [`{ident}`]; `.try_into()` or a call's `.body(…)` ends it.");
                    built.push(builders::write(&item, &own));
                    kept.push(quote! {
                        #item
                        impl #ident {
                            #[doc = #doc]
                            pub fn builder() -> builder::#ident {
                                Default::default()
                            }
                        }
                    });
                } else {
                    kept.push(quote!(#item));
                }
            }
            Item::Impl(item) if is_replaced(item, &string_enums, &checked) => {}
            item => kept.push(quote!(#item)),
        }
    }
    let doc = format!("Types of {}'s requests and responses.", vendor.name);
    let builders = (!built.is_empty()).then(|| {
        quote! {
            /// Builders of what is sent. A required field that was not set, and a value out of its limits, come out when the builder ends.
            pub mod builder {
                #(#built)*
            }
        }
    });
    let module: ItemMod = syn::parse2(quote! {
        #[doc = #doc]
        pub mod types {
            #(#kept)*
            #builders
        }
    })
    .map_err(|error| error.to_string())?;
    Ok(quote!(#module))
}

/// An enum that no body holds and a parameter does: we alone send it.
fn only_in_parameters(spec: &Normalised, name: &str) -> bool {
    let reference = format!("#/components/schemas/{name}");
    let items = spec.json["paths"].as_object().into_iter().flat_map(|paths| paths.values());
    let operations = items.filter_map(Value::as_object).flat_map(|item| item.values());
    let mut parameters = operations.filter_map(|operation| operation["parameters"].as_array()).flatten();
    parameters
        .any(|parameter| parameter["schema"]["$ref"] == reference.as_str() || parameter["schema"]["items"]["$ref"] == reference.as_str())
}

fn string_enum(item: &Item) -> Option<&ItemEnum> {
    match item {
        Item::Enum(item) if enums::is_string_enum(item) => Some(item),
        _ => None,
    }
}

fn named_struct(item: &Item) -> Option<&ItemStruct> {
    match item {
        Item::Struct(item) if matches!(item.fields, Fields::Named(_)) => Some(item),
        _ => None,
    }
}

fn type_name(item: &Item) -> Option<String> {
    match item {
        Item::Struct(item) => Some(item.ident.to_string()),
        Item::Enum(item) => Some(item.ident.to_string()),
        _ => None,
    }
}

/// Derives and docs that every struct has.
fn describe(item: &mut ItemStruct, spec: &Normalised) {
    decorate(&mut item.attrs);
    let schema = &spec.json["components"]["schemas"][item.ident.to_string()];
    for field in &mut item.fields {
        let Some(name) = field.ident.as_ref().map(ToString::to_string) else { continue };
        if field.attrs.iter().any(|attribute| attribute.path().is_ident("doc")) {
            continue;
        }
        let doc = field_doc(spec, schema, &name);
        field.attrs.insert(0, parse_quote!(#[doc = #doc]));
    }
}

/// The description of the component that a property refers to.
fn field_doc(spec: &Normalised, schema: &Value, field: &str) -> String {
    let property = schema["properties"].as_object().into_iter().flatten().find(|(name, _)| crate::model::rust_name(name) == field);
    let target = property.and_then(|(_, property)| crate::lint::schemas::referenced(property));
    let described =
        target.and_then(|target| spec.json["components"]["schemas"][target.as_str()]["description"].as_str().map(str::to_owned));
    described.unwrap_or_else(|| match field {
        "extra" => "Fields that the vendor does not name.".to_owned(),
        field => format!("`{field}`."),
    })
}

/// `PartialEq` for tests, `JsonSchema` for those who want it.
fn decorate(attributes: &mut Vec<Attribute>) {
    for attribute in attributes.iter_mut().filter(|attribute| attribute.path().is_ident("derive")) {
        let Ok(paths) = attribute.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated) else { continue };
        let mut names: Vec<Path> = paths.into_iter().collect();
        if !names.iter().any(|path| path.is_ident("PartialEq")) {
            names.push(parse_quote!(PartialEq));
        }
        *attribute = parse_quote!(#[derive(#(#names),*)]);
    }
    let place = attributes.iter().position(|attribute| attribute.path().is_ident("derive")).map_or(0, |place| place + 1);
    attributes.insert(place, parse_quote!(#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]));
}

/// A `oneOf`: each variant is documented, and a builder of a variant can be given where the whole is wanted.
fn alternatives(
    item: &ItemEnum,
    structs: &BTreeMap<String, &ItemStruct>,
    texts: &BTreeSet<String>,
    sent: &dyn Fn(&str) -> bool,
) -> TokenStream {
    let mut item = item.clone();
    decorate(&mut item.attrs);
    let ident = item.ident.clone();
    let mut conversions = Vec::new();
    let mut takes_text = false;
    for variant in &mut item.variants {
        let Some(Type::Path(ty)) = variant.fields.iter().next().map(|field| field.ty.clone()) else { continue };
        let Some(name) = ty.path.segments.last().map(|segment| segment.ident.clone()) else { continue };
        let doc = format!("As `{name}`.");
        if !variant.attrs.iter().any(|attribute| attribute.path().is_ident("doc")) {
            variant.attrs.push(parse_quote!(#[doc = #doc]));
        }
        if !takes_text && texts.contains(&name.to_string()) {
            // A plain text is given as one.
            takes_text = true;
            let variant = &variant.ident;
            conversions.push(quote! {
                impl From<&str> for #ident {
                    fn from(value: &str) -> Self {
                        Self::#variant(#name(value.to_owned()))
                    }
                }
                impl From<String> for #ident {
                    fn from(value: String) -> Self {
                        Self::#variant(#name(value))
                    }
                }
            });
        }
        if structs.contains_key(&name.to_string()) && sent(&name.to_string()) && sent(&ident.to_string()) {
            let variant = &variant.ident;
            conversions.push(quote! {
                impl TryFrom<builder::#name> for #ident {
                    type Error = reachout_runtime::ConversionError;
                    fn try_from(value: builder::#name) -> Result<Self, Self::Error> {
                        value.try_into().map(Self::#variant)
                    }
                }
            });
        }
    }
    quote!(#item #(#conversions)*)
}

/// A named string: `pub struct Text(pub String)` without limits, `pub struct Text(String)` where `FromStr` checks them.
fn text(item: &Item, limited: bool) -> Option<String> {
    let Item::Struct(item) = item else { return None };
    let Fields::Unnamed(fields) = &item.fields else { return None };
    let field = fields.unnamed.first().filter(|field| matches!(field.vis, Visibility::Inherited) == limited)?;
    let Type::Path(ty) = &field.ty else { return None };
    ty.path.segments.last().is_some_and(|segment| segment.ident == "String").then(|| item.ident.to_string())
}

/// Impls that the runtime's macros write, and typify's `builder()`.
fn is_replaced(item: &ItemImpl, string_enums: &BTreeSet<String>, checked: &BTreeSet<String>) -> bool {
    let name = |ty: &Type| match ty {
        Type::Path(path) => path.path.get_ident().map(Ident::to_string),
        _ => None,
    };
    let on = name(&item.self_ty);
    let trait_name = item.trait_.as_ref().and_then(|(path, _)| path.segments.last()).map(|segment| segment.ident.to_string());
    let on_enum = on.as_ref().is_some_and(|name| string_enums.contains(name));
    let on_checked = on.as_ref().is_some_and(|name| checked.contains(name)) && trait_name.as_deref() != Some("FromStr");
    let from_checked = trait_name.as_deref() == Some("From")
        && item
            .trait_
            .as_ref()
            .is_some_and(|(path, _)| checked.iter().any(|name| quote!(#path).to_string().ends_with(&format!("< {name} >"))));
    let builder = trait_name.is_none()
        && item.items.iter().any(|item| matches!(item, syn::ImplItem::Fn(function) if function.sig.ident == "builder"));
    on_enum || on_checked || from_checked || builder
}
