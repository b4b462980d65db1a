//! What is refused, and in whose words.

use reachout_sandbox::{Sandbox, Vendor, Versions};
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Client, fetch};

/// One sentence of the error body, wherever the vendor puts it.
fn message(vendor: Vendor, body: &Value) -> String {
    let message = if vendor == Vendor::Leonar { &body["error"]["message"] } else { &body["message"] };
    message.as_str().map_or_else(|| message.to_string(), str::to_owned)
}

#[tokio::test]
async fn every_refusal_names_the_field_in_the_vendors_shape() {
    use Vendor::{HoopAi, Leadway, Leonar, SendPilot};
    let contact = "3c90c3cc-0d44-4b50-8888-8dd25736052a";
    let message_body = json!({ "contact_id": contact, "channel": "email", "content": "Hi" });
    let with = |name: &str, value: Value| {
        let mut body = message_body.clone();
        body[name] = value;
        Some(body)
    };
    let lead = json!({ "leadId": "lead_abc123", "message": 1 });
    let contact_with = |name: &str, value: Value| Some(json!({ "first_name": "Ada", name: [value] }));
    let leads = |count: usize| json!({ "campaignId": "camp_xyz789", "leads": vec![json!({ "linkedinUrl": "https://www.linkedin.com/in/ada" }); count] });
    let cases = [
        ("unknown path", Leonar, Method::GET, "/nothing", None, 404, "GET /nothing"),
        ("unknown path", SendPilot, Method::GET, "/v1/nothing", None, 404, "Cannot GET /v1/nothing"),
        ("unknown path", HoopAi, Method::GET, "/nothing", None, 404, "GET /nothing"),
        ("trailing slash", HoopAi, Method::GET, "/contacts", None, 404, "GET /contacts"),
        ("method", Leonar, Method::PATCH, "/contacts", None, 405, "GET, POST"),
        ("method", SendPilot, Method::DELETE, "/v1/leads", None, 405, "GET, POST"),
        ("path parameter", Leonar, Method::GET, "/sequences/7", None, 400, "id: \"7\" is not a \"uuid\""),
        ("query parameter", Leonar, Method::GET, "/contacts?limit=101", None, 400, "limit: 101 is greater than the maximum of 100"),
        ("query parameter", SendPilot, Method::GET, "/v1/campaigns?page=x", None, 400, "page: \"x\" is not of type \"integer\""),
        ("unknown query parameter", Leonar, Method::GET, "/contacts?page=2", None, 400, "page: this operation has no such parameter"),
        ("missing query parameter", SendPilot, Method::GET, "/v1/leads", None, 400, "campaignId: this query parameter is required"),
        ("missing query parameter", Leadway, Method::GET, "/contacts/", None, 400, "locationId: this query parameter is required"),
        ("unknown field", Leonar, Method::POST, "/messages", with("nickname", json!("x")), 400, "'nickname' was unexpected"),
        ("invalid field", Leonar, Method::POST, "/messages", with("contact_id", json!("7")), 400, "contact_id: \"7\" is not a \"uuid\""),
        ("invalid choice", Leonar, Method::POST, "/messages", with("channel", json!("fax")), 400, "channel: \"fax\" is not one of"),
        ("missing field", Leonar, Method::POST, "/messages", Some(json!({})), 400, "\"contact_id\" is a required property"),
        ("alternative", SendPilot, Method::POST, "/v1/inbox/send", Some(lead), 400, "message: 1 is not of type \"string\""),
        (
            "an email without an address",
            Leonar,
            Method::POST,
            "/contacts",
            contact_with("emails", json!({})),
            400,
            "\"email\" is a required property",
        ),
        (
            "an empty address",
            Leonar,
            Method::POST,
            "/contacts",
            contact_with("emails", json!({ "email": null })),
            400,
            "emails.0.email: null is not of",
        ),
        (
            "an empty number",
            Leonar,
            Method::POST,
            "/contacts",
            contact_with("phones", json!({ "phone": null })),
            400,
            "phones.0.phone: null is not of",
        ),
        ("too many leads", SendPilot, Method::POST, "/v1/leads", Some(leads(101)), 400, "has more than 100 items"),
        (
            "no status",
            SendPilot,
            Method::PATCH,
            "/v1/leads/lead_abc123/status",
            Some(json!({ "note": "x" })),
            400,
            "\"status\" is a required property",
        ),
        ("invalid field", HoopAi, Method::POST, "/contacts/", Some(json!({ "locationId": 7 })), 422, "locationId: 7 is not of type"),
        ("unknown field", Leadway, Method::POST, "/contacts/", Some(json!({ "locationId": "l", "x": 1 })), 422, "'x' was unexpected"),
    ];
    let sandbox = Sandbox::start().await.unwrap();
    for (case, vendor, method, path, body, status, expected) in cases {
        let client = Client::new(&sandbox, vendor);
        let mut request = client.request(method, path);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let (actual, body) = fetch(request).await;
        assert_eq!(actual, status, "{vendor}: {case}: {body}");
        let message = message(vendor, &body);
        assert!(message.contains(expected) || message.replace("\\\"", "\"").contains(expected), "{vendor}: {case}: {body}");
        match vendor {
            Leonar => assert!(body["error"]["code"].is_string(), "{body}"),
            SendPilot => assert!(body["statusCode"] == status && body["message"].is_string() && body["error"].is_string(), "{body}"),
            _ => {
                assert!(body["statusCode"] == status && body["traceId"].is_string(), "{body}");
                assert_eq!(body["message"].is_array(), status == 422, "{body}");
            }
        }
    }
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let sandbox = Sandbox::start().await.unwrap();
    let response = Client::new(&sandbox, Vendor::Leadway).request(Method::PATCH, "/contacts/abc").send().await.unwrap();
    assert_eq!(response.status(), 405);
    assert_eq!(response.headers()["allow"], "GET, PUT, DELETE");
}

