//! Operations whose body is `multipart/form-data`: one setter a part.

use heck::ToUpperCamelCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::model::{Content, Operation, Part, rust_name};

/// The builder of such an operation.
pub fn builder(operation: &Operation, index: usize) -> TokenStream {
    let ident = format_ident!("{}", operation.id.to_upper_camel_case());
    let doc = format!("Arguments of [`Client::{}`].", operation.id);
    let names: Vec<_> = operation.parts.iter().map(|part| format_ident!("{}", rust_name(&part.name))).collect();
    let fields = operation.parts.iter().zip(&names).map(|(part, name)| match (part.file, part.list, part.required) {
        (true, ..) => quote!(#name: Vec<multipart::Part>),
        (false, true, _) => quote!(#name: Vec<String>),
        (false, false, true) => quote!(#name: Result<String, String>),
        (false, false, false) => quote!(#name: Option<String>),
    });
    let unset = operation.parts.iter().zip(&names).map(|(part, name)| {
        let message = format!("{name}: no value was given");
        match is_required_text(part) {
            true => quote!(#name: Err(#message.to_owned())),
            false => quote!(#name: Default::default()),
        }
    });
    let setters = operation.parts.iter().map(setter);
    let collected = operation.parts.iter().zip(&names).map(|(part, name)| {
        let wire = &part.name;
        match (part.file, part.list, part.required) {
            (true, _, true) => {
                let message = format!("{name}: no file was given");
                quote! {
                    if #name.is_empty() {
                        call.argument::<()>(Err(#message.to_owned()))?;
                    }
                    for part in #name {
                        form = form.part(#wire, part);
                    }
                }
            }
            (true, _, false) => quote!(for part in #name { form = form.part(#wire, part); }),
            (false, true, _) => quote!(for value in #name { form = form.text(#wire, value); }),
            (false, false, false) => quote!(if let Some(value) = #name { form = form.text(#wire, value); }),
            (false, false, true) => quote!(form = form.text(#wire, call.argument(#name)?);),
        }
    });
    let (result, end) = match &operation.success.content {
        Content::Json(schema) => {
            let schema = format_ident!("{schema}");
            (quote!(types::#schema), quote!(.send::<types::#schema>()))
        }
        Content::Empty => (quote!(()), quote!(.send_empty())),
        Content::Bytes => (quote!(ByteStream), quote!(.send_stream())),
    };
    let index = syn::Index::from(index);
    let send_doc =
        format!("Sends `{} {}`. Files are streamed, not held in memory.\n\n# Errors\nSee [`Error`].", operation.method, operation.path);
    quote! {
        #[doc = #doc]
        #[must_use = "nothing is sent before `send()`"]
        #[derive(Debug)]
        pub struct #ident<'a> {
            client: &'a Client,
            #(#fields,)*
        }

        impl<'a> #ident<'a> {
            pub(super) fn new(client: &'a Client) -> Self {
                Self { client, #(#unset,)* }
            }

            #(#setters)*

            #[doc = #send_doc]
            pub async fn send(self) -> Result<ResponseValue<#result>, Error> {
                let Self { client, #(#names,)* } = self;
                let call = client.core.operation(&ROUTES[#index]);
                let mut form = multipart::Form::new();
                #(#collected)*
                call.multipart(form) #end .await
            }
        }
    }
}

fn setter(part: &Part) -> TokenStream {
    let name = format_ident!("{}", rust_name(&part.name));
    let again = if part.list { " May be called again." } else { "" };
    let required = if part.required { " Required." } else { "" };
    let doc = format!("{}{required}{again}", part.description);
    if part.file {
        return quote! {
            #[doc = #doc]
            pub fn #name(mut self, file: multipart::Part) -> Self {
                self.#name.push(file);
                self
            }
        };
    }
    let set = match (part.list, part.required) {
        (true, _) => quote!(self.#name.push(value.into());),
        (false, true) => quote!(self.#name = Ok(value.into());),
        (false, false) => quote!(self.#name = Some(value.into());),
    };
    quote! {
        #[doc = #doc]
        pub fn #name(mut self, value: impl Into<String>) -> Self {
            #set
            self
        }
    }
}

fn is_required_text(part: &Part) -> bool {
    part.required && !part.file && !part.list
}
