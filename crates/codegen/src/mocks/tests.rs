//! The tests of the mocks: each operation's answers the real client.

use std::collections::BTreeMap;

use heck::ToUpperCamelCase;
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::Type;

use super::read::{Setter, read};
use crate::{
    diagnostic::Error,
    model::{Content, Operation, Vendor},
    post::tidy,
    wire,
};

/// The source of `crates/mocks/tests/operations/<vendor>.rs`: the mock of every operation answers the real client.
pub fn write(vendor: &Vendor, generated: TokenStream) -> Result<TokenStream, Error> {
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
