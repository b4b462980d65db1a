//! The columns that a response can have, read from its schema.

use serde_json::{Map, Value};

use super::document::Document;

/// Deeper fields are not offered.
const DEPTH: usize = 3;

/// Dot paths of the fields of what a response lists or is; none where the vendor does not say. `items`: where its list is.
pub fn known(document: &Document, schema: &Value, items: Option<&str>) -> Vec<String> {
    let target = match items {
        Some("") => Some(item(document, schema)),
        Some(path) => path.split('.').try_fold(schema, |schema, key| property(document, schema, key)).map(|list| item(document, list)),
        None => Some(subject(document, schema)),
    };
    let mut names = Vec::new();
    if let Some(target) = target {
        collect(document, target, "", DEPTH, &mut names);
    }
    names
}

/// What a response is about: the only field of its envelope, and of a list an item.
fn subject<'d>(document: &'d Document, schema: &'d Value) -> &'d Value {
    let schema = item(document, schema);
    let fields = properties(document, schema);
    let is_object = |schema: &Value| document.follow(schema)["type"] == "object" || document.follow(schema).get("allOf").is_some();
    let is_list = |schema: &Value| document.follow(schema)["type"] == "array";
    match fields.as_slice() {
        [(_, only)] if is_object(only) || is_list(only) => subject(document, only),
        fields => {
            let mut lists = fields.iter().filter(|(_, field)| is_list(field) && is_object(item(document, field)));
            let alone = lists.clone().count() == 1 && fields.iter().all(|(_, field)| document.follow(field)["type"] != "string");
            lists.next().filter(|_| alone).map_or(schema, |(_, list)| item(document, list))
        }
    }
}

/// Of a list an item, and everything else itself.
fn item<'d>(document: &'d Document, schema: &'d Value) -> &'d Value {
    let schema = document.follow(schema);
    if schema["type"] == "array" { document.follow(&schema["items"]) } else { schema }
}

fn property<'d>(document: &'d Document, schema: &'d Value, key: &str) -> Option<&'d Value> {
    properties(document, schema).into_iter().find(|(name, _)| *name == key).map(|(_, schema)| schema)
}

/// With those of all parts and alternatives.
fn properties<'d>(document: &'d Document, schema: &'d Value) -> Vec<(&'d str, &'d Value)> {
    let schema = document.follow(schema);
    let own = schema["properties"].as_object().into_iter().flat_map(Map::iter).map(|(name, schema)| (name.as_str(), schema));
    let parts = ["allOf", "oneOf", "anyOf"].into_iter().filter_map(|key| schema[key].as_array()).flatten();
    own.chain(parts.flat_map(|part| properties(document, part))).collect()
}

fn collect(document: &Document, schema: &Value, before: &str, depth: usize, names: &mut Vec<String>) {
    if depth == 0 {
        return;
    }
    for (name, schema) in properties(document, schema) {
        let path = if before.is_empty() { name.to_owned() } else { format!("{before}.{name}") };
        if !names.contains(&path) {
            names.push(path.clone());
            collect(document, item(document, schema), &path, depth - 1, names);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Document, known};

    #[test]
    fn fields_of_items_are_columns() {
        let document = Document::read(
            r##"{ "components": { "schemas": {
                "List": { "properties": { "data": { "type": "array", "items": { "$ref": "#/components/schemas/Person" } }, "meta": { "type": "object" } } },
                "One": { "properties": { "data": { "$ref": "#/components/schemas/Person" } } },
                "Person": { "type": "object", "properties": {
                    "id": { "type": "string" },
                    "emails": { "type": "array", "items": { "type": "object", "properties": { "email": { "type": "string" } } } }
                } },
                "Anything": { "type": "object" }
            } } }"##,
        );
        let schema = |name: &str| document.as_json()["components"]["schemas"][name].clone();
        let person = ["id", "emails", "emails.email"];
        for (name, items) in [("List", Some("data")), ("List", None), ("One", None), ("Person", None)] {
            assert_eq!(known(&document, &schema(name), items), person, "{name}");
        }
        assert!(known(&document, &schema("Anything"), None).is_empty());
    }
}
