//! Spelling: typify writes every path out in full.

use syn::{
    Path, PathSegment,
    punctuated::Punctuated,
    visit_mut::{self, VisitMut},
};

const PRELUDE: [(&str, &str); 9] = [
    ("std::option::Option", "Option"),
    ("std::result::Result", "Result"),
    ("std::string::String", "String"),
    ("std::vec::Vec", "Vec"),
    ("std::boxed::Box", "Box"),
    ("std::convert::From", "From"),
    ("std::convert::TryFrom", "TryFrom"),
    ("std::convert::TryInto", "TryInto"),
    ("std::default::Default", "Default"),
];

/// Shortens what the prelude has, and points typify's error type at the runtime's.
pub fn tidy(file: &mut syn::File) {
    Tidy.visit_file_mut(file);
}

/// The same for one type, for those inside macro calls, which no visitor enters.
pub fn shorten(ty: &mut syn::Type) {
    Tidy.visit_type_mut(ty);
}

struct Tidy;

impl VisitMut for Tidy {
    fn visit_path_mut(&mut self, path: &mut Path) {
        visit_mut::visit_path_mut(self, path);
        let spelled = path.segments.iter().map(|segment| segment.ident.to_string()).collect::<Vec<_>>().join("::");
        if let Some(last) = path.segments.last().cloned() {
            if PRELUDE.iter().any(|(long, _)| *long == spelled) {
                path.leading_colon = None;
                path.segments = Punctuated::from_iter([last]);
            } else if spelled == "reachout_runtime::Number" {
                path.leading_colon = None;
            } else if spelled.ends_with("error::ConversionError") {
                let runtime = PathSegment::from(syn::Ident::new("reachout_runtime", last.ident.span()));
                path.leading_colon = None;
                path.segments = Punctuated::from_iter([runtime, last]);
            }
        }
    }

    fn visit_attributes_mut(&mut self, attributes: &mut Vec<syn::Attribute>) {
        for attribute in attributes.iter_mut() {
            self.visit_attribute_mut(attribute);
        }
        // One `///` a line, as a person writes it.
        *attributes = std::mem::take(attributes).into_iter().flat_map(doc_lines).collect();
    }

    fn visit_attribute_mut(&mut self, attribute: &mut syn::Attribute) {
        if let syn::Meta::List(list) = &mut attribute.meta {
            let mut text = list.tokens.to_string();
            for (long, short) in PRELUDE {
                text = text.replace(&format!("::{long}"), short).replace(&format!(":: {}", long.replace("::", " :: ")), short);
            }
            if let Ok(tokens) = text.parse() {
                list.tokens = tokens;
            }
        }
    }
}

fn doc_lines(attribute: syn::Attribute) -> Vec<syn::Attribute> {
    let text = match &attribute.meta {
        syn::Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
            syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => text.value(),
            _ => return vec![attribute],
        },
        _ => return vec![attribute],
    };
    let line = |line: &str| -> syn::Attribute {
        let line = if line.is_empty() || line.starts_with(' ') { line.to_owned() } else { format!(" {line}") };
        syn::Attribute { style: attribute.style, ..syn::parse_quote!(#[doc = #line]) }
    };
    // `lines` has none for the empty text, which is the blank line between two paragraphs.
    if text.is_empty() { vec![line("")] } else { text.lines().map(str::trim_end).map(line).collect() }
}
