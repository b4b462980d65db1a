//! `stream()` of an operation that pages.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Fields, Item, ItemMod, Type};

use super::{
    builders::inner,
    items,
    operations::{Argument, is_builder},
};
use crate::model::{Operation, Pagination, rust_name};

/// The method, or nothing for an operation that does not page.
pub fn write(operation: &Operation, arguments: &[Argument<'_>], result: &Type, types: &ItemMod) -> Result<TokenStream, String> {
    let Some(pagination) = &operation.pagination else { return Ok(TokenStream::new()) };
    let page = Reader { types, operation: &operation.id };
    let response = page.named(result)?;
    let items_read = page.read(&response, &pagination.items)?;
    let item = inner(&items_read.ty, "Vec").ok_or_else(|| page.error(&pagination.items, "is no list"))?.clone();
    let item_type = page.qualified(&item);

    let mut fields = Vec::new();
    if let Some(path) = &pagination.more {
        let more = page.read(&response, path)?.copied();
        fields.push(quote!(more: #more));
    }
    for (name, path) in [("total", &pagination.total), ("total_pages", &pagination.total_pages)] {
        if let Some(path) = path {
            let (name, value) = (format_ident!("{name}"), page.read(&response, path)?.borrowed());
            fields.push(quote!(#name: #value.and_then(pagination::count)));
        }
    }
    let (by, start, advance) = match &pagination.param {
        Some(param) => {
            let by = format_ident!("by_{}", pagination.style);
            let first: u64 = u64::from(pagination.style == "page");
            let first = syn::LitInt::new(&first.to_string(), proc_macro2::Span::call_site());
            let given = given(&page, operation, arguments, param)?;
            let set = set(operation, arguments, param, &quote!(position));
            (by, Some(quote!(pagination::position(#given, #first))), quote!(|request: Self, position| #set))
        }
        None => {
            let (next, advance) = cursor(&page, pagination, operation, arguments, &response, &item)?;
            fields.push(next);
            (format_ident!("by_cursor"), None, advance)
        }
    };
    let start_argument = start.as_ref().map(|_| quote!(start,));
    let start = start.map(|start| quote!(let start = #start;));
    let read_last = pagination.next.iter().any(|(_, from)| from.starts_with("last.")).then(|| {
        let items = items_read.borrowed();
        quote!(let last = #items.and_then(|items| items.last());)
    });
    let list = page.read_owned(&response, &pagination.items)?;
    Ok(quote! {
        /// All items, page after page. Lazy: nothing is sent before the first poll, and the next page only when the last one is used up.
        ///
        /// An error comes after the items before it, and ends the stream.
        pub fn stream(self) -> impl Stream<Item = Result<#item_type, Error>> + Send + Unpin + 'a {
            #start
            pagination::#by(
                self,
                #start_argument
                |request: Self| async move {
                    let page = request.send().await?.into_inner();
                    #read_last
                    Ok(pagination::Page { #(#fields,)* items: #list, ..Default::default() })
                },
                #advance,
            )
        }
    })
}

fn cursor(
    page: &Reader<'_>,
    pagination: &Pagination,
    operation: &Operation,
    arguments: &[Argument<'_>],
    response: &str,
    item: &Type,
) -> Result<(TokenStream, TokenStream), String> {
    let mut values = Vec::new();
    let mut sets = Vec::new();
    for (param, from) in &pagination.next {
        let value = match from.strip_prefix("last.") {
            Some(path) => {
                let item = page.named(item)?;
                page.read_from(quote!(last), true, &item, path)?
            }
            None => page.read(response, from)?,
        };
        values.push(value.cloned());
        let name = format_ident!("{}", rust_name(param));
        let set = set(operation, arguments, param, &quote!(#name));
        sets.push((name, set));
    }
    let names: Vec<_> = sets.iter().map(|(name, _)| name).collect();
    let steps = sets.iter().map(|(name, set)| quote!(if let Some(#name) = #name { request = #set; }));
    let next = quote! {
        next: {
            let (#(#names,)*) = (#(#values,)*);
            (#(#names.is_some())||*).then(|| (#(#names,)*))
        }
    };
    let advance = quote! {
        |mut request: Self, (#(#names,)*)| {
            #(#steps)*
            request
        }
    };
    Ok((next, advance))
}

/// The position that the caller has set already, as an `Option<&T>`.
fn given(reader: &Reader<'_>, operation: &Operation, arguments: &[Argument<'_>], param: &str) -> Result<TokenStream, String> {
    let ident = format_ident!("{}", rust_name(param));
    let Some(schema) = body_of(operation, arguments, param) else {
        return Ok(quote!(self.#ident.as_ref().ok().and_then(Option::as_ref)));
    };
    let body = quote!(self.body.clone().ok().and_then(|body| types::#schema::try_from(body).ok()).as_ref());
    Ok(reader.read_from(body, true, &schema.to_string(), param)?.expression)
}

fn set(operation: &Operation, arguments: &[Argument<'_>], param: &str, value: &TokenStream) -> TokenStream {
    let ident = format_ident!("{}", rust_name(param));
    match body_of(operation, arguments, param) {
        Some(_) => quote!(request.body_map(|body| body.#ident(#value))),
        None => quote!(request.#ident(#value)),
    }
}

/// The body's schema, where the parameter is one of its properties.
fn body_of(operation: &Operation, arguments: &[Argument<'_>], param: &str) -> Option<syn::Ident> {
    let in_query = operation.parameters.iter().any(|known| known.name == param);
    let built = arguments.iter().any(|argument| argument.ident == "body" && is_builder(argument.ty));
    (!in_query && built).then(|| operation.body.as_ref().map(|body| format_ident!("{}", body.schema)))?
}

/// Finds fields in typify's structs.
struct Reader<'a> {
    types: &'a ItemMod,
    operation: &'a str,
}

struct Read {
    /// A place such as `page.meta.total`, or an `Option` of a reference to one.
    expression: TokenStream,
    optional: bool,
    /// Type of the value.
    ty: Type,
}

impl Read {
    /// An `Option<&T>`.
    fn borrowed(&self) -> TokenStream {
        let expression = &self.expression;
        if self.optional { quote!(#expression) } else { quote!(Some(&#expression)) }
    }

    /// An `Option<T>` of something small.
    fn copied(&self) -> TokenStream {
        let expression = &self.expression;
        if self.optional { quote!(#expression.copied()) } else { quote!(Some(#expression)) }
    }

    /// An `Option<T>`.
    fn cloned(&self) -> TokenStream {
        let expression = &self.expression;
        if self.optional { quote!(#expression.cloned()) } else { quote!(Some(#expression.clone())) }
    }
}

impl Reader<'_> {
    /// A borrowed value at a dot path of the page.
    fn read(&self, response: &str, path: &str) -> Result<Read, String> {
        self.read_from(quote!(page), false, response, path)
    }

    fn read_from(&self, start: TokenStream, optional: bool, name: &str, path: &str) -> Result<Read, String> {
        let ty: Type = syn::parse_str(name).map_err(|error| error.to_string())?;
        let mut read = Read { expression: start, optional, ty };
        for segment in path.split('.') {
            if let Some(alternatives) = self.alternatives(&read.ty) {
                let (variant, ty) = self.with_field(&alternatives, segment).ok_or_else(|| self.error(path, "is in no alternative"))?;
                let from = read.borrowed();
                let expression = quote!(#from.and_then(|value| match value { #variant(value) => Some(value), _ => None }));
                read = Read { expression, optional: true, ty };
            }
            let (field, field_type) = self.field(&read.ty, segment, path)?;
            let from = &read.expression;
            read = match (read.optional, inner(&field_type, "Option")) {
                (true, Some(ty)) => {
                    Read { expression: quote!(#from.and_then(|value| value.#field.as_ref())), optional: true, ty: ty.clone() }
                }
                (true, None) => Read { expression: quote!(#from.map(|value| &value.#field)), optional: true, ty: field_type },
                (false, Some(ty)) => Read { expression: quote!(#from.#field.as_ref()), optional: true, ty: ty.clone() },
                (false, None) => Read { expression: quote!(#from.#field), optional: false, ty: field_type },
            };
        }
        Ok(read)
    }

    /// The list itself, moved out of the page.
    fn read_owned(&self, response: &str, path: &str) -> Result<TokenStream, String> {
        let ty: Type = syn::parse_str(response).map_err(|error| error.to_string())?;
        self.take(quote!(page), &ty, &path.split('.').collect::<Vec<_>>(), path)
    }

    fn take(&self, value: TokenStream, ty: &Type, segments: &[&str], path: &str) -> Result<TokenStream, String> {
        let Some((segment, rest)) = segments.split_first() else { return Ok(value) };
        if let Some(alternatives) = self.alternatives(ty) {
            let arms = alternatives.iter().map(|(variant, ty)| {
                let taken = match self.field(ty, segment, path) {
                    Ok(_) => self.take(quote!(value), ty, segments, path)?,
                    // An alternative that is the list itself.
                    Err(_) => quote!(value.0),
                };
                Ok(quote!(#variant(value) => #taken))
            });
            let arms = arms.collect::<Result<Vec<_>, String>>()?;
            return Ok(quote!(match #value { #(#arms,)* }));
        }
        let (field, field_type) = self.field(ty, segment, path)?;
        match inner(&field_type, "Option") {
            Some(_) if rest.is_empty() => Ok(quote!(#value.#field.unwrap_or_default())),
            Some(ty) => {
                let taken = self.take(quote!(value), ty, rest, path)?;
                Ok(quote!(#value.#field.map(|value| #taken).unwrap_or_default()))
            }
            None => self.take(quote!(#value.#field), &field_type, rest, path),
        }
    }

    /// The variants of a `oneOf`, as patterns, and the type in each.
    fn alternatives(&self, ty: &Type) -> Option<Vec<(TokenStream, Type)>> {
        let name = self.named(ty).ok()?;
        let item = items(self.types).iter().find_map(|item| match item {
            Item::Enum(item) if item.ident == name => Some(item),
            _ => None,
        })?;
        let ident = &item.ident;
        let variant = |variant: &syn::Variant| {
            let (name, ty) = (&variant.ident, variant.fields.iter().next()?.ty.clone());
            Some((quote!(types::#ident::#name), ty))
        };
        item.variants.iter().map(variant).collect()
    }

    fn with_field(&self, alternatives: &[(TokenStream, Type)], segment: &str) -> Option<(TokenStream, Type)> {
        alternatives.iter().find(|(_, ty)| self.field(ty, segment, segment).is_ok()).cloned()
    }

    fn field(&self, ty: &Type, segment: &str, path: &str) -> Result<(syn::Ident, Type), String> {
        let name = self.named(ty)?;
        let found = items(self.types).iter().find_map(|item| match item {
            Item::Struct(item) if item.ident == name => Some(item),
            _ => None,
        });
        let Some(Fields::Named(fields)) = found.map(|item| &item.fields) else {
            return Err(self.error(path, &format!("goes through `{name}`, which is no struct")));
        };
        let wanted = rust_name(segment);
        let field = fields.named.iter().find(|field| field.ident.as_ref().is_some_and(|ident| *ident == wanted));
        let field = field.ok_or_else(|| self.error(path, &format!("names `{segment}`, which `{name}` has not")))?;
        Ok((format_ident!("{wanted}"), field.ty.clone()))
    }

    /// The last name of a path type.
    fn named(&self, ty: &Type) -> Result<String, String> {
        match ty {
            Type::Path(path) => Ok(path.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default()),
            _ => Err(self.error("items", "has a type without a name")),
        }
    }

    /// The type as it is called outside of `types`.
    fn qualified(&self, ty: &Type) -> TokenStream {
        let own = |name: &str| {
            items(self.types).iter().any(|item| match item {
                Item::Struct(item) => item.ident == name,
                Item::Enum(item) => item.ident == name,
                _ => false,
            })
        };
        match ty {
            Type::Path(path) if path.path.get_ident().is_some_and(|ident| own(&ident.to_string())) => quote!(types::#ty),
            ty => quote!(#ty),
        }
    }

    fn error(&self, path: &str, message: &str) -> String {
        format!("x-pagination of `{}`: `{path}` {message}", self.operation)
    }
}
