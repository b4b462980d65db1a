//! The objects of HighLevel's other groups: made, shown, listed, changed and deleted, with the events that they cause.

use reachout_document::{Location, Operation};
use reachout_sandbox::{Sandbox, Vendor, Webhook};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::client::{Client, document, fetch, success};
use crate::webhooks::{next, receiver};

const LOCATION: &str = "ve9EPM428h8vShlRW1KT";

fn operation(id: &str) -> Operation<'static> {
    document(Vendor::HighLevel).operations().find(|operation| operation.id == id).unwrap_or_else(|| panic!("there is no {id}"))
}

/// The path of an operation with the documented values, but for `own`, which is the last of it.
fn path(operation: &Operation<'_>, own: Option<&str>) -> String {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut path = operation.path.to_owned();
    let mut names: Vec<&str> = operation.parameters_in(Location::Path).map(|parameter| parameter.name).collect();
    names.sort_by_key(|name| path.find(&format!("{{{name}}}")));
    for (index, name) in names.iter().enumerate() {
        let example = operation.parameter(Location::Path, name).unwrap().example.map(text).unwrap();
        let value = own.filter(|_| index + 1 == names.len()).map_or(example, str::to_owned);
        path = path.replace(&format!("{{{name}}}"), &value);
    }
    let query = operation.parameters_in(Location::Query).filter(|parameter| parameter.required);
    // The examples of a group are not all of one location.
    let query = query.map(|parameter| match parameter.name {
        "locationId" | "location_id" => (parameter.name, LOCATION.to_owned()),
        "skip" => ("skip", "0".to_owned()),
        name => (name, parameter.example.map(text).unwrap()),
    });
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    if query.is_empty() { path } else { format!("{path}?{query}") }
}

async fn call(client: &Client<'_>, id: &str, own: Option<&str>) -> (StatusCode, Value) {
    let operation = operation(id);
    let request = client.request(operation.method.parse().unwrap(), &path(&operation, own));
    let example = operation.body.and_then(|body| body.content.example).cloned();
    fetch(match example {
        Some(mut body) => {
            if let Some(location) = body.get_mut("locationId") {
                *location = LOCATION.into();
            }
            request.json(&body)
        }
        None => request,
    })
    .await
}

/// The id of the object that a response shows.
fn shown_id(response: &Value, field: &str) -> String {
    let mut places = [response].into_iter().chain(response.as_object().into_iter().flat_map(|fields| fields.values()));
    places.find_map(|place| place.get(field)?.as_str()).unwrap_or_else(|| panic!("no {field} in {response}")).to_owned()
}

