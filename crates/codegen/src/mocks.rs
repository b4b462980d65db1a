//! Typed mocks: progenitor's httpmock code, reduced to what differs from operation to operation.
//!
//! Kept from progenitor are the operations, their parameters and the Rust types of both. How a request is matched and a response is made
//! is the same for all of them and written by hand in `crates/mocks`.

use std::collections::BTreeMap;

use heck::ToUpperCamelCase;
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{FnArg, GenericArgument, GenericParam, ImplItem, ImplItemFn, Item, PathArguments, Type, TypeParamBound, WherePredicate};

use crate::{
    diagnostic::Error,
    model::{Content, Operation, Vendor},
    post::tidy,
    wire,
};

/// The source of `crates/mocks/src/<vendor>.rs`.
pub fn write(vendor: &Vendor, generated: TokenStream) -> Result<TokenStream, Error> {
    let failed = |message: String| Error::Generator { vendor: vendor.id.clone(), message };
    let file: syn::File = syn::parse2(generated).map_err(|error| failed(error.to_string()))?;
    let setters = read(&file);
    let module = format_ident!("{}", vendor.module());
    let none = BTreeMap::new();
    let operations = vendor.operations.iter().enumerate().map(|(index, operation)| {
        let setters = setters.get(&operation.id.to_upper_camel_case()).unwrap_or(&none);
        describe(operation, index, setters)
    });
    let methods = vendor.operations.iter().map(method);
    let module_doc = format!("Mocks of {}.", vendor.name);
    let trait_doc = format!(
        "Mocks of {}'s operations, one method each. Like [`MockServer::mock`], with arguments that know the operation.",
        vendor.name
    );
    let mut file: syn::File = syn::parse2(quote! {
        #![doc = #module_doc]
        use httpmock::{Mock, MockServer};
        use crate::{MockOperation, Then, When};

        /// One type for each operation, to tell their [`When`] and [`Then`] apart.
        pub mod operations {
            use #module::{OPENAPI, ROUTES, VENDOR, types};
            use crate::{Then, When, operation::operation};
            #(#operations)*
        }

        #[doc = #trait_doc]
        pub trait MockServerExt: MockOperation {
            #(#methods)*
        }

        impl MockServerExt for MockServer {}
    })
    .map_err(|error| failed(error.to_string()))?;
    tidy::tidy(&mut file);
    Ok(file.into_token_stream())
}

/// The source of `crates/mocks/tests/operations/<vendor>.rs`: the mock of every operation answers the real client.
pub fn write_tests(vendor: &Vendor, generated: TokenStream) -> Result<TokenStream, Error> {
    let file: syn::File =
        syn::parse2(generated).map_err(|error| Error::Generator { vendor: vendor.id.clone(), message: error.to_string() })?;
    let setters = read(&file);
    let module = format_ident!("{}", vendor.module());
    let none = BTreeMap::new();
    let tests = vendor.operations.iter().filter(|operation| !operation.is_multipart()).map(|operation| {
        let setters = setters.get(&operation.id.to_upper_camel_case()).unwrap_or(&none);
        test(operation, setters)
    });
    let mut file: syn::File = syn::parse2(quote! {
        #![allow(clippy::unreadable_literal, reason = "examples are as the vendor prints them")]
        use #module::{Client, OPENAPI, types};
        use httpmock::MockServer;
        use reachout_mocks::#module::MockServerExt as _;
        use serde_json::json;
        use crate::{client, request, response, value};

        #(#tests)*
    })
    .map_err(|error| Error::Generator { vendor: vendor.id.clone(), message: error.to_string() })?;
    tidy::tidy(&mut file);
    Ok(file.into_token_stream())
}

/// The type of a parameter, as progenitor has it.
struct Setter {
    ty: Type,
    optional: bool,
}

impl Setter {
    /// `T` of `&T`, but for `&str`.
    fn owned(&self) -> Type {
        match &self.ty {
            Type::Reference(reference) if !is_str(&reference.elem) => (*reference.elem).clone(),
            ty => ty.clone(),
        }
    }
}

