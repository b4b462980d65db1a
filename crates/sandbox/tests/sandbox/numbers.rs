//! Numbers that no client could read back.

use reachout_sandbox::{Sandbox, Vendor};
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Client, fetch};

#[tokio::test]
async fn an_integer_beyond_64_bits_is_refused_in_a_body_as_in_a_query() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = leonar::Client::builder().credential("leo_sandbox").base_url(sandbox.base_url(Vendor::Leonar)).build().unwrap();
    let before = client.contacts().list().await.unwrap().data.len();
    // Sent as text, as `json!` would keep none of them.
    let bodies: [(Vendor, &str, &str, &str); 6] = [
        (Vendor::Leonar, "/contacts", r#"{"first_name":"Ada","years_experience":#}"#, "years_experience"),
        (Vendor::Leonar, "/contacts", r#"{"first_name":"Ada","custom_data":{"a":{"b":[1,#]}}}"#, "custom_data.a.b.1"),
        (
            Vendor::SendPilot,
            "/v1/leads",
            r#"{"campaignId":"camp_xyz789","leads":[{"linkedinUrl":"https://www.linkedin.com/in/a","score":#}]}"#,
            "leads.0.score",
        ),
        (
            Vendor::SendPilot,
            "/v1/lead-database/searches",
            r#"{"limit":1,"filters":{"min_job_duration_months":#}}"#,
            "filters.min_job_duration_months",
        ),
        (Vendor::HoopAi, "/contacts/", r#"{"locationId":"l","customFields":[{"id":"f","field_value":#}]}"#, "customFields.0.field_value"),
        (Vendor::Leadway, "/contacts/", r#"{"locationId":"l","dndSettings":{"Call":{"status":"active","x":#}}}"#, "dndSettings.Call.x"),
    ];
    for number in ["9223372036854775808", "18446744073709551616", "-9223372036854775809000", "1e19", "2E+300"] {
        let query = Client::new(&sandbox, Vendor::Leonar).request(Method::GET, &format!("/contacts?offset={}", number.replace('+', "%2B")));
        assert_eq!(fetch(query).await.0, 400, "{number} in a query");
        for (vendor, path, body, field) in bodies {
            let request = Client::new(&sandbox, vendor).request(Method::POST, path).header("Content-Type", "application/json");
            let (status, returned) = fetch(request.body(body.replace('#', number))).await;
            let expected = if matches!(vendor, Vendor::HoopAi | Vendor::Leadway) { 422 } else { 400 };
            assert_eq!(status, expected, "{vendor} {field} {number}: {returned}");
            assert!(returned.to_string().contains(&format!("{field}: ")) && returned.to_string().contains("64 bits"), "{returned}");
        }
    }
    assert_eq!(client.contacts().list().await.unwrap().data.len(), before, "the list can be read by every client");
}

#[tokio::test]
async fn a_whole_number_comes_back_as_an_integer_however_it_was_written() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = leonar::Client::builder().credential("leo_sandbox").base_url(sandbox.base_url(Vendor::Leonar)).build().unwrap();
    for (written, kept) in [("12", 12), ("12.0", 12), ("1.2e1", 12), ("9223372036854775807", i64::MAX)] {
        let body = format!(r#"{{"first_name":"Ada","years_experience":{written}}}"#);
        let request = Client::new(&sandbox, Vendor::Leonar).request(Method::POST, "/contacts").header("Content-Type", "application/json");
        let (status, created) = fetch(request.body(body)).await;
        assert!(status.is_success(), "{written}: {created}");
        assert_eq!(created["data"]["years_experience"], json!(kept), "{written}: {created}");
        client.contacts().list().await.unwrap();
    }
    let fraction = Client::new(&sandbox, Vendor::Leonar).request(Method::POST, "/contacts");
    let (status, body): (_, Value) = fetch(fraction.json(&json!({ "first_name": "Ada", "years_experience": 1.5 }))).await;
    assert_eq!(status, 400, "{body}");
}
