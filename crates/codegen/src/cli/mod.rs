//! The command line: progenitor's clap code, reduced to one declaration an argument.
//!
//! Kept from progenitor are the arguments: their names, types, setters and help. Parsing, reading of bodies, paging, downloads and
//! output are the same for every operation and written by hand in `crates/reachout/src/cli`.

mod read;

use std::collections::BTreeSet;

use heck::ToKebabCase;
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use serde_json::Value;

use crate::{
    diagnostic::Error,
    lint::schemas,
    model::{Content, Operation, Part, Vendor, rust_name},
    normalise::Normalised,
    post::tidy,
};
use read::Argument;

/// What every command has already; an argument of the same name gets `field-` before it.
const TAKEN: [&str; 8] = ["all", "file", "help", "json", "json-body", "output", "sandbox", "verbose"];

/// The source of `crates/reachout/src/cli/<vendor>.rs`.
pub fn write(vendor: &Vendor, spec: &Normalised, generated: TokenStream) -> Result<TokenStream, Error> {
    let failed = |message: String| Error::Generator { vendor: vendor.id.clone(), message };
    let file: syn::File = syn::parse2(generated).map_err(|error| failed(error.to_string()))?;
    let arguments = read::read(&file);
    let none = Vec::new();
    let module = format_ident!("{}", vendor.module());
    let table = vendor.operations.iter().enumerate().map(|(index, operation)| {
        let (index, name) = (syn::Index::from(index), format_ident!("{}", operation.id));
        quote!(operation!(ROUTES[#index], #name))
    });
    let mut functions = Vec::new();
    for operation in &vendor.operations {
        let given = arguments.get(&operation.id).unwrap_or(&none);
        // An argument that was not recognised must not be missing quietly.
        let parameters = given.iter().filter(|argument| !argument.in_body).count();
        if !operation.is_multipart() && parameters != operation.parameters.len() {
            return Err(failed(format!(
                "{parameters} of {} arguments of `{}` are in the command line",
                operation.parameters.len(),
                operation.id
            )));
        }
        functions.push(function(operation, given, spec));
    }
    let doc = format!("The operations of {}.", vendor.name);
    let count = syn::Index::from(vendor.operations.len());
    let mut file: syn::File = syn::parse2(quote! {
        #![doc = #doc]
        #![allow(clippy::redundant_closure_for_method_calls, clippy::too_many_lines, reason = "every argument is declared alike, in one place")]
        use #module::{Client, ROUTES, types};
        use super::{
            declare::{Call, Need::{Optional, Required}, Request},
            operation::{Operation, operation},
        };

        /// Every operation, in the order of the spec.
        pub static OPERATIONS: [Operation<Client>; #count] = [#(#table),*];

        #(#functions)*
    })
    .map_err(|error| failed(error.to_string()))?;
    tidy::tidy(&mut file);
    Ok(file.into_token_stream())
}

fn function(operation: &Operation, given: &[Argument], spec: &Normalised) -> TokenStream {
    let name = format_ident!("{}", operation.id);
    let mut declared: Vec<TokenStream> = if operation.is_multipart() {
        let only = operation.parts.iter().filter(|part| part.file).count() == 1;
        operation.parts.iter().map(|part| multipart(part, only)).collect()
    } else {
        let body = Fields::of(operation, spec);
        let mut declared: Vec<_> = given.iter().map(|argument| flag(argument, operation, &body)).collect();
        let known: BTreeSet<&str> = given.iter().map(|argument| argument.name.as_str()).collect();
        let extras = body.extras(&known);
        declared.extend(extras.iter().map(Extra::flag));
        declared.extend(json_body(operation, &body, given, &extras));
        declared
    };
    if let Some(pagination) = &operation.pagination {
        let items = &pagination.items;
        declared.push(quote!(call.pages(#items, |request| request.stream());));
    }
    let end = match operation.success.content {
        Content::Json(_) => format_ident!("answers"),
        Content::Empty => format_ident!("answers_nothing"),
        Content::Bytes => format_ident!("downloads"),
    };
    let deprecated = operation.deprecated.then(|| quote!(#[expect(deprecated, reason = "deprecated by the vendor, and still there")]));
    let mutable = (!declared.is_empty()).then(|| quote!(mut));
    quote! {
        #deprecated
        fn #name<'c>() -> Call<'c, Client> {
            let #mutable call = Request::new(Client::#name);
            #(#declared)*
            call.#end(|request| request.send())
        }
    }
}

fn flag(argument: &Argument, operation: &Operation, body: &Fields<'_>) -> TokenStream {
    let Argument { ty, setter, in_body, .. } = argument;
    let (name, value_name, help) = (free(&argument.name), value_name(ty), one_line(&help(argument, operation, body)));
    let (need, set) = match in_body {
        true => (need_unless_body(argument.required), quote!(request.body_map(|body| body.#setter(value)))),
        false => (need(argument.required), quote!(request.#setter(value))),
    };
    if argument.choice {
        quote!(call.choice(#need, #name, #ty::KNOWN, #help, |request, value: #ty| #set);)
    } else if spelled(ty) == "bool" {
        quote!(call.switch(#need, #name, #help, |request, value| #set);)
    } else {
        quote!(call.value(#need, #name, #value_name, #help, |request, value: #ty| #set);)
    }
}

/// What progenitor found beside the argument, or else the description of what it refers to.
fn help(argument: &Argument, operation: &Operation, body: &Fields<'_>) -> String {
    if !argument.help.is_empty() {
        return argument.help.clone();
    }
    if argument.in_body {
        return body.description(&argument.name);
    }
    let parameter = operation.parameters.iter().find(|parameter| argument.setter == parameter.rust_name());
    parameter.map(|parameter| parameter.description.clone()).unwrap_or_default()
}

fn need(required: bool) -> TokenStream {
    if required { quote!(Required) } else { quote!(Optional) }
}

fn need_unless_body(required: bool) -> TokenStream {
    if required { quote!(Required.unless_body()) } else { quote!(Optional) }
}

fn free(name: &str) -> String {
    if TAKEN.contains(&name) { format!("field-{name}") } else { name.to_owned() }
}

fn spelled(ty: &syn::Type) -> String {
    ty.to_token_stream().to_string().replace(' ', "")
}

/// What stands for the value in the help.
fn value_name(ty: &syn::Type) -> &'static str {
    match spelled(ty).as_str() {
        "::uuid::Uuid" => "UUID",
        "i64" | "f64" | "::reachout_runtime::Number" => "NUMBER",
        "::chrono::naive::NaiveDate" => "YYYY-MM-DD",
        ty if ty.starts_with("::chrono::DateTime") => "TIME",
        _ => "TEXT",
    }
}

/// The properties of a JSON body.
struct Fields<'a> {
    spec: &'a Value,
    schema: &'a Value,
}

/// A body property that progenitor leaves to `--json-body`, and that texts can be given for.
struct Extra {
    name: String,
    setter: String,
    help: String,
    required: bool,
    list: bool,
}

impl<'a> Fields<'a> {
    fn of(operation: &Operation, spec: &'a Normalised) -> Self {
        let schema = operation.body.as_ref().map_or(&Value::Null, |body| &spec.json["components"]["schemas"][body.schema.as_str()]);
        Self { spec: &spec.json, schema }
    }

    fn properties(&self) -> impl Iterator<Item = (&'a String, &'a Value)> {
        self.schema["properties"].as_object().into_iter().flatten()
    }

    fn is_required(&self, name: &str) -> bool {
        self.schema["required"].as_array().is_some_and(|names| names.iter().any(|required| required == name))
    }

    /// The description of a property, or of the schema it refers to.
    fn description(&self, argument: &str) -> String {
        let property = self.properties().find(|(name, _)| flag_name(name) == argument).map_or(&Value::Null, |(_, property)| property);
        let text = property["description"].as_str().or_else(|| self.followed(property)["description"].as_str());
        text.unwrap_or_default().to_owned()
    }

    /// Lists of texts, and alternatives of which one is a text.
    fn extras(&self, known: &BTreeSet<&str>) -> Vec<Extra> {
        let extra = |(name, property): (&String, &Value)| {
            let list = property["type"] == "array" && self.is_text(&property["items"]);
            let text =
                self.followed(property)["oneOf"].as_array().is_some_and(|alternatives| alternatives.iter().any(|one| self.is_text(one)));
            let flag = flag_name(name);
            let help = self.description(&flag);
            let extra = Extra { name: free(&flag), setter: rust_name(name), help, required: self.is_required(name), list };
            ((list || text) && !known.contains(flag.as_str())).then_some(extra)
        };
        self.properties().filter_map(extra).collect()
    }

    fn is_text(&self, schema: &Value) -> bool {
        let schema = self.followed(schema);
        schema["type"] == "string" && schema["format"].as_str().is_none_or(|format| format == "uuid")
    }

    fn followed(&self, schema: &'a Value) -> &'a Value {
        schemas::referenced(schema).map_or(schema, |name| &self.spec["components"]["schemas"][name.as_str()])
    }
}

impl Extra {
    fn flag(&self) -> TokenStream {
        let (name, setter, help) = (&self.name, format_ident!("{}", self.setter), one_line(&self.help));
        let need = need_unless_body(self.required);
        if self.list {
            quote!(call.list(#need, #name, #help, |request, values| request.body_map(|body| body.#setter(values)));)
        } else {
            quote!(call.value(#need, #name, "TEXT", #help, |request, value: String| request.body_map(|body| body.#setter(value)));)
        }
    }
}

fn flag_name(property: &str) -> String {
    rust_name(property).to_kebab_case()
}

/// `--json-body`, required where a required property has no argument of its own.
fn json_body(operation: &Operation, fields: &Fields<'_>, given: &[Argument], extras: &[Extra]) -> Option<TokenStream> {
    let body = operation.body.as_ref()?;
    let schema = format_ident!("{}", body.schema);
    let set: BTreeSet<String> = given
        .iter()
        .filter(|argument| argument.in_body)
        .map(|argument| argument.setter.to_string())
        .chain(extras.iter().map(|extra| extra.setter.clone()))
        .collect();
    let whole = set.is_empty() || fields.properties().any(|(name, _)| fields.is_required(name) && !set.contains(&rust_name(name)));
    let need = need(whole);
    Some(quote!(call.json_body(#need, |request, body: types::#schema| request.body(body));))
}

/// A part of a multipart body. The `only` file is `--file`.
fn multipart(part: &Part, only: bool) -> TokenStream {
    let (setter, need, help) = (format_ident!("{}", rust_name(&part.name)), need(part.required), one_line(&part.description));
    let name = if part.file && only { "file".to_owned() } else { free(&flag_name(&part.name)) };
    match (part.file, part.list) {
        (true, _) => quote!(call.files(#need, #name, #help, |request, file| request.#setter(file));),
        (false, true) => {
            quote!(call.list(#need, #name, #help, |request, values| values.into_iter().fold(request, |request, value| request.#setter(value)));)
        }
        (false, false) => quote!(call.value(#need, #name, "TEXT", #help, |request, value: String| request.#setter(value));),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
