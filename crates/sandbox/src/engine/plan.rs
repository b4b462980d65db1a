//! [`Plan`]: what an operation does to which kind of object, derived from its name, its path and its response.

use std::collections::BTreeSet;

use reachout_document::{Content, Document, Location};
use reachout_runtime::Evidence;
use serde_json::Value;

use super::correction;
use super::store::Fields;
use crate::api::{Api, Operation};

/// What an operation does, as far as the document tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    pub role: Role,
    /// The kind of object, such as `contact`.
    pub kind: String,
    /// Dot path of the object, or of the objects, in the response; empty for the response itself.
    pub item: Option<String>,
    /// The field of the object that holds its id.
    pub id_field: String,
    /// The path parameter that names the object.
    pub own: Option<String>,
    /// The field that holds what `own` says, where it is not the id.
    pub named_by: Option<&'static str>,
    /// The path parameters that name other objects.
    pub parents: Vec<Parent>,
}

/// What an operation does to objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Create,
    List,
    Read,
    Update,
    Delete,
    Other,
}

/// A path parameter that names another object than the one the operation is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parent {
    pub parameter: String,
    pub kind: String,
    /// The fields in which the objects of this operation keep its id, mostly one.
    pub fields: Vec<String>,
}

impl Parent {
    /// Whether an object belongs to the one that the request names; one that does not say so does not.
    pub(crate) fn has(&self, object: &Fields, named: &Value) -> bool {
        self.fields.iter().any(|field| object.get(field) == Some(named))
    }
}

impl Plan {
    /// `nouns` are the kinds that the names of the document's operations mention.
    pub(crate) fn derive(api: &Api, operation: &Operation, nouns: &BTreeSet<String>) -> Self {
        let document = api.document;
        let verb = operation.id.split('_').next().unwrap_or_default();
        let mut named: Vec<Parent> =
            operation.parameters_in(Location::Path).map(|parameter| parent(operation.path, parameter.name, nouns)).collect();
        named.sort_by_key(|named| operation.path.find(&format!("{{{}}}", named.parameter)));
        let at_object = operation.path.ends_with('}');
        // Of what was not reviewed, requests and objects do not always agree: it responds with its example.
        let is_reviewed = api.route_of(operation).is_none_or(|route| route.evidence != Evidence::Official);
        let role = match verb {
            _ if !is_reviewed => Role::Other,
            "create" => Role::Create,
            "list" | "search" | "export" => Role::List,
            "get" if at_object => Role::Read,
            "update" if !named.is_empty() => Role::Update,
            "delete" if at_object => Role::Delete,
            _ => Role::Other,
        };
        let correction = correction::of(operation.id);
        for (parameter, fields) in correction.parent_fields {
            if let Some(named) = named.iter_mut().find(|named| named.parameter == *parameter) {
                // It names what has no objects here.
                named.kind.clear();
                named.fields = fields.iter().map(|field| (*field).to_owned()).collect();
            }
        }
        let about_one = matches!(role, Role::Read | Role::Update | Role::Delete);
        let own = if about_one { named.pop() } else { None };
        let kind = match &own {
            _ if correction.kind.is_some() => correction.kind.unwrap_or_default().to_owned(),
            // `update_deal_stage` updates a deal: the path knows better than the name.
            Some(own) if role == Role::Update && !at_object => own.kind.clone(),
            _ => noun(operation.id),
        };
        let item = operation.response().and_then(|Content { schema, .. }| match (api.pagination(operation), role) {
            (_, Role::Other) => None,
            (Some(pagination), _) => Some(pagination.items.to_owned()),
            (None, Role::List) => {
                find(document, schema, 2, &|schema| document.items(schema).is_some_and(|item| !document.properties(item).is_empty()))
            }
            (None, _) => find(document, schema, 1, &|schema| id_field(document, schema).is_some()),
        });
        let item_schema = operation.response().zip(item.as_deref()).and_then(|(content, path)| document.at(content.schema, path));
        let item_schema = item_schema.map(|schema| document.items(schema).unwrap_or(schema));
        Self {
            role,
            kind,
            id_field: correction.id_field.or_else(|| item_schema.and_then(|schema| id_field(document, schema))).unwrap_or("id").to_owned(),
            item,
            own: own.map(|own| own.parameter),
            named_by: correction.named_by,
            parents: named,
        }
    }

