//! `crates/mocks`: typed httpmock servers, and a test of each operation's mock.

use super::{
    Crate,
    example::Example,
    print::{doc, inner_doc, literal, lower_first},
};
use crate::model::{Api, BodyContent, Content, Operation, Parameter, Place, TypeRef};

/// The mocks of a vendor.
pub fn write(api: &Api, of: &Crate<'_>) -> String {
    let module = of.module;
    let operations: String = api.operations.iter().map(|operation| describe(of, operation)).collect();
    let methods: String = api.operations.iter().map(method).collect();
    let trait_doc =
        format!("Mocks of {}'s operations, one method each. Like [`MockServer::mock`], with arguments that know the operation.", api.name);
    let types = if operations.contains("types::") { ", types" } else { "" };
    format!(
        "{}\nuse httpmock::{{Mock, MockServer}};\n\nuse crate::{{MockOperation, Then, When}};\n\n\
         /// One type for each operation, to tell their [`When`] and [`Then`] apart.\npub mod operations {{\n\
         use {module}::{{OPENAPI, VENDOR, routes{types}}};\n#[allow(unused_imports, reason = \"not every vendor has a type of the runtime\")]\nuse reachout_runtime as rt;\n\n\
         use crate::{{Then, When, operation::operation}};\n\n{operations}}}\n\n\
         {}pub trait MockServerExt: MockOperation {{\n{methods}}}\n\nimpl MockServerExt for MockServer {{}}\n",
        inner_doc(&format!("Mocks of {}.", api.name)),
        doc(&trait_doc, 0),
    )
}

/// The type of an operation, and what its `When` and `Then` have of their own.
fn describe(of: &Crate<'_>, operation: &Operation) -> String {
    let Operation { type_name, method, path, summary, .. } = operation;
    // `2XX`: the vendor prints no code.
    let status = operation.success.status.parse::<u16>().unwrap_or(200);
    let mut matchers: String = operation.parameters.iter().map(|parameter| matcher(of, parameter)).collect();
    let body = operation.body.as_ref().and_then(|body| match &body.content {
        BodyContent::Json(ty) => Some(("json_body", ty)),
        BodyContent::Form(ty) => Some(("form_body", ty)),
        BodyContent::Multipart(_) | BodyContent::Bytes(_) => None,
    });
    if let Some((method, ty)) = body {
        matchers +=
            &format!("/// Matches the whole body.\npub fn body(self, value: &{}) -> Self {{\nself.{method}(value)\n}}\n\n", of.ty(ty));
    }
    let success = match &operation.success.content {
        Content::Json(ty) => {
            format!(
                "/// Responds as documented, with this value.\npub fn success(self, value: &{}) -> Self {{\nself.typed(value)\n}}\n",
                of.ty(ty)
            )
        }
        Content::Empty => "/// Responds as documented, without content.\npub fn success(self) -> Self {\nself.empty()\n}\n".to_owned(),
        Content::Bytes => {
            "/// Responds with a file of this media type.\npub fn success(self, media_type: &str, content: impl AsRef<[u8]>) -> Self {\n\
                           self.file(media_type, content.as_ref())\n}\n"
                .to_owned()
        }
    };
    let when = if matchers.is_empty() { String::new() } else { format!("impl When<{type_name}> {{\n{matchers}}}\n\n") };
    format!(
        "{}#[derive(Clone, Copy, Debug)]\npub struct {type_name};\n\noperation!({type_name}, VENDOR, routes::{}, OPENAPI, {status});\n\n{when}\
         impl Then<{type_name}> {{\n{success}}}\n\n",
        doc(&format!("`{method} {path}`: {}.", lower_first(summary)), 1),
        operation.route(),
    )
}

