//! The columns that a response can have, read from its schema.

use reachout_document::Document;
use serde_json::Value;

/// Deeper fields are not offered.
const DEPTH: usize = 3;

/// Dot paths of the fields of what a response lists or is; none where the vendor does not say. `items`: where its list is.
pub fn known(document: &Document, schema: &Value, items: Option<&str>) -> Vec<String> {
    let target = match items {
        Some(path) => document.at(schema, path).map(|list| item(document, list)),
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
    let fields = document.properties(schema);
    let is_object = |schema: &Value| document.resolve(schema)["type"] == "object" || document.resolve(schema).get("allOf").is_some();
    let is_list = |schema: &Value| document.items(schema).is_some();
    match fields.as_slice() {
        [(_, only)] if is_object(only) || is_list(only) => subject(document, only),
        fields => {
            let mut lists = fields.iter().filter(|(_, field)| is_list(field) && is_object(item(document, field)));
            let alone = lists.clone().count() == 1 && fields.iter().all(|(_, field)| document.resolve(field)["type"] != "string");
            lists.next().filter(|_| alone).map_or(schema, |(_, list)| item(document, list))
        }
    }
}

/// Of a list an item, and everything else itself.
fn item<'d>(document: &'d Document, schema: &'d Value) -> &'d Value {
    document.items(schema).unwrap_or_else(|| document.resolve(schema))
}

fn collect(document: &Document, schema: &Value, before: &str, depth: usize, names: &mut Vec<String>) {
    if depth == 0 {
        return;
    }
    for (name, schema) in document.properties(schema) {
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
        let document = Document::parse(
            r##"{ "components": { "schemas": {
                "List": { "properties": { "data": { "type": "array", "items": { "$ref": "#/components/schemas/Person" } }, "meta": { "type": "object" } } },
                "One": { "properties": { "data": { "$ref": "#/components/schemas/Person" } } },
                "Person": { "type": "object", "properties": {
                    "id": { "type": "string" },
                    "emails": { "type": "array", "items": { "type": "object", "properties": { "email": { "type": "string" } } } }
                } },
                "Anything": { "type": "object" }
            } } }"##,
        )
        .unwrap();
        let schema = |name: &str| document.component(name).unwrap();
        let person = ["id", "emails", "emails.email"];
        for (name, items) in [("List", Some("data")), ("List", None), ("One", None), ("Person", None)] {
            assert_eq!(known(&document, schema(name), items), person, "{name}");
        }
        assert!(known(&document, schema("Anything"), None).is_empty());
    }
}