#[tokio::test]
async fn a_credential_must_have_the_vendors_form() {
    let sandbox = Sandbox::start().await.unwrap();
    let cases = [
        (Vendor::Leonar, "/contacts", json!({ "error": { "code": "invalid_api_key" } })),
        (Vendor::SendPilot, "/v1/credits", json!({ "statusCode": 401, "message": "Invalid API key", "error": "Unauthorized" })),
        (Vendor::HoopAi, "/contacts/?locationId=l", json!({ "statusCode": 401, "message": "Invalid JWT", "error": "Unauthorized" })),
        (Vendor::Leadway, "/contacts/?locationId=l", json!({ "statusCode": 401, "message": "Invalid JWT", "error": "Unauthorized" })),
    ];
    for (vendor, path, expected) in cases {
        let client = Client::new(&sandbox, vendor);
        let refused = [client.bare(Method::GET, path), client.authorized(Method::GET, path, Sandbox::refused_key(vendor))];
        let malformed = match vendor {
            Vendor::Leonar => vec![client.authorized(Method::GET, path, "sk_1"), client.authorized(Method::GET, path, "leo_")],
            Vendor::SendPilot => vec![client.bare(Method::GET, path).bearer_auth("sp_live_1")],
            _ => vec![client.bare(Method::GET, path).basic_auth("pit", Some("1"))],
        };
        for request in refused.into_iter().chain(malformed) {
            let (status, body) = fetch(request).await;
            assert_eq!(status, 401, "{vendor}: {body}");
            for (name, value) in expected.as_object().unwrap() {
                match value {
                    Value::Object(inner) => assert!(inner.iter().all(|(key, value)| body[name][key] == *value), "{body}"),
                    value => assert_eq!(body[name], *value, "{body}"),
                }
            }
        }
        let accepted = client.request(Method::GET, path).send().await.unwrap();
        assert_eq!(accepted.status(), 200, "{vendor}");
    }
}