#[tokio::test]
async fn objects_of_every_group_are_made_shown_listed_changed_and_deleted() {
    // Made by, shown by, listed by, changed by, deleted by.
    let table = [
        ("create_location", "get_location", "search_locations", "update_location", "delete_location"),
        ("create_tag", "get_tag", "list_tags", "update_tag", "delete_tag"),
        ("create_custom_field", "get_custom_field", "list_custom_fields", "update_custom_field", "delete_custom_field"),
        ("create_custom_value", "get_custom_value", "list_custom_values", "update_custom_value", "delete_custom_value"),
        ("create_calendar_group", "", "list_calendar_groups", "update_calendar_group", "delete_calendar_group"),
        ("create_calendar", "get_calendar", "list_calendars", "update_calendar", "delete_calendar"),
        ("create_schedule", "get_schedule", "list_schedules", "update_schedule", "delete_schedule"),
        ("create_note", "get_note", "list_notes", "update_note", "delete_note"),
        ("create_task", "get_task", "list_tasks", "update_task", "delete_task"),
        ("create_opportunity", "get_opportunity", "list_opportunities", "update_opportunity", "delete_opportunity"),
        ("create_user", "get_user", "", "update_user", "delete_user"),
        ("create_business", "get_business", "list_businesses", "update_business", "delete_business"),
        ("create_link", "get_link", "list_links", "update_link", "delete_link"),
        ("create_record", "get_record", "", "update_record", "delete_record"),
        ("create_association", "get_association", "list_associations", "update_association", "delete_association"),
        ("create_object_field", "get_object_field", "", "update_object_field", "delete_object_field"),
        ("create_relation", "", "", "", "delete_relation"),
        ("create_appointment", "get_appointment", "", "update_appointment", "delete_calendar_event"),
    ];
    let mut problems = Vec::new();
    for (create, read, list, update, delete) in table {
        let sandbox = Sandbox::start().await.unwrap();
        let client = Client::new(&sandbox, Vendor::HighLevel);
        let (status, made) = call(&client, create, None).await;
        if !status.is_success() {
            problems.push(format!("{create}: {status} {made}"));
            continue;
        }
        let id = shown_id(&made, "id");
        for step in [read, list, update, delete] {
            if step.is_empty() {
                continue;
            }
            let own = (step != list).then_some(id.as_str());
            let (status, response) = call(&client, step, own).await;
            if !status.is_success() || (step != delete && !response.to_string().contains(&id)) {
                problems.push(format!("{step} of {id}: {status} {response}"));
            }
        }
        let after = if read.is_empty() { delete } else { read };
        let (status, response) = call(&client, after, Some(&id)).await;
        let is_form = response["statusCode"] == 404 && response["message"].as_str().is_some_and(|message| message.ends_with("not found"));
        if status != StatusCode::NOT_FOUND || !is_form || !response["traceId"].is_string() {
            problems.push(format!("{after} of a deleted {id}: {status} {response}"));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[tokio::test]
async fn a_change_of_an_opportunity_causes_the_general_event_and_the_specific_one() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::new(&sandbox, Vendor::HighLevel);
    let (url, mut received, _) = receiver().await;
    sandbox.add_webhook(Webhook::new(Vendor::HighLevel, url)).unwrap();
    let body = operation("create_opportunity").body.unwrap().content.example.unwrap().clone();
    let made = client.post("/opportunities/", body.clone()).await["opportunity"].clone();
    let id = made["id"].as_str().unwrap();
    client.put(&format!("/opportunities/{id}/status"), json!({ "status": "won" })).await;
    let again = client.post("/opportunities/upsert", json!({ "locationId": body["locationId"], "pipelineId": body["pipelineId"], "contactId": body["contactId"], "name": "Renamed" })).await;
    assert_eq!((&again["new"], &again["opportunity"]["id"], &again["opportunity"]["name"]), (&json!(false), &json!(id), &json!("Renamed")));
    let followers =
        success(client.request(Method::POST, &format!("/opportunities/{id}/followers")).json(&json!({ "followers": ["u1"] }))).await;
    assert_eq!(followers["followersAdded"], json!(["u1"]));
    client.delete(&format!("/opportunities/{id}")).await;
    let mut names = Vec::new();
    for _ in 0..6 {
        let body: Value = serde_json::from_slice(&next(&mut received).await.1).unwrap();
        assert_eq!(body["id"], id, "{body}");
        names.push(body["type"].as_str().unwrap().to_owned());
    }
    names.sort();
    assert_eq!(
        names,
        [
            "OpportunityCreate",
            "OpportunityDelete",
            "OpportunityStatusUpdate",
            "OpportunityUpdate",
            "OpportunityUpdate",
            "OpportunityUpdate"
        ]
    );
}

#[tokio::test]
async fn a_booked_slot_is_not_free_any_more() {
    let monday = "2026-01-05T06:00:00Z".parse().unwrap();
    let sandbox = Sandbox::builder().clock(monday).clock_speed(0.0).start().await.unwrap();
    let client = Client::new(&sandbox, Vendor::HighLevel);
    let calendars = client.get(&format!("/calendars/?locationId={LOCATION}")).await;
    let calendar = calendars["calendars"][0]["id"].as_str().unwrap();
    let contact = client.post("/contacts/", json!({ "locationId": LOCATION, "firstName": "Ada" })).await["contact"]["id"].clone();
    let (from, until) = (monday.timestamp_millis(), monday.timestamp_millis() + 2 * 86_400_000);
    let free = async || {
        let days = client.get(&format!("/calendars/{calendar}/free-slots?startDate={from}&endDate={until}&timezone=Europe/Paris")).await;
        days["2026-01-05"]["slots"].as_array().unwrap().iter().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>()
    };
    let before = free().await;
    assert_eq!(before[0], "2026-01-05T09:00:00+01:00");
    let appointment = json!({ "calendarId": calendar, "locationId": LOCATION, "contactId": contact, "startTime": "2026-01-05T09:00:00+01:00", "endTime": "2026-01-05T09:30:00+01:00" });
    let booked = client.post("/calendars/events/appointments", appointment).await["id"].as_str().unwrap().to_owned();
    assert!(!free().await.contains(&before[0]));
    let events =
        client.get(&format!("/calendars/events?locationId={LOCATION}&calendarId={calendar}&startTime={from}&endTime={until}")).await;
    assert_eq!(events["events"].as_array().unwrap().iter().map(|event| &event["id"]).collect::<Vec<_>>(), [&json!(booked)]);
    let of_contact = client.get(&format!("/contacts/{}/appointments", contact.as_str().unwrap())).await;
    assert_eq!(of_contact["events"][0]["id"], booked);
    client.request(Method::DELETE, &format!("/calendars/events/{booked}")).json(&json!({})).send().await.unwrap();
    assert_eq!(free().await, before);
}

#[tokio::test]
async fn objects_go_by_their_keys_and_relations_by_their_records() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::new(&sandbox, Vendor::HighLevel);
    let mut object = operation("create_object").body.unwrap().content.example.unwrap().clone();
    object["key"] = "custom_objects.boat".into();
    client.post("/objects/", object).await;
    assert_eq!(client.status(Method::GET, &format!("/objects/custom_objects.boat?locationId={LOCATION}")).await, 200);
    assert_eq!(client.status(Method::GET, &format!("/objects/custom_objects.ship?locationId={LOCATION}")).await, 404);
    let mut record = operation("create_record").body.unwrap().content.example.unwrap().clone();
    record["locationId"] = LOCATION.into();
    let made = client.post("/objects/custom_objects.boat/records", record).await["record"]["id"].as_str().unwrap().to_owned();
    assert_eq!(client.status(Method::GET, &format!("/objects/custom_objects.boat/records/{made}")).await, 200);

    let mut association = operation("create_association").body.unwrap().content.example.unwrap().clone();
    association["locationId"] = LOCATION.into();
    association["key"] = "captain".into();
    let association = client.post("/associations/", association).await["id"].clone();
    let found = client.get(&format!("/associations/key/captain?locationId={LOCATION}")).await;
    assert_eq!(found["id"], association);
    let mut relation = operation("create_relation").body.unwrap().content.example.unwrap().clone();
    relation["locationId"] = LOCATION.into();
    (relation["associationId"], relation["firstRecordId"], relation["secondRecordId"]) = (association, made.as_str().into(), "ada".into());
    let relation = client.post("/associations/relations", relation).await["id"].clone();
    for (record, count) in [(made.as_str(), 1), ("ada", 1), ("bob", 0)] {
        let list = client.get(&format!("/associations/relations/{record}?locationId={LOCATION}&skip=0&limit=10")).await;
        let ids: Vec<&Value> = list["relations"].as_array().unwrap().iter().map(|relation| &relation["id"]).collect();
        assert_eq!(ids.iter().filter(|id| ***id == relation).count(), count, "{record}: {list}");
    }
}

#[tokio::test]
async fn an_operation_takes_the_token_of_its_kind_alone() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::new(&sandbox, Vendor::HighLevel);
    let token = async |kind: &str| {
        let form = [("client_id", "app"), ("client_secret", "s"), ("grant_type", "authorization_code"), ("code", "c"), ("user_type", kind)];
        let response = success(client.bare(Method::POST, "/oauth/token").header("Version", "2021-07-28").form(&form)).await;
        response["access_token"].as_str().unwrap().to_owned()
    };
    let (agency, location) = (token("Company").await, token("Location").await);
    for (path, token, expected) in [
        ("/snapshots/?companyId=c", &agency, 200),
        ("/snapshots/?companyId=c", &location, 401),
        ("/users/?locationId=ve9EPM428h8vShlRW1KT", &location, 200),
        ("/users/?locationId=ve9EPM428h8vShlRW1KT", &agency, 401),
        ("/contacts/?locationId=ve9EPM428h8vShlRW1KT", &agency, 200),
    ] {
        let (status, body) = fetch(client.authorized(Method::GET, path, token).header("Version", "2021-07-28")).await;
        assert_eq!(status.as_u16(), expected, "{path}: {body}");
        assert!(status.is_success() || body["message"] == "The token is not authorized for this scope.", "{body}");
    }
}
