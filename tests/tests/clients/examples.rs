//! Every type can be made in a test, from the documented examples.

use std::panic::{AssertUnwindSafe, catch_unwind};

use reachout_document::{Document, Strictness};
use reachout_tests::{calls, lost};
use serde_json::json;

/// Types that the documents show no value of.
const NOT_SHOWN: [(&str, &str); 0] = [];

#[test]
fn every_type_has_a_valid_example_that_decodes() {
    let mut problems = Vec::new();
    for vendor in [calls::leonar(), calls::sendpilot(), calls::hoop_ai(), calls::leadway()] {
        let document = Document::embedded(vendor.openapi);
        for one in &vendor.types {
            let place = format!("{}: {}", vendor.vendor.id, one.name);
            let known = NOT_SHOWN.iter().any(|(known, _)| *known == place);
            match catch_unwind(AssertUnwindSafe(one.example)) {
                Ok(Ok(_)) if known => problems.push(format!("{place} has an example, and is listed as having none")),
                Ok(Ok(value)) => {
                    let example = document.example(one.name).cloned().unwrap_or_default();
                    problems.extend(lost(&example, &value).into_iter().map(|lost| format!("{place}: lost {lost}")));
                    let schema = json!({ "$ref": format!("#/components/schemas/{}", one.name) });
                    let found = document.problems(&schema, &example, Strictness::Exact);
                    problems.extend(found.into_iter().map(|problem| format!("{place}: {} {}", problem.path, problem.message)));
                }
                Ok(Err(error)) => problems.push(format!("{place} cannot be written: {error}")),
                Err(_) if known => {}
                Err(panic) => problems.push(format!("{place}: {}", panic.downcast_ref::<String>().map_or("panicked", String::as_str))),
            }
        }
    }
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn an_example_can_be_changed() {
    use leonar::Example as _;

    let mut response = leonar::types::SendMessageResponse::example();
    response.data.channel = Some("sms".to_owned());
    assert_eq!(serde_json::to_value(&response).unwrap()["data"]["channel"], "sms");
}