    /// The objects that the example response shows.
    pub(crate) fn examples(&self, operation: &Operation) -> Vec<&'static Value> {
        let example = operation.response().and_then(|content| content.example);
        let Some((example, path)) = example.zip(self.item.as_deref()) else { return Vec::new() };
        match example.pointer(&pointer(path)) {
            Some(Value::Array(items)) => items.iter().collect(),
            Some(item) => vec![item],
            None => Vec::new(),
        }
    }
}

/// The property that identifies an object of this schema.
fn id_field(document: &Document, schema: &Value) -> Option<&'static str> {
    let properties = document.properties(schema);
    ["id", "_id", "user_id", "profile_id"].into_iter().find(|id| properties.iter().any(|(name, _)| name == id))
}

/// The first schema that fits, nearest first, as a dot path.
fn find(document: &Document, schema: &Value, depth: usize, fits: &impl Fn(&Value) -> bool) -> Option<String> {
    let schema = document.resolve(schema);
    if let Some(alternatives) = schema["oneOf"].as_array() {
        return alternatives.iter().find_map(|alternative| find(document, alternative, depth, fits));
    }
    if fits(schema) {
        return Some(String::new());
    }
    document.properties(schema).into_iter().filter(|_| depth > 0).find_map(|(name, property)| {
        let rest = find(document, property, depth - 1, fits)?;
        Some(if rest.is_empty() { name.to_owned() } else { format!("{name}.{rest}") })
    })
}

/// What a path parameter names: `contacts` before `{contactId}` makes it a contact, and `lead-extractor/campaigns` before it
/// makes it a lead extractor campaign where the document knows such a thing.
fn parent(template: &str, parameter: &str, nouns: &BTreeSet<String>) -> Parent {
    let marker = format!("{{{parameter}}}");
    let before: Vec<String> =
        template.split('/').take_while(|segment| **segment != marker).map(|segment| segment.replace('-', "_")).collect();
    let last = before.last().map(|segment| singular(segment)).unwrap_or_default();
    let joined = before.len().checked_sub(2).map(|index| format!("{}_{last}", before[index]));
    let kind = joined.filter(|kind| nouns.contains(kind)).unwrap_or(last);
    let field = if parameter == "id" { format!("{kind}_id") } else { parameter.to_owned() };
    Parent { parameter: parameter.to_owned(), kind, fields: vec![field] }
}

/// What an operation is about, by its name: `list_contacts_by_business` is about a contact.
pub(crate) fn noun(operation: &str) -> String {
    let noun = operation.split_once('_').map_or("", |(_, noun)| noun);
    singular(noun.split("_by_").next().unwrap_or(noun))
}

/// The kind that a field refers to by its name: `contact_id`, `contactId` and `contact_ids` refer to a contact.
pub(crate) fn referred(name: &str) -> Option<String> {
    let stem = ["_ids", "_id", "Ids", "Id"].iter().find_map(|suffix| name.strip_suffix(suffix))?;
    let mut kind = String::new();
    for character in stem.chars() {
        if character.is_uppercase() {
            kind.push('_');
        }
        kind.extend(character.to_lowercase());
    }
    Some(kind)
}

/// `companies` as `company`, `searches` as `search`, `contacts` as `contact`.
pub(crate) fn singular(noun: &str) -> String {
    if let Some(stem) = noun.strip_suffix("ies") {
        return format!("{stem}y");
    }
    let sibilant = noun.strip_suffix("es").filter(|stem| ["ch", "sh", "ss", "x"].iter().any(|end| stem.ends_with(end)));
    sibilant.or_else(|| noun.strip_suffix('s').filter(|stem| !stem.ends_with(['s', 'u']))).unwrap_or(noun).to_owned()
}

