//! Appointments and blocked slots in a calendar, and the slots that are free between them.

use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use crate::api::refusal::Refusal;
use crate::engine::call::{Call, Handler, Listing};
use crate::engine::generic::delete;
use crate::engine::page::moment;
use crate::engine::store::{Fields, text};

pub(crate) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "list_calendar_events" => |call| list(call, "appointment"),
        "list_blocked_slots" => |call| list(call, "blocked_slot"),
        "delete_calendar_event" => delete_calendar_event,
        "list_free_slots" => list_free_slots,
        _ => return None,
    })
}

/// Days are open from nine to five in the zone that the request names.
const OPEN: (i8, i8) = (9, 17);
/// How long a slot is where the calendar does not say so, in minutes.
const SLOT: i64 = 30;
/// The longest time that slots are listed of, in days.
const MAXIMUM_DAYS: i64 = 31;

fn list(call: &mut Call<'_>, kind: &str) -> Result<Value, Refusal> {
    let special = |name: &str, value: &Value, event: &Fields| {
        let start = event.get("startTime").and_then(time);
        match name {
            "startTime" => Some(start.zip(bound(value)).is_none_or(|(start, bound)| start >= bound)),
            "endTime" => Some(start.zip(bound(value)).is_none_or(|(start, bound)| start <= bound)),
            "userId" => Some(event.get("assignedUserId") == Some(value)),
            _ => None,
        }
    };
    call.list(&Listing { kind: Some(kind), special, ..Listing::default() })
}

/// A bound in milliseconds since 1970, as a number or as text.
fn bound(value: &Value) -> Option<i64> {
    value.as_str().and_then(|text| text.parse().ok()).or_else(|| moment(value))
}

/// A time with an offset, or without one, which is UTC's then.
fn time(value: &Value) -> Option<i64> {
    moment(value).or_else(|| {
        let civil: jiff::civil::DateTime = value.as_str()?.parse().ok()?;
        civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp().as_millisecond())
    })
}

/// An event is an appointment or a blocked slot.
fn delete_calendar_event(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let id = call.parameter("eventId");
    let kind = if call.store.get("blocked_slot", id).is_some() { "blocked_slot" } else { "appointment" };
    let event = call.object(kind, id, "")?.clone();
    delete(call, kind, id, &event);
    Ok(call.example())
}

/// Slots of working days that no appointment and no blocked slot of the calendar takes, and that are not past.
fn list_free_slots(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let calendar = call.parameter("calendarId");
    let length = call.object("calendar", calendar, "")?.get("slotDuration").and_then(Value::as_i64).filter(|length| *length > 0);
    let length = length.unwrap_or(SLOT) * 60_000;
    let zone = match call.parameter("timezone") {
        "" => TimeZone::UTC,
        name => TimeZone::get(name).map_err(|_| Refusal::parameter("timezone", "this is not the name of a time zone"))?,
    };
    let bound = |name: &str| call.checked.parameters.get(name).and_then(moment).unwrap_or_default();
    let (start, end) = (bound("startDate"), bound("endDate"));
    let taken: Vec<(i64, i64)> = ["appointment", "blocked_slot"]
        .into_iter()
        .flat_map(|kind| call.store.newest(kind))
        .filter(|event| text(event, "calendarId") == calendar && text(event, "appointmentStatus") != "cancelled")
        .filter_map(|event| Some((event.get("startTime").and_then(time)?, event.get("endTime").and_then(time)?)))
        .collect();
    let now = call.store.now().timestamp_millis();
    let mut days = Map::new();
    let Ok(first) = Timestamp::from_millisecond(start) else { return Ok(days.into()) };
    let mut day = first.to_zoned(zone.clone()).date();
    for _ in 0..=MAXIMUM_DAYS {
        let working = !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        let open = day.at(OPEN.0, 0, 0, 0).to_zoned(zone.clone()).ok();
        let close = day.at(OPEN.1, 0, 0, 0).to_zoned(zone.clone()).ok();
        let (Some(open), Some(close)) = (open, close) else { break };
        let (open, close) = (open.timestamp().as_millisecond(), close.timestamp().as_millisecond());
        if open > end {
            break;
        }
        let mut slots = Vec::new();
        let mut slot = open;
        while working && slot + length <= close {
            let free = taken.iter().all(|(from, until)| slot + length <= *from || slot >= *until);
            if free && slot >= start && slot <= end && slot >= now {
                slots.extend(written(slot, &zone));
            }
            slot += length;
        }
        if !slots.is_empty() {
            days.insert(day.to_string(), json!({ "slots": slots }));
        }
        let Ok(next) = day.tomorrow() else { break };
        day = next;
    }
    Ok(days.into())
}

/// A slot as the vendor writes it, with the offset of the zone.
fn written(slot: i64, zone: &TimeZone) -> Option<String> {
    let zoned = Timestamp::from_millisecond(slot).ok()?.to_zoned(zone.clone());
    Some(zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
}
