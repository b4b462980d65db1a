//! Every operation of every document is sent its own example and returns what its schema allows.

use reachout_document::{Document, Location, Operation, Strictness};
use reachout_sandbox::{Sandbox, Vendor};
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::Value;

use crate::client::{Client, document};

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The example request: with every parameter that has an example, or with the required ones alone.
fn request(client: &Client<'_>, document: &Document, operation: &Operation<'_>, whole: bool) -> reqwest::RequestBuilder {
    let path = operation.parameters_in(Location::Path).fold(operation.path.to_owned(), |path, parameter| {
        path.replace(&format!("{{{}}}", parameter.name), &text(parameter.example.unwrap()))
    });
    let mut request = client.authorized(Method::from_bytes(operation.method.as_bytes()).unwrap(), &path, Sandbox::api_key(client.vendor));
    for parameter in operation.parameters.iter().filter(|parameter| whole || parameter.required) {
        let value = text(parameter.example.unwrap_or(&Value::Null));
        match parameter.location {
            Location::Path => {}
            Location::Query => request = request.query(&[(parameter.name, value)]),
            Location::Header => request = request.header(parameter.name, value),
        }
    }
    let Some(body) = operation.body.map(|body| body.content) else { return request };
    let example = body.example.unwrap();
    let fields = || example.as_object().unwrap().iter();
    let is_file = |name: &str| document.property(body.schema, name).is_some_and(|schema| schema["format"] == "binary");
    match body.media_type {
        "application/json" => request.json(example),
        "application/x-www-form-urlencoded" => request.form(&fields().map(|(name, value)| (name.clone(), text(value))).collect::<Vec<_>>()),
        "multipart/form-data" => request.multipart(fields().fold(Form::new(), |form, (name, value)| match value.as_array() {
            Some(files) => {
                files.iter().fold(form, |form, file| form.part(name.clone(), Part::bytes(b"%PDF-".as_slice()).file_name(text(file))))
            }
            None if is_file(name) => form.part(name.clone(), Part::bytes(b"%PDF-".as_slice()).file_name(text(value))),
            None => form.text(name.clone(), text(value)),
        })),
        other => panic!("{}: {other}", operation.id),
    }
}

#[tokio::test]
async fn every_operation_responds_with_its_example() {
    let mut problems = Vec::new();
    for vendor in Vendor::ALL {
        let document = document(vendor);
        let (mut all, mut served) = (0, 0);
        // Of an estimate the vendor's file has a date in the request and a time in the response, which is made of it.
        let contradicts = |id: &str| ["create_estimate", "update_estimate"].contains(&id);
        for operation in document.operations().filter(|operation| !contradicts(operation.id)) {
            all += 1;
            let before = problems.len();
            for whole in [false, true] {
                // Each starts from the documented state, whatever the one before deleted.
                let sandbox = Sandbox::start().await.unwrap();
                let client = Client::new(&sandbox, vendor);
                let response = request(&client, document, &operation, whole).send().await.unwrap();
                let status = response.status();
                let bytes = response.bytes().await.unwrap();
                let name = format!("{vendor} {} ({} {})", operation.id, operation.method, operation.path);
                let success = operation.success.unwrap();
                if !status.is_success() {
                    problems.push(format!("{name}: {status}: {}", String::from_utf8_lossy(&bytes)));
                } else if success.status != "2XX" && success.status != status.as_str() {
                    problems.push(format!("{name}: {status} instead of {}", success.status));
                } else if let Some(content) = operation.response() {
                    let value: Value = serde_json::from_slice(&bytes).unwrap();
                    let found = document.problems(content.schema, &value, Strictness::Exact);
                    problems.extend(found.iter().map(|problem| format!("{name}: {problem}")));
                }
            }
            served += usize::from(problems.len() == before);
        }
        println!("coverage: {vendor}: {served} of {all} operations ({} %)", served * 100 / all);
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
