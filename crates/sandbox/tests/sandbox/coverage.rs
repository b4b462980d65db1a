//! Every operation of every document is sent its own example and returns what its schema allows.

use reachout_sandbox::{Sandbox, Vendor};
use reachout_schema::{Definitions, Unknown};
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::Value;

use crate::client::{Client, document};

fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(pointer) => resolve(document, document.pointer(&pointer[1..]).unwrap()),
        None => value,
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The example request: with every parameter that has an example, or with the required ones alone.
fn request(client: &Client<'_>, document: &Value, template: &str, method: &str, whole: bool) -> reqwest::RequestBuilder {
    let (item, operation) = (&document["paths"][template], &document["paths"][template][method]);
    let parameters = [&item["parameters"], &operation["parameters"]].into_iter().filter_map(Value::as_array).flatten();
    let parameters: Vec<&Value> = parameters.map(|parameter| resolve(document, parameter)).collect();
    let mut path = template.to_owned();
    for parameter in parameters.iter().filter(|parameter| parameter["in"] == "path") {
        path = path.replace(&format!("{{{}}}", parameter["name"].as_str().unwrap()), &text(&parameter["example"]));
    }
    let mut request = client.authorized(Method::from_bytes(method.to_uppercase().as_bytes()).unwrap(), &path, client.vendor.api_key());
    for parameter in parameters.iter().filter(|parameter| whole || parameter["required"] == true) {
        let (name, value) = (parameter["name"].as_str().unwrap(), text(&parameter["example"]));
        match parameter["in"].as_str().unwrap() {
            "query" => request = request.query(&[(name, value)]),
            "header" => request = request.header(name, value),
            _ => {}
        }
    }
    let Some((media, content)) = operation["requestBody"]["content"].as_object().and_then(|content| content.iter().next()) else {
        return request;
    };
    let example = &content["example"];
    let fields = || example.as_object().unwrap().iter();
    let is_file = |name: &str| resolve(document, &content["schema"])["properties"][name]["format"] == "binary";
    match media.as_str() {
        "application/json" => request.json(example),
        "application/x-www-form-urlencoded" => request.form(&fields().map(|(name, value)| (name.clone(), text(value))).collect::<Vec<_>>()),
        "multipart/form-data" => request.multipart(fields().fold(Form::new(), |form, (name, value)| match value.as_array() {
            Some(files) => {
                files.iter().fold(form, |form, file| form.part(name.clone(), Part::bytes(b"%PDF-".as_slice()).file_name(text(file))))
            }
            None if is_file(name) => form.part(name.clone(), Part::bytes(b"%PDF-".as_slice()).file_name(text(value))),
            None => form.text(name.clone(), text(value)),
        })),
        other => panic!("{template}: {other}"),
    }
}

#[tokio::test]
async fn every_operation_responds_with_its_example() {
    let mut problems = Vec::new();
    for vendor in Vendor::ALL {
        let document = document(vendor);
        let definitions = Definitions::new(&document, Unknown::Refused);
        let (mut all, mut served) = (0, 0);
        for (template, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap().iter().filter(|(key, _)| *key != "parameters") {
                all += 1;
                let before = problems.len();
                for whole in [false, true] {
                    // Each starts from the documented state, whatever the one before deleted.
                    let sandbox = Sandbox::start().await.unwrap();
                    let client = Client::new(&sandbox, vendor);
                    let response = request(&client, &document, template, method, whole).send().await.unwrap();
                    let status = response.status();
                    let bytes = response.bytes().await.unwrap();
                    let name = format!("{vendor} {} ({method} {template})", operation["operationId"]);
                    if !status.is_success() {
                        problems.push(format!("{name}: {status}: {}", String::from_utf8_lossy(&bytes)));
                        continue;
                    }
                    let (code, success) =
                        operation["responses"].as_object().unwrap().iter().find(|(code, _)| code.starts_with('2')).unwrap();
                    if *code != "2XX" && *code != status.as_str() {
                        problems.push(format!("{name}: {status} instead of {code}"));
                    }
                    if let Some(content) = resolve(&document, success)["content"].get("application/json") {
                        let value: Value = serde_json::from_slice(&bytes).unwrap();
                        let found = definitions.problems(&content["schema"], &value);
                        problems.extend(found.iter().map(|problem| format!("{name}: {problem}")));
                    }
                }
                served += usize::from(problems.len() == before);
            }
        }
        println!("coverage: {vendor}: {served} of {all} operations ({} %)", served * 100 / all);
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
