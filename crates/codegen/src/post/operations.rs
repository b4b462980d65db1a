//! One builder an operation: its arguments, `send()`, and `stream()` where it pages.

use std::collections::BTreeMap;

use heck::ToUpperCamelCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Ident, ImplItem, Item, ItemMod, ItemStruct, ReturnType, Type};

use super::{builders::inner, docs, items, multipart, streams};
use crate::model::{Body, Content, Operation, Vendor};

/// What progenitor says of the operations: the Rust type of every argument and result.
#[derive(Debug, Default)]
pub struct Arguments {
    structs: BTreeMap<String, ItemStruct>,
    results: BTreeMap<String, Type>,
}

/// Reads progenitor's module `builder`.
pub fn read(module: &ItemMod) -> Arguments {
    let mut arguments = Arguments::default();
    for item in items(module) {
        match item {
            Item::Struct(item) => {
                arguments.structs.insert(item.ident.to_string(), item.clone());
            }
            Item::Impl(item) => {
                let Type::Path(ty) = &*item.self_ty else { continue };
                let Some(name) = ty.path.segments.last().map(|segment| segment.ident.to_string()) else { continue };
                let send = item.items.iter().find_map(|item| match item {
                    ImplItem::Fn(function) if function.sig.ident == "send" => Some(&function.sig.output),
                    _ => None,
                });
                if let Some(ReturnType::Type(_, ty)) = send
                    && let Some(result) = inner(ty, "Result").and_then(|value| inner(value, "ResponseValue"))
                {
                    arguments.results.insert(name, result.clone());
                }
            }
            _ => {}
        }
    }
    arguments
}

/// One argument of an operation.
pub struct Argument<'a> {
    /// Field and setter.
    pub ident: Ident,
    /// As progenitor stores it, without the outer `Result`.
    pub ty: &'a Type,
}