#[tokio::test]
async fn the_version_header_is_the_documented_one_unless_told_otherwise() {
    let strict = Sandbox::start().await.unwrap();
    let lenient = Sandbox::builder().versions(Versions::Published).start().await.unwrap();
    let path = "/contacts/?locationId=l";
    for (version, documented, published) in [("2021-07-28", 200, 200), ("2023-02-21", 400, 200), ("v3", 400, 400), ("", 400, 400)] {
        for (sandbox, expected) in [(&strict, documented), (&lenient, published)] {
            let client = Client::new(sandbox, Vendor::Leadway);
            let mut request = client.authorized(Method::GET, path, Sandbox::api_key(Vendor::Leadway));
            if !version.is_empty() {
                request = request.header("Version", version);
            }
            let (status, body) = fetch(request).await;
            assert_eq!(status, expected, "{version:?}: {body}");
            assert!(status.is_success() || body["message"].as_str().unwrap().starts_with("Version: "), "{body}");
        }
    }
}

#[tokio::test]
async fn a_body_of_another_kind_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    for (vendor, path) in [(Vendor::Leonar, "/contacts"), (Vendor::SendPilot, "/v1/leads"), (Vendor::HoopAi, "/contacts/")] {
        let client = Client::new(&sandbox, vendor);
        let cases = [
            (client.request(Method::POST, path).body("{}").header("Content-Type", "text/plain"), 415, "application/json"),
            (client.request(Method::POST, path).body("{"), 415, "application/json"),
            (client.request(Method::POST, path).body("{").header("Content-Type", "application/json"), 400, "invalid JSON"),
            (client.request(Method::POST, path), 400, "requires one"),
        ];
        for (request, status, expected) in cases {
            let (actual, body) = fetch(request).await;
            assert_eq!(actual, status, "{vendor}: {body}");
            assert!(message(vendor, &body).contains(expected), "{vendor}: {body}");
        }
    }
    let upload = Client::new(&sandbox, Vendor::HoopAi).request(Method::POST, "/conversations/messages/upload").json(&json!({}));
    let (status, body) = fetch(upload).await;
    assert_eq!((status.as_u16(), &body["status"]), (415, &json!(415)), "the upload operation has its own error shape: {body}");
}

/// HighLevel's own SDK sends both with every message, whichever edition it calls.
#[tokio::test]
async fn the_fields_that_the_sdk_requires_are_taken_with_any_version() {
    let message = json!({ "type": "SMS", "subType": "", "contactId": "abc123def456", "message": "Hi", "status": "pending" });
    let strict = Sandbox::builder().adopt_unknown_ids(true).start().await.unwrap();
    let request = Client::new(&strict, Vendor::HoopAi).request(Method::POST, "/conversations/messages").json(&message);
    let (status, body) = fetch(request).await;
    let refused = ["'subType'", "'status'"].iter().all(|field| body["message"][0].as_str().unwrap().contains(field));
    assert!(status == 422 && refused, "{body}");

    let sdk = Sandbox::builder().adopt_unknown_ids(true).versions(Versions::Published).start().await.unwrap();
    let hoop = Client::new(&sdk, Vendor::HoopAi);
    let sent = hoop.post("/conversations/messages", message.clone()).await;
    let read = hoop.get(&format!("/conversations/messages/{}", sent["messageId"].as_str().unwrap())).await;
    let read = read.get("message").unwrap_or(&read);
    assert_eq!((&read["body"], &read["contactId"]), (&json!("Hi"), &json!("abc123def456")), "{read}");
    let mut wrong = message;
    wrong["subTypo"] = json!("");
    let (status, body) = fetch(hoop.request(Method::POST, "/conversations/messages").json(&wrong)).await;
    assert!(status == 422 && body["message"][0].as_str().unwrap().contains("'subTypo'"), "what no edition documents is refused: {body}");
}