/// Operation (`SendMessage`) → parameter → type.
fn read(file: &syn::File) -> BTreeMap<String, BTreeMap<String, Setter>> {
    let module = file.items.iter().find_map(|item| match item {
        Item::Mod(module) if module.ident == "operations" => module.content.as_ref(),
        _ => None,
    });
    let impls = module.into_iter().flat_map(|(_, items)| items).filter_map(|item| match item {
        Item::Impl(item) => Some(item),
        _ => None,
    });
    let mut operations = BTreeMap::new();
    for item in impls {
        let Type::Path(ty) = &*item.self_ty else { continue };
        let Some(name) = ty.path.get_ident().map(ToString::to_string) else { continue };
        let Some(operation) = name.strip_suffix("When") else { continue };
        let setters = item.items.iter().filter_map(|item| match item {
            ImplItem::Fn(function) => Some((function.sig.ident.to_string(), setter(function)?)),
            _ => None,
        });
        operations.insert(operation.to_owned(), setters.collect());
    }
    operations
}

fn setter(function: &ImplItemFn) -> Option<Setter> {
    let given = function.sig.inputs.iter().find_map(|input| match input {
        FnArg::Typed(input) if input.pat.to_token_stream().to_string() == "value" => Some(&*input.ty),
        _ => None,
    })?;
    let generic = function.sig.generics.params.iter().any(|param| matches!(param, GenericParam::Type(_)));
    if !generic {
        return Some(Setter { ty: given.clone(), optional: false });
    }
    // `T: Into<Option<X>>`
    let predicates = &function.sig.generics.where_clause.as_ref()?.predicates;
    let bound = predicates.iter().find_map(|predicate| match predicate {
        WherePredicate::Type(predicate) => predicate.bounds.iter().find_map(|bound| match bound {
            TypeParamBound::Trait(bound) => bound.path.segments.last(),
            _ => None,
        }),
        _ => None,
    })?;
    let option = argument(&bound.arguments)?;
    let Type::Path(option) = option else { return None };
    Some(Setter { ty: argument(&option.path.segments.last()?.arguments)?.clone(), optional: true })
}

fn argument(arguments: &PathArguments) -> Option<&Type> {
    match arguments {
        PathArguments::AngleBracketed(arguments) => arguments.args.iter().find_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        }),
        _ => None,
    }
}

fn is_str(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.is_ident("str"))
}