/// Everything about the operations of a vendor.
pub fn write(vendor: &Vendor, arguments: &Arguments, types: &ItemMod) -> Result<TokenStream, String> {
    let mut methods = Vec::new();
    let mut builders = Vec::new();
    for (index, operation) in vendor.operations.iter().enumerate() {
        let name = operation.id.to_upper_camel_case();
        let (ident, method, doc) = (format_ident!("{name}"), format_ident!("{}", operation.id), docs::operation(operation));
        let deprecated = operation.deprecated.then(|| quote!(#[deprecated = "the vendor calls this operation deprecated"]));
        methods.push(quote! {
            #[doc = #doc]
            #deprecated
            pub fn #method(&self) -> builder::#ident<'_> {
                builder::#ident::new(self)
            }
        });
        if operation.is_multipart() {
            builders.push(multipart::builder(operation, index));
            continue;
        }
        let given = arguments.structs.get(&name).ok_or_else(|| format!("no builder for `{}` in the output", operation.id))?;
        let result = arguments.results.get(&name).ok_or_else(|| format!("no `send` for `{}` in the output", operation.id))?;
        builders.push(builder(operation, index, given, result, types)?);
    }
    let doc = format!("The operations of {}.", vendor.name);
    Ok(quote! {
        #[doc = #doc]
        impl Client {
            #(#methods)*
        }

        /// The arguments of each operation. Nothing is sent before `send()`, or before a `stream()` is polled.
        pub mod builder {
            #[allow(unused_imports, reason = "not every vendor needs every name")]
            use super::{ByteStream, Client, Error, ROUTES, ResponseValue, Stream, multipart, pagination, types};
            #(#builders)*
        }
    })
}

fn builder(operation: &Operation, index: usize, given: &ItemStruct, result: &Type, types: &ItemMod) -> Result<TokenStream, String> {
    let ident = &given.ident;
    let arguments: Vec<Argument<'_>> = given
        .fields
        .iter()
        .filter_map(|field| Some(Argument { ident: field.ident.clone()?, ty: inner(&field.ty, "Result")? }))
        .filter(|argument| argument.ident != "client")
        .collect();
    let doc = format!("Arguments of [`Client::{}`].", operation.id);
    let fields = arguments.iter().map(|Argument { ident, ty }| quote!(#ident: Result<#ty, String>));
    let unset = arguments.iter().map(|argument| {
        let ident = &argument.ident;
        match (is_builder(argument.ty), inner(argument.ty, "Option")) {
            (true, _) => quote!(#ident: Ok(Default::default())),
            (_, Some(_)) => quote!(#ident: Ok(None)),
            _ => {
                let message = format!("{ident}: no value was given");
                quote!(#ident: Err(#message.to_owned()))
            }
        }
    });
    let setters = arguments.iter().map(|argument| setter(operation, argument));
    let send = send(operation, index, &arguments, result);
    let stream = streams::write(operation, &arguments, result, types)?;
    Ok(quote! {
        #[doc = #doc]
        #[must_use = "nothing is sent before `send()`"]
        #[derive(Clone, Debug)]
        pub struct #ident<'a> {
            client: &'a Client,
            #(#fields,)*
        }

        impl<'a> #ident<'a> {
            pub(super) fn new(client: &'a Client) -> Self {
                Self { client, #(#unset,)* }
            }

            #(#setters)*
            #send
            #stream
        }
    })
}

fn setter(operation: &Operation, Argument { ident, ty }: &Argument<'_>) -> TokenStream {
    let name = ident.to_string();
    if let Some(body) = operation.body.as_ref().filter(|_| name == "body") {
        return body_setters(body, ty);
    }
    let parameter = operation.parameters.iter().find(|parameter| parameter.rust_name() == name);
    let doc = parameter.map(|parameter| {
        let required = if parameter.required { " Required." } else { "" };
        format!("{}{required}", parameter.description)
    });
    let (target, wrap) = match inner(ty, "Option") {
        Some(optional) => (optional, quote!(.map(Some))),
        None => (*ty, TokenStream::new()),
    };
    match inner(target, "Vec") {
        Some(item) => quote! {
            #[doc = #doc]
            pub fn #ident<I>(mut self, values: I) -> Self
            where
                I: IntoIterator,
                I::Item: TryInto<#item>,
                <I::Item as TryInto<#item>>::Error: std::fmt::Display,
            {
                self.#ident = reachout_runtime::arguments(#name, values)#wrap;
                self
            }
        },
        None => quote! {
            #[doc = #doc]
            pub fn #ident<V>(mut self, value: V) -> Self
            where
                V: TryInto<#target>,
                V::Error: std::fmt::Display,
            {
                self.#ident = reachout_runtime::argument(#name, value)#wrap;
                self
            }
        },
    }
}

fn body_setters(body: &Body, ty: &Type) -> TokenStream {
    let schema = format_ident!("{}", body.schema);
    let (into, map) = if is_builder(ty) {
        let map = quote! {
            /// Changes the body set so far.
            pub fn body_map<F>(mut self, change: F) -> Self
            where
                F: FnOnce(#ty) -> #ty,
            {
                self.body = self.body.map(change);
                self
            }
        };
        (quote!(.map(|body: types::#schema| body.into())), map)
    } else {
        (TokenStream::new(), TokenStream::new())
    };
    let doc = format!("The request body: a [`types::{schema}`], or its builder.");
    quote! {
        #[doc = #doc]
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: TryInto<types::#schema>,
            V::Error: std::fmt::Display,
        {
            self.body = reachout_runtime::argument("body", value)#into;
            self
        }

        #map
    }
}

fn send(operation: &Operation, index: usize, arguments: &[Argument<'_>], result: &Type) -> TokenStream {
    let idents = arguments.iter().map(|argument| &argument.ident);
    let finished = arguments.iter().map(|Argument { ident, .. }| match operation.body.as_ref().filter(|_| ident == "body") {
        Some(body) => {
            let schema = format_ident!("{}", body.schema);
            quote!(let body: types::#schema = call.body(body)?;)
        }
        None => quote!(let #ident = call.argument(#ident)?;),
    });
    let parameters = operation.parameters.iter().map(|parameter| {
        let (name, ident) = (&parameter.name, format_ident!("{}", parameter.rust_name()));
        match parameter.location.as_str() {
            "path" => quote!(.path_param(#name, &#ident)),
            "query" => quote!(.query(#name, &#ident)),
            _ => quote!(.header(#name, &#ident)),
        }
    });
    let body = operation.body.as_ref().map(|body| match body.media_type.as_str() {
        "application/x-www-form-urlencoded" => quote!(.form(&body)),
        _ => quote!(.json(&body)),
    });
    let end = match &operation.success.content {
        Content::Empty => quote!(.send_empty()),
        Content::Bytes => quote!(.send_stream()),
        Content::Json(_) => quote!(.send::<#result>()),
    };
    let index = syn::Index::from(index);
    let doc = format!(
        "Sends `{} {}`.\n\n# Errors\nSee [`Error`]; an argument that is missing or does not fit is an error before anything is sent.",
        operation.method, operation.path
    );
    quote! {
        #[doc = #doc]
        pub async fn send(self) -> Result<ResponseValue<#result>, Error> {
            let Self { client, #(#idents),* } = self;
            let call = client.core.operation(&ROUTES[#index]);
            #(#finished)*
            call #(#parameters)* #body #end .await
        }
    }
}

/// `types::builder::X`.
pub fn is_builder(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.iter().rev().nth(1).is_some_and(|segment| segment.ident == "builder"))
}