/// A dot path as a JSON pointer.
pub(crate) fn pointer(path: &str) -> String {
    path.split('.').filter(|step| !step.is_empty()).fold(String::new(), |pointer, step| format!("{pointer}/{step}"))
}

/// The schema and the example of a query parameter or of a property of the body, whichever the operation has.
pub(crate) fn argument<'a>(document: &'a Document, operation: &Operation, name: &str) -> Option<(&'a Value, Option<&'a Value>)> {
    if let Some(parameter) = operation.parameter(Location::Query, name) {
        return Some((parameter.schema, parameter.example));
    }
    let body = operation.body?.content;
    document.property(body.schema, name).map(|schema| (schema, body.example.and_then(|example| example.get(name))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Vendor, api};

    #[test]
    fn names_and_paths_tell_what_an_operation_does() {
        let cases = [
            (Vendor::Leonar, "create_contact", Role::Create, "contact", Some("data"), None, ""),
            (Vendor::Leonar, "list_pipeline_entries", Role::List, "pipeline_entry", Some("data"), None, "project_id"),
            (Vendor::Leonar, "list_project_files", Role::List, "project_file", Some("data.data"), None, "project_id"),
            (Vendor::Leonar, "delete_project_file", Role::Delete, "project_file", None, Some("file_id"), "project_id"),
            (Vendor::Leonar, "update_deal_stage", Role::Update, "deal", Some("data"), Some("id"), ""),
            (Vendor::Leonar, "enroll_contacts", Role::Other, "contact", None, None, "sequence_id"),
            (Vendor::SendPilot, "get_campaign", Role::Read, "campaign", Some(""), Some("id"), ""),
            (Vendor::SendPilot, "list_messages", Role::List, "message", Some("messages"), None, "conversationId"),
            (
                Vendor::SendPilot,
                "list_lead_extractor_campaign_results",
                Role::List,
                "lead_extractor_campaign_result",
                Some("leads"),
                None,
                "lead_extractor_campaign_id",
            ),
            (Vendor::Leadway, "list_contacts_by_business", Role::List, "contact", Some("contacts"), None, "businessId"),
            (Vendor::SendPilot, "get_credits", Role::Other, "credit", None, None, ""),
            (Vendor::Leadway, "list_messages", Role::List, "message", Some("messages.messages"), None, "conversationId"),
            (Vendor::Leadway, "get_message", Role::Read, "message", Some("message"), Some("id"), ""),
            (Vendor::Leadway, "get_task", Role::Read, "task", Some("task"), Some("taskId"), "contactId"),
            (Vendor::HighLevel, "list_calendar_events", Role::List, "appointment", Some("events"), None, ""),
            (Vendor::HighLevel, "get_record", Role::Read, "record", Some("record"), Some("id"), "schemaKey"),
            (Vendor::HighLevel, "list_relations", Role::List, "relation", Some("relations"), None, "firstRecordIdsecondRecordId"),
            (Vendor::Leadway, "search_conversations", Role::List, "conversation", Some("conversations"), None, ""),
        ];
        let apis = api::all().unwrap();
        for (vendor, id, role, kind, item, own, field) in cases {
            let api = apis.iter().find(|api| api.vendor == vendor).unwrap();
            let nouns = api.operations.iter().map(|operation| noun(operation.id)).collect();
            let plan = Plan::derive(api, api.operation(id).unwrap(), &nouns);
            assert_eq!((plan.role, plan.kind.as_str()), (role, kind), "{vendor} {id}");
            assert_eq!((plan.item.as_deref(), plan.own.as_deref()), (item, own), "{vendor} {id}");
            assert_eq!(
                plan.parents.iter().flat_map(|parent| &parent.fields).map(String::as_str).collect::<String>(),
                field,
                "{vendor} {id}"
            );
        }
    }
}