/// The type of an operation, and what its `When` and `Then` have of their own.
fn describe(operation: &Operation, index: usize, setters: &BTreeMap<String, Setter>) -> TokenStream {
    let ident = format_ident!("{}", operation.id.to_upper_camel_case());
    let doc = format!("`{} {}`: {}.", operation.method, operation.path, lower_first(&operation.summary));
    let index = syn::Index::from(index);
    // `2XX`: the vendor prints no code.
    let status = syn::Index::from(operation.success.status.parse::<usize>().unwrap_or(200));
    let parameters = operation.parameters.iter().filter_map(|parameter| {
        let setter = setters.get(&parameter.rust_name())?;
        let (name, method) = (format_ident!("{}", parameter.rust_name()), format_ident!("{}_param", parameter.location));
        let wire = &parameter.name;
        let ty = setter.owned();
        let absent = if setter.optional { " `None`: it must be absent." } else { "" };
        let doc = format!("Matches `{wire}`. {}{absent}", parameter.description);
        let list = matches!(&ty, Type::Path(path) if path.path.segments.last().is_some_and(|segment| segment.ident == "Vec"));
        Some(match (list, setter.optional) {
            (true, _) => quote!(#[doc = #doc] pub fn #name(self, values: &#ty) -> Self { self.query_list(#wire, values) }),
            (false, true) => {
                let lifetime = matches!(ty, Type::Reference(_)).then(|| quote!(<'a>));
                quote!(#[doc = #doc] pub fn #name #lifetime (self, value: impl Into<Option<#ty>>) -> Self { self.#method(#wire, value.into()) })
            }
            (false, false) => quote!(#[doc = #doc] pub fn #name(self, value: #ty) -> Self { self.#method(#wire, Some(value)) }),
        })
    });
    let body = operation.body.as_ref().filter(|_| !operation.is_multipart()).map(|body| {
        let schema = format_ident!("{}", body.schema);
        let method = if body.media_type.contains("form") { format_ident!("form_body") } else { format_ident!("json_body") };
        quote! {
            /// Matches the whole body.
            pub fn body(self, value: &types::#schema) -> Self {
                self.#method(value)
            }
        }
    });
    let success = match &operation.success.content {
        Content::Json(schema) => {
            let schema = format_ident!("{schema}");
            quote! {
                /// Answers as documented, with this value.
                pub fn success(self, value: &types::#schema) -> Self {
                    self.typed(value)
                }
            }
        }
        Content::Empty => quote! {
            /// Answers as documented, without content.
            pub fn success(self) -> Self {
                self.empty()
            }
        },
        Content::Bytes => quote! {
            /// Answers with a file of this media type.
            pub fn success(self, media_type: &str, content: impl AsRef<[u8]>) -> Self {
                self.file(media_type, content.as_ref())
            }
        },
    };
    let mut own = parameters.chain(body).peekable();
    let when = own.peek().is_some().then(|| quote!(impl When<#ident> { #(#own)* }));
    quote! {
        #[doc = #doc]
        #[derive(Clone, Copy, Debug)]
        pub struct #ident;

        operation!(#ident, VENDOR, ROUTES[#index], OPENAPI, #status);

        #when

        impl Then<#ident> {
            #success
        }
    }
}

fn method(operation: &Operation) -> TokenStream {
    let (name, ident) = (format_ident!("{}", operation.id), format_ident!("{}", operation.id.to_upper_camel_case()));
    let doc = format!("Mocks `{} {}`: {}.", operation.method, operation.path, lower_first(&operation.summary));
    quote! {
        #[doc = #doc]
        fn #name<F>(&self, config: F) -> Mock<'_>
        where
            F: FnOnce(When<operations::#ident>, Then<operations::#ident>),
        {
            self.mock_operation(config)
        }
    }
}

fn test(operation: &Operation, setters: &BTreeMap<String, Setter>) -> TokenStream {
    let (id, name) = (&operation.id, format_ident!("{}", operation.id));
    let expected = operation.parameters.iter().filter_map(|parameter| {
        let (setter, example) = (setters.get(&parameter.rust_name())?, parameter.example.as_ref()?);
        let name = format_ident!("{}", parameter.rust_name());
        let ty = setter.owned();
        let literal = wire::literal(example)?;
        let value = match ty {
            Type::Reference(_) => literal,
            ty => quote!(value::<#ty>(json!(#literal))),
        };
        Some(quote!(.#name(#value)))
    });
    let arguments = operation.parameters.iter().filter_map(|parameter| {
        let (setter, value) = (format_ident!("{}", parameter.rust_name()), wire::argument(parameter)?);
        Some(quote!(.#setter(#value)))
    });
    let body = operation.body.as_ref().map(|body| {
        let schema = format_ident!("{}", body.schema);
        quote!(let body: types::#schema = request(OPENAPI, #id);)
    });
    let (expect_body, send_body) = match body {
        Some(_) => (Some(quote!(.body(&body))), Some(quote!(.body(body.clone())))),
        None => (None, None),
    };
    let (answer, success, check) = match &operation.success.content {
        Content::Json(schema) => {
            let schema = format_ident!("{schema}");
            (
                Some(quote!(let answer: types::#schema = response(OPENAPI, #id);)),
                quote!(then.success(&answer)),
                quote!(assert_eq!(received.into_inner(), answer)),
            )
        }
        Content::Empty => (None, quote!(then.success()), quote!(assert!(received.status().is_success()))),
        Content::Bytes => (
            None,
            quote!(then.success("audio/wav", "RIFF")),
            quote!(assert_eq!(received.into_inner().collect_bytes(4).await.unwrap(), "RIFF")),
        ),
    };
    let deprecated = operation.deprecated.then(|| quote!(#[expect(deprecated, reason = "deprecated by the vendor, and still there")]));
    let mut expected = expected.chain(expect_body).peekable();
    let expect = expected.peek().is_some().then(|| quote!(when #(#expected)*;));
    let when = if expect.is_some() { format_ident!("when") } else { format_ident!("_when") };
    quote! {
        #deprecated
        #[tokio::test]
        async fn #name() {
            let server = MockServer::start_async().await;
            #body
            #answer
            let mock = server.#name(|#when, then| {
                #expect
                #success;
            });
            let client: Client = client(&server, Client::builder());
            let received = client.#name() #(#arguments)* #send_body.send().await.unwrap();
            #check;
            mock.assert_async().await;
        }
    }
}

fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_lowercase().chain(characters).collect(),
        None => String::new(),
    }
}
