//! The events that objects cause when they are made, changed and deleted, where the vendor documents such events.

use serde_json::{Value, json};

use super::call::Call;
use super::event::Event;
use super::store::{Fields, fields};

/// The events of one kind of object; empty where there is none.
struct Lifecycle {
    kind: &'static str,
    created: &'static str,
    changed: &'static str,
    deleted: &'static str,
    /// Events of their own for changes of a field, beside that of the change.
    fields: &'static [(&'static str, &'static str)],
    /// The field of the payload that holds the object, where the payload is not the object itself.
    inside: Option<&'static str>,
}

const NONE: Lifecycle = Lifecycle { kind: "", created: "", changed: "", deleted: "", fields: &[], inside: None };

/// HighLevel's. Contacts and messages have more to them and tell of themselves.
const LIFECYCLES: [Lifecycle; 10] = [
    Lifecycle { kind: "note", created: "NoteCreate", changed: "NoteUpdate", deleted: "NoteDelete", ..NONE },
    Lifecycle { kind: "task", created: "TaskCreate", deleted: "TaskDelete", fields: &[("completed", "TaskComplete")], ..NONE },
    Lifecycle {
        kind: "opportunity",
        created: "OpportunityCreate",
        changed: "OpportunityUpdate",
        deleted: "OpportunityDelete",
        fields: &[
            ("pipelineStageId", "OpportunityStageUpdate"),
            ("status", "OpportunityStatusUpdate"),
            ("assignedTo", "OpportunityAssignedToUpdate"),
            ("monetaryValue", "OpportunityMonetaryValueUpdate"),
        ],
        ..NONE
    },
    Lifecycle {
        kind: "appointment",
        created: "AppointmentCreate",
        changed: "AppointmentUpdate",
        deleted: "AppointmentDelete",
        inside: Some("appointment"),
        ..NONE
    },
    Lifecycle { kind: "location", created: "LocationCreate", changed: "LocationUpdate", ..NONE },
    Lifecycle { kind: "user", created: "UserCreate", ..NONE },
    Lifecycle { kind: "association", created: "AssociationCreate", changed: "AssociationUpdate", deleted: "AssociationDelete", ..NONE },
    Lifecycle { kind: "relation", created: "RelationCreate", deleted: "RelationDelete", ..NONE },
    Lifecycle { kind: "record", created: "RecordCreate", changed: "RecordUpdate", deleted: "RecordDelete", ..NONE },
    Lifecycle { kind: "object", created: "ObjectSchemaCreate", changed: "ObjectSchemaUpdate", ..NONE },
];

pub(super) fn created(call: &mut Call<'_>, kind: &str, object: &Fields) {
    if let Some(lifecycle) = of(call, kind) {
        tell(call, lifecycle.created, lifecycle.inside, object);
    }
}

pub(super) fn changed(call: &mut Call<'_>, kind: &str, before: &Fields, after: &Fields) {
    let Some(lifecycle) = of(call, kind) else { return };
    let differs = |name: &&String| before.get(*name) != after.get(*name) && !["updatedAt", "dateUpdated"].contains(&name.as_str());
    if !after.keys().any(|name| differs(&name)) {
        return;
    }
    tell(call, lifecycle.changed, lifecycle.inside, after);
    for (field, event) in lifecycle.fields {
        // A task that is opened again has no event.
        if before.get(*field) != after.get(*field) && after.get(*field) != Some(&Value::Bool(false)) {
            tell(call, event, lifecycle.inside, after);
        }
    }
}

pub(super) fn deleted(call: &mut Call<'_>, kind: &str, object: &Fields) {
    if let Some(lifecycle) = of(call, kind) {
        tell(call, lifecycle.deleted, lifecycle.inside, object);
    }
}

fn of(call: &Call<'_>, kind: &str) -> Option<&'static Lifecycle> {
    let known = LIFECYCLES.iter().find(|lifecycle| lifecycle.kind == kind);
    known.filter(|_| call.api.is_highlevel())
}

fn tell(call: &mut Call<'_>, event: &'static str, inside: Option<&str>, object: &Fields) {
    if event.is_empty() {
        return;
    }
    let data = match inside {
        Some(inside) => fields(json!({ "locationId": object.get("locationId"), inside: object })),
        None => object.clone(),
    };
    call.events.push(Event::new(event, data));
}
