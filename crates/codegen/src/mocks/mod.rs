//! Typed mocks: progenitor's httpmock code, reduced to what differs from operation to operation.
//!
//! Kept from progenitor are the operations, their parameters and the Rust types of both. How a request is matched and a response is made
//! is the same for all of them and written by hand in `crates/mocks`.

mod read;
mod tests;

use std::collections::BTreeMap;

use heck::ToUpperCamelCase;
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::Type;

use crate::{
    diagnostic::Error,
    model::{Content, Operation, Vendor},
    post::tidy,
};
use read::{Setter, read};
pub use tests::write as write_tests;

/// The source of `crates/mocks/src/<vendor>.rs`.
pub fn write(vendor: &Vendor, generated: TokenStream) -> Result<TokenStream, Error> {
    let failed = |message: String| Error::Generator { vendor: vendor.id.clone(), message };
    let file: syn::File = syn::parse2(generated).map_err(|error| failed(error.to_string()))?;
    let setters = read(&file);
    let module = format_ident!("{}", vendor.module());
    let none = BTreeMap::new();
    let mut operations = Vec::new();
    for (index, operation) in vendor.operations.iter().enumerate() {
        let setters = setters.get(&operation.id.to_upper_camel_case()).unwrap_or(&none);
        // A parameter that was not recognised must not be missing quietly.
        let missing = operation.parameters.iter().find(|parameter| !setters.contains_key(&parameter.rust_name()));
        if let Some(parameter) = missing.filter(|_| !operation.is_multipart()) {
            return Err(failed(format!("the mock of `{}` has no `{}`", operation.id, parameter.name)));
        }
        operations.push(describe(operation, index, setters));
    }
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

fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_lowercase().chain(characters).collect(),
        None => String::new(),
    }
}
