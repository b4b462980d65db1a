//! The public API of a generated client, as a reviewer wants to read it.

use std::fmt::Write as _;

use quote::ToTokens;
use syn::{Fields, ImplItem, Item, Type, Visibility};

/// One line for each public thing of a source file, in its order.
///
/// # Panics
/// Where the source is not Rust.
#[must_use]
pub fn outline(source: &str) -> String {
    let file = syn::parse_file(source).unwrap();
    let mut text = String::new();
    items(&file.items, "", &mut text);
    text
}

fn items(all: &[Item], indent: &str, text: &mut String) {
    for item in all {
        match item {
            Item::Struct(item) if public(&item.vis) => {
                let _ = writeln!(text, "{indent}struct {}{}", item.ident, spelled(&item.generics));
                if let Fields::Named(fields) = &item.fields {
                    for field in fields.named.iter().filter(|field| public(&field.vis)) {
                        let _ = writeln!(
                            text,
                            "{indent}    {}: {}",
                            field.ident.as_ref().map(ToString::to_string).unwrap_or_default(),
                            spelled(&field.ty)
                        );
                    }
                }
            }
            Item::Enum(item) if public(&item.vis) => {
                let variants: Vec<String> =
                    item.variants.iter().map(|variant| format!("{}{}", variant.ident, spelled(&variant.fields))).collect();
                let _ = writeln!(text, "{indent}enum {} {{ {} }}", item.ident, variants.join(", "));
            }
            Item::Static(item) if public(&item.vis) => {
                let _ = writeln!(text, "{indent}static {}: {}", item.ident, spelled(&item.ty));
            }
            Item::Macro(item) => {
                let name = item.mac.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
                let _ = writeln!(text, "{indent}{name}!({})", tidy(&item.mac.tokens.to_string()));
            }
            Item::Impl(item) => implementation(item, indent, text),
            Item::Mod(item) if public(&item.vis) => {
                let _ = writeln!(text, "{indent}mod {}", item.ident);
                let inner = item.content.as_ref().map(|(_, items)| items.as_slice()).unwrap_or_default();
                items(inner, &format!("{indent}    "), text);
            }
            _ => {}
        }
    }
}

fn implementation(item: &syn::ItemImpl, indent: &str, text: &mut String) {
    let Type::Path(ty) = &*item.self_ty else { return };
    let name = spelled(ty);
    if let Some((of, _)) = &item.trait_ {
        let _ = writeln!(text, "{indent}impl {} for {name}", spelled(of));
        return;
    }
    for item in &item.items {
        if let ImplItem::Fn(function) = item
            && public(&function.vis)
        {
            let _ = writeln!(text, "{indent}{name}: {}", spelled(&function.sig));
        }
    }
}

fn public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn spelled(tokens: &impl ToTokens) -> String {
    tidy(&tokens.to_token_stream().to_string())
}

/// Token streams print with a space around everything.
fn tidy(text: &str) -> String {
    const TIGHT: [(&str, &str); 12] = [
        (" :: ", "::"),
        (":: ", "::"),
        (" < ", "<"),
        ("< ", "<"),
        (" >", ">"),
        (" ,", ","),
        (" :", ":"),
        ("& ", "&"),
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
        (" ;", ";"),
    ];
    TIGHT.iter().fold(text.to_owned(), |text, (spaced, tight)| text.replace(spaced, tight))
}