fn matcher(of: &Crate<'_>, parameter: &Parameter) -> String {
    let Parameter { wire, name, required, description, .. } = parameter;
    let absent = if *required { "" } else { " `None`: it must be absent." };
    let docs = doc(&format!("Matches `{wire}`. {description}{absent}"), 2);
    let key = literal(wire);
    let method = match parameter.place {
        Place::Path => "path_param",
        Place::Query => "query_param",
        Place::Header => "header_param",
    };
    match (of.resolve(&parameter.ty), required) {
        (TypeRef::List(item), _) => {
            format!("{docs}pub fn {name}(self, values: &[{}]) -> Self {{\nself.query_list({key}, values)\n}}\n\n", of.ty(item))
        }
        (TypeRef::String, true) => format!("{docs}pub fn {name}(self, value: &str) -> Self {{\nself.{method}({key}, Some(value))\n}}\n\n"),
        (TypeRef::String, false) => {
            format!(
                "{docs}pub fn {name}<'a>(self, value: impl Into<Option<&'a str>>) -> Self {{\nself.{method}({key}, value.into())\n}}\n\n"
            )
        }
        (ty, true) => format!("{docs}pub fn {name}(self, value: {}) -> Self {{\nself.{method}({key}, Some(value))\n}}\n\n", of.ty(ty)),
        (ty, false) => {
            format!(
                "{docs}pub fn {name}(self, value: impl Into<Option<{}>>) -> Self {{\nself.{method}({key}, value.into())\n}}\n\n",
                of.ty(ty)
            )
        }
    }
}

fn method(operation: &Operation) -> String {
    let Operation { id, type_name, method, path, summary, .. } = operation;
    format!(
        "{}fn {id}(&self, config: impl FnOnce(When<operations::{type_name}>, Then<operations::{type_name}>)) -> Mock<'_> {{\n\
         self.mock_operation(config)\n}}\n\n",
        doc(&format!("Mocks `{method} {path}`: {}.", lower_first(summary)), 1)
    )
}

/// The tests of a vendor's mocks: each responds to what the client sends.
pub fn tests(api: &Api, of: &Crate<'_>) -> String {
    let module = of.module;
    let tests: String =
        api.operations.iter().filter(|operation| operation.parts().is_empty()).map(|operation| test(of, operation)).collect();
    let types = if tests.contains("types::") { ", types" } else { "" };
    format!(
        "use {module}::{{Client, OPENAPI{types}}};\nuse httpmock::MockServer;\nuse reachout_mocks::{module}::MockServerExt as _;\n\n\
         use crate::{{Outcome, client, request, response}};\n\n{tests}"
    )
}

fn test(of: &Crate<'_>, operation: &Operation) -> String {
    let id = &operation.id;
    let example = Example { of, typed: true, width: 70 };
    let named = |ty: &TypeRef| of.ty(ty).replace("rt::", &format!("{}::", of.module));
    let mut before = String::new();
    let mut when: String = operation
        .parameters
        .iter()
        .filter_map(|parameter| {
            let (name, value) = (&parameter.name, example.exact(parameter.example.as_ref()?, &parameter.ty)?);
            // `?` does not leave the closure that configures the mock.
            before += &format!("let {name} = {value};\n");
            let by_reference = if matches!(of.resolve(&parameter.ty), TypeRef::List(_)) { "&" } else { "" };
            Some(format!(".{name}({by_reference}{name})"))
        })
        .collect();
    if let Some(BodyContent::Json(ty) | BodyContent::Form(ty)) = operation.body.as_ref().map(|body| &body.content) {
        before += &format!("let body: {} = request(OPENAPI, {id:?});\n", named(ty));
        when += ".body(&body)";
    }
    let (then, check) = match &operation.success.content {
        Content::Json(ty) => {
            before += &format!("let documented: {} = response(OPENAPI, {id:?});\n", named(ty));
            ("then.success(&documented);", "assert_eq!(response.into_inner(), documented);")
        }
        Content::Empty => ("then.success();", "response.into_inner();"),
        Content::Bytes => (
            "then.success(\"application/octet-stream\", \"bytes\");",
            "assert_eq!(response.into_inner().collect_bytes(5).await?, \"bytes\");",
        ),
    };
    let when = if when.is_empty() { String::new() } else { format!("when{when};\n") };
    let given = if when.is_empty() { "_" } else { "when" };
    let call = Example { of, typed: false, width: 70 }.call(operation, |_| "body.clone()".to_owned(), |_| String::new());
    let deprecated =
        if operation.deprecated { "#[expect(deprecated, reason = \"deprecated by the vendor, and still there\")]\n" } else { "" };
    format!(
        "{deprecated}#[tokio::test]\nasync fn {id}() -> Outcome {{\nlet server = MockServer::start_async().await;\n{before}\
         let mock = server.{id}(|{given}, then| {{\n{}{then}\n}});\nlet client: Client = client(&server, Client::builder());\n\
         let response = client.{}(){call}.await?;\n{check}\nmock.assert_async().await;\nOk(())\n}}\n\n",
        when, operation.group,
    )
}
