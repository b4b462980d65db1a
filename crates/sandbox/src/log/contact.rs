//! Which contact a request is about.

use serde_json::Value;

/// Fields and parameters that name a contact or a lead, by an id or a LinkedIn profile.
const NAMES: [&str; 7] = ["contactId", "contact_id", "leadId", "lead_id", "linkedinUrl", "recipientLinkedinUrl", "linkedin_profile"];
/// Fields of a contact itself, in requests that make or change one.
const ADDRESSES: [&str; 3] = ["email", "phone", "linkedin_url"];

/// The contact as the request names it: by an id or a LinkedIn profile, or else by the name or the address that it is given.
pub(super) fn of(template: &str, path: &[(String, String)], query: &str, body: &Value) -> Option<String> {
    let text = |name: &str| body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    let in_path = path.iter().find(|(name, _)| NAMES.contains(&name.as_str()) || is_contact(template, name));
    let in_query = || url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| NAMES.contains(&&**name));
    let in_list = |list: &str| body.get(list)?.get(0).and_then(|first| first.as_str().or_else(|| first["linkedinUrl"].as_str()));
    in_path
        .map(|(_, value)| value.clone())
        .or_else(|| NAMES.iter().find_map(|name| text(name)))
        .or_else(|| in_query().map(|(_, value)| value.into_owned()))
        .or_else(|| ["contacts", "contact_ids", "leads"].iter().find_map(|list| in_list(list)).map(str::to_owned))
        .or_else(|| name(body))
        .or_else(|| ADDRESSES.iter().find_map(|name| text(name)))
}

/// Whether the path parameter stands behind `contacts` or `leads`, as in `/contacts/{id}`.
fn is_contact(template: &str, parameter: &str) -> bool {
    let before = template.split(&format!("/{{{parameter}}}")).next().unwrap_or_default();
    before.ends_with("/contacts") || before.ends_with("/leads")
}

fn name(body: &Value) -> Option<String> {
    let part = |names: [&str; 2]| names.into_iter().find_map(|name| body.get(name)?.as_str()).unwrap_or_default();
    let name = format!("{} {}", part(["first_name", "firstName"]), part(["last_name", "lastName"]));
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_contact_is_found_wherever_it_is_named() {
        let path = |name: &str| vec![(name.to_owned(), "c1".to_owned())];
        let cases = [
            ("/contacts/{contactId}/notes/{id}", path("contactId"), "", Value::Null, Some("c1")),
            ("/contacts/{id}/notes", path("id"), "", Value::Null, Some("c1")),
            ("/v1/leads/{id}", path("id"), "", Value::Null, Some("c1")),
            ("/projects/{id}", path("id"), "", Value::Null, None),
            ("/messages", vec![], "", json!({ "contact_id": "c2" }), Some("c2")),
            ("/search", vec![], "limit=1&contactId=c3", Value::Null, Some("c3")),
            (
                "/v1/leads",
                vec![],
                "",
                json!({ "leads": [{ "linkedinUrl": "https://www.linkedin.com/in/ada" }] }),
                Some("https://www.linkedin.com/in/ada"),
            ),
            ("/contacts", vec![], "", json!({ "firstName": "Ada", "email": "ada@example.com" }), Some("Ada")),
            ("/contacts", vec![], "", json!({ "email": "ada@example.com" }), Some("ada@example.com")),
        ];
        for (template, path, query, body, expected) in cases {
            assert_eq!(of(template, &path, query, &body).as_deref(), expected, "{template} {query} {body}");
        }
    }
}
