//! Every type can be made in a test, from the documented examples.

use std::panic::{AssertUnwindSafe, catch_unwind};

use reachout_document::{Document, Strictness};
use reachout_test_support::lost;
use reachout_tests::calls;
use serde_json::json;

/// Types that the documents show no value of, and why. Enumerations are made of their variants.
const NOT_SHOWN: [(&str, &str); 28] = [
    ("hoop-ai: DateOfBirth", "no example has the field that it is the value of"),
    ("hoop-ai: EmailMessageEnvelope", "no example has the field that it is the value of"),
    ("hoop-ai: ErrorMessage", "errors have no examples"),
    ("hoop-ai: ErrorResponse", "errors have no examples"),
    ("hoop-ai: LastMessageDateParts", "no example has the field that it is the value of"),
    ("hoop-ai: MessageCall", "no example has the field that it is the value of"),
    ("hoop-ai: MessageEmail", "no example has the field that it is the value of"),
    ("hoop-ai: MessageEmailIds", "no example has the field that it is the value of"),
    ("leadway: DateOfBirth", "no example has the field that it is the value of"),
    ("leadway: EmailMessageEnvelope", "no example has the field that it is the value of"),
    ("leadway: ErrorMessage", "errors have no examples"),
    ("leadway: ErrorResponse", "errors have no examples"),
    ("leadway: LastMessageDateParts", "no example has the field that it is the value of"),
    ("leadway: MessageCall", "no example has the field that it is the value of"),
    ("leadway: MessageEmail", "no example has the field that it is the value of"),
    ("leadway: MessageEmailIds", "no example has the field that it is the value of"),
    ("leonar: EnrollContact", "no example has the field that it is the value of"),
    ("leonar: EnrollWithVariables", "no example has the field that it is the value of"),
    ("leonar: ErrorInfo", "errors have no examples"),
    ("leonar: ErrorResponse", "errors have no examples"),
    ("leonar: LinkedinFilter", "no example has the field that it is the value of"),
    ("leonar: NewContactPhone", "no example has the field that it is the value of"),
    ("leonar: SourcingContactFilter", "no example has the field that it is the value of"),
    ("sendpilot: CampaignMetrics", "no example has the field that it is the value of"),
    ("sendpilot: ErrorResponse", "errors have no examples"),
    ("sendpilot: IndustryCode", "no example has the field that it is the value of"),
    ("sendpilot: LeadError", "no example has the field that it is the value of"),
    ("sendpilot: WebhookEnvelope", "no example has the field that it is the value of"),
];

#[test]
fn every_type_has_a_valid_example_that_decodes() {
    let mut problems = Vec::new();
    for vendor in [calls::leonar(), calls::sendpilot(), calls::hoop_ai(), calls::leadway()] {
        let document = Document::embedded(vendor.openapi);
        let is_enum = |name: &str| document.component(name).is_some_and(|schema| schema.get("enum").is_some());
        for one in vendor.types.iter().filter(|one| !is_enum(one.name)) {
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
