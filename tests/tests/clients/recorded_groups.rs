//! HighLevel's other groups as they really respond: what live responses had in July 2026 and the official file does not say, in values of our own.
//! Each form decodes, and nothing of it is lost.

use highlevel::{Client, types};
use reachout_runtime::RetryPolicy;
use reachout_tests::Script;
use serde_json::{Value, json};

use crate::recorded::whole;

fn event(more: &Value) -> Value {
    let mut event = json!({
        "id": "e1", "calendarId": "c1", "locationId": "l1", "contactId": "k1", "title": "Interview", "appointmentStatus": "confirmed",
        "appoinmentStatus": "confirmed", "startTime": "2026-07-01T08:00:00+02:00", "endTime": "2026-07-01T08:30:00+02:00", "deleted": false,
        "dateAdded": "2026-06-30T10:00:00.000Z", "dateUpdated": "2026-06-30T10:00:00.000Z", "createdBy": { "source": "booking_widget", "userId": null },
    });
    event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    event
}

#[test]
fn events_lack_what_the_file_requires_and_have_dates_as_text() {
    whole::<types::ListCalendarEventsResponse>("events", &json!({ "events": [event(&json!({}))], "traceId": "t" }));
    whole::<types::ListCalendarEventsResponse>(
        "with users",
        &json!({ "events": [event(&json!({ "assignedUserId": "u1", "users": ["u1"] }))] }),
    );
}

#[test]
fn an_appointment_is_wrapped_under_either_name() {
    whole::<types::GetAppointmentResponse>("recorded", &json!({ "appointment": event(&json!({})), "traceId": "t" }));
    whole::<types::GetAppointmentResponse>("as documented", &json!({ "event": event(&json!({})) }));
}

#[test]
fn a_calendar_has_hours_as_object_or_list_and_a_field_in_both_spellings() {
    for hours in
        [json!({}), json!([{ "daysOfTheWeek": [1], "hours": [{ "openHour": 9, "openMinute": 0, "closeHour": 17, "closeMinute": 0 }] }])]
    {
        let calendar = json!({
            "id": "c1", "locationId": "l1", "name": "Interviews", "openHours": hours, "appoinmentPerSlot": 1, "appointmentPerSlot": 1,
            "teamMembers": [{ "userId": "u1", "isZoomAdded": "false" }],
        });
        whole::<types::CalendarResponse>("calendar", &json!({ "calendar": calendar, "traceId": "t" }));
    }
}

#[test]
fn a_deleted_calendar_comes_with_a_message_and_without_success() {
    whole::<types::DeleteCalendarResponse>(
        "recorded",
        &json!({ "message": "gone", "calendar": { "id": "c1", "name": "Interviews" }, "traceId": "t" }),
    );
    whole::<types::DeleteCalendarResponse>("as documented", &json!({ "success": true }));
}

#[test]
fn pipelines_have_stages_as_objects_and_a_position_as_text() {
    let stage =
        json!({ "id": "s1", "name": "New", "position": 0, "showInFunnel": true, "showInPieChart": true, "stageWinProbability": 10 });
    let pipeline = json!({ "id": "p1", "name": "Hiring", "stages": [stage], "position": "Zyyy", "locationId": "l1", "showInFunnel": true });
    whole::<types::ListPipelinesResponse>("recorded", &json!({ "pipelines": [pipeline], "traceId": "t" }));
}

#[test]
fn opportunities_have_nulls_and_fields_that_nobody_documents() {
    let opportunity = json!({
        "id": "o1", "name": "Ada", "monetaryValue": 0, "pipelineId": "p1", "pipelineStageId": "s1", "pipelineStageUId": "x", "assignedTo": null,
        "status": "open", "source": null, "lostReasonId": null, "contactId": "k1", "locationId": "l1", "internalSource": { "type": "api" },
        "isAttribute": false, "attributions": [], "effectiveProbability": 10, "forecastProbability": 0.1, "relations": [],
        "sort": [1_700_000_000_000_i64, "o1"], "createdAt": "2026-07-01T08:00:00.000Z", "updatedAt": "2026-07-01T08:00:00.000Z",
        "contact": { "id": "k1", "name": "Ada", "companyName": null, "email": null, "phone": null, "tags": [], "followers": [] },
    });
    whole::<types::SearchOpportunitiesResponse>("search", &json!({ "opportunities": [opportunity], "total": 1, "traceId": "t" }));
    whole::<types::OpportunityResponse>("get", &json!({ "opportunity": opportunity, "traceId": "t" }));
    whole::<types::DeleteOpportunityResponse>("deleted", &json!({ "succeded": true, "success": true, "traceId": "t" }));
}

#[test]
fn a_user_has_scopes_as_list_or_text_and_a_short_language() {
    for scopes in [json!(["contacts.write"]), json!("contacts.write")] {
        let user = json!({ "id": "u1", "name": "Grace", "scopes": scopes, "platformLanguage": "en", "permissions": { "campaignsEnabled": true, "newPermission": true } });
        whole::<types::UserResponse>("user", &user);
    }
}

#[test]
fn fields_values_and_locations_keep_what_nobody_documents() {
    let field = json!({
        "id": "f1", "name": "Level", "fieldKey": "contact.level", "dataType": "TEXT", "position": 50, "dateAdded": "2026-07-01T08:00:00.000Z",
        "documentType": "field", "parentId": "g1", "scopes": [], "standard": false,
    });
    whole::<types::ListCustomFieldsResponse>("fields", &json!({ "customFields": [field], "traceId": "t" }));
    let value =
        json!({ "id": "v1", "name": "Sign-off", "fieldKey": "{{ custom_values.sign_off }}", "value": "Yours", "documentType": "value" });
    whole::<types::ListCustomValuesResponse>("values", &json!({ "customValues": [value], "traceId": "t" }));
    let location = json!({ "id": "l1", "name": "Paris", "brandId": null, "currency": "EUR", "permissions": {}, "snapshotId": null, "settings": { "newSetting": true } });
    whole::<types::GetLocationResponse>("location", &json!({ "location": location, "traceId": "t" }));
}

/// Statuses that differ from the file's are successes.
#[tokio::test]
async fn a_creation_may_be_200_and_a_search_201() {
    let opportunities = json!({ "opportunities": [], "total": 0 });
    let script = Script::start(vec![(200, json!({ "succeeded": true })), (201, json!({ "succeeded": true })), (201, opportunities)]).await;
    let client: Client = Client::builder().credential("key").base_url(&script.url).retry(RetryPolicy::none()).build().unwrap();
    for _ in 0..2 {
        let deleted = client.calendar_events().delete("e1", reachout_runtime::Object::new()).await.unwrap();
        assert_eq!(deleted.succeeded, Some(true));
    }
    let details = types::OpportunityDetailsInput::new(true, true, true, true);
    let request = types::SearchOpportunitiesRequest::new("l1", 20, 1, Vec::<types::SortValue>::new(), details);
    assert!(client.opportunities().search(request).await.unwrap().opportunities.is_empty());
}
