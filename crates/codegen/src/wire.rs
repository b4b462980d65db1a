//! Wire tests: one for each operation, made from its examples.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;

use crate::model::{Content, Operation, Parameter, Vendor};

/// The source of `tests/tests/wire/<vendor>.rs`.
pub fn write(vendor: &Vendor) -> TokenStream {
    let module = format_ident!("{}", vendor.module());
    let tests = vendor.operations.iter().filter(|operation| !operation.is_multipart()).map(|operation| test(operation, &module));
    quote! {
        #![allow(clippy::unreadable_literal, reason = "examples are written as the vendor writes them")]
        use reachout_tests::Wire;

        #(#tests)*
    }
}

fn test(operation: &Operation, module: &syn::Ident) -> TokenStream {
    let (id, name) = (&operation.id, format_ident!("{}", operation.id));
    let arguments = operation.parameters.iter().filter_map(|parameter| {
        let (setter, value) = (format_ident!("{}", parameter.rust_name()), argument(parameter)?);
        Some(quote!(.#setter(#value)))
    });
    let body = operation.body.as_ref().map(|body| {
        let schema = format_ident!("{}", body.schema);
        quote!(.body(wire.request::<#module::types::#schema>()))
    });
    let check = match operation.success.content {
        Content::Json(_) => quote!(wire.decoded(&response.into_inner())),
        Content::Bytes => quote!(wire.downloaded(response.into_inner()).await),
        Content::Empty => quote!(response.into_inner()),
    };
    let deprecated = operation.deprecated.then(|| quote!(#[expect(deprecated, reason = "deprecated by the vendor, and still there")]));
    quote! {
        #deprecated
        #[tokio::test]
        async fn #name() {
            let wire = Wire::start(&#module::VENDOR, #module::OPENAPI, #id).await;
            let client: #module::Client = wire.client(#module::Client::builder());
            let response = client.#name() #(#arguments)* #body.send().await.unwrap();
            #check;
            wire.assert();
        }
    }
}

/// The example as a caller would write it.
pub fn argument(parameter: &Parameter) -> Option<TokenStream> {
    let example = parameter.example.as_ref()?;
    Some(match (parameter.format.as_deref(), example) {
        (Some("date"), Value::String(text)) => quote!(#text.parse::<chrono::NaiveDate>().unwrap()),
        (Some("date-time"), Value::String(text)) => quote!(#text.parse::<chrono::DateTime<chrono::Utc>>().unwrap()),
        (_, value) => literal(value)?,
    })
}

/// A scalar or a list of them, as Rust.
pub fn literal(value: &Value) -> Option<TokenStream> {
    match value {
        Value::Array(values) => {
            let values = values.iter().filter_map(literal);
            Some(quote!([#(#values),*]))
        }
        Value::Bool(value) => Some(quote!(#value)),
        Value::String(value) => Some(quote!(#value)),
        Value::Number(number) => match number.as_i64() {
            Some(value) => {
                // An unsuffixed literal is an `i32`, which epoch milliseconds do not fit.
                let literal = if i32::try_from(value).is_ok() { Literal::i64_unsuffixed(value) } else { Literal::i64_suffixed(value) };
                Some(quote!(#literal))
            }
            None => {
                let value = number.as_f64()?;
                Some(quote!(#value))
            }
        },
        _ => None,
    }
}
