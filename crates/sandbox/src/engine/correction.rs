//! What the names of operations and paths say wrongly about objects, by operation.

/// What of a plan is otherwise than the document suggests.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Correction {
    /// The operations.
    operations: &'static [&'static str],
    /// The kind of object, where the name is another.
    pub kind: Option<&'static str>,
    /// The field that identifies objects of the kind, where it is not an id.
    pub id_field: Option<&'static str>,
    /// The field by which the path names the object, where that does not identify it.
    pub named_by: Option<&'static str>,
    /// Fields that hold what a path parameter of the name says, one of which suffices.
    pub parent_fields: &'static [(&'static str, &'static [&'static str])],
}

const NONE: Correction = Correction { operations: &[], kind: None, id_field: None, named_by: None, parent_fields: &[] };

/// HighLevel's; the other vendors' names say what they are.
const CORRECTIONS: [Correction; 7] = [
    // A calendar's events are its appointments; blocked slots have a list of their own.
    Correction { operations: &["list_calendar_events", "delete_calendar_event"], kind: Some("appointment"), ..NONE },
    Correction { operations: &["update_calendar_group_status"], kind: Some("calendar_group"), ..NONE },
    // An object is known by its key, under which its records are.
    Correction { operations: &["get_object", "update_object", "create_object", "list_objects"], id_field: Some("key"), ..NONE },
    Correction { operations: &["list_object_fields"], parent_fields: &[("objectKey", &["objectKey"])], ..NONE },
    Correction { operations: &["get_association_by_key"], named_by: Some("key"), ..NONE },
    Correction {
        operations: &["list_associations_by_object"],
        parent_fields: &[("objectKey", &["firstObjectKey", "secondObjectKey"])],
        ..NONE
    },
    // The id is that of a record, which is on one of the two sides.
    Correction { operations: &["list_relations"], parent_fields: &[("id", &["firstRecordId", "secondRecordId"])], ..NONE },
];

/// What is to be corrected of an operation's plan.
pub(crate) fn of(operation: &str) -> Correction {
    CORRECTIONS.into_iter().find(|correction| correction.operations.contains(&operation)).unwrap_or(NONE)
}
