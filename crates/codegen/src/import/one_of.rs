//! Components that are one of several others.

use serde_json::{Map, Value, json};

use super::{
    flat::{Flat, ORIGIN},
    naming::alternative_word,
    schemas::{Schemas, reference},
    words,
};
use crate::load::pointer;

impl Schemas<'_> {
    /// The component of a list of alternatives.
    pub(super) fn one_of(&mut self, flat: &Flat, name: &str, at: &str) -> Map<String, Value> {
        let mut alternatives: Vec<Value> = Vec::new();
        let mut published: Vec<(String, Value)> = Vec::new();
        let written = flat.map["oneOf"].as_array().cloned().unwrap_or_default();
        for (index, one) in written.iter().enumerate() {
            let at = format!("{at}/oneOf/{index}");
            let flat = self.flatten(one, &at);
            let own = format!("{name}{}", alternative_word(one, &flat, index));
            let named = self.named_flat(&flat, &own, &at);
            let reference = one["$ref"].as_str().or(one[ORIGIN].as_str());
            published.extend(reference.map(|reference| (reference.to_owned(), named["$ref"].clone())));
            if !alternatives.contains(&named) {
                alternatives.push(named);
            }
        }
        let mut one_of = Map::from_iter([("oneOf".to_owned(), alternatives.into())]);
        if let Some(discriminator) = &flat.discriminator {
            let mapping = self.mapping(discriminator, &published, at);
            one_of.insert("discriminator".into(), json!({ "propertyName": discriminator["propertyName"], "mapping": mapping }));
        }
        one_of
    }

    /// What the values of a discriminator mean: alternatives by the references that the document gives, and by those of the draft.
    fn mapping(&mut self, discriminator: &Value, alternatives: &[(String, Value)], at: &str) -> Map<String, Value> {
        let mut mapping = Map::new();
        for (value, target) in discriminator["mapping"].as_object().into_iter().flatten() {
            let target = target.as_str().unwrap_or_default();
            match alternatives.iter().find(|(reference, _)| reference == target || pointer::name(reference) == target) {
                Some((_, own)) => drop(mapping.insert(value.clone(), own.clone())),
                None => self.notes.add("Values of a discriminator that mean no alternative were left out", format!("{at}: `{value}`")),
            }
        }
        let property = discriminator["propertyName"].as_str().unwrap_or_default();
        for (target, own) in alternatives {
            // Without a mapping the value is the component's name, unless its schema has values of its own.
            let tag = self.target(target).and_then(|target| target["properties"][property].as_object());
            let own_values = tag.and_then(words::values).is_some();
            if !own_values && !mapping.values().any(|known| known == own) {
                mapping.insert(pointer::name(target), own.clone());
            }
        }
        mapping
    }

    /// A component that others are parts of, and that a discriminator tells from them: one of all of these.
    pub(super) fn with_children(&mut self, published: &str, own: &str, body: Value, schema: &Value) -> Value {
        let Some(children) = self.children.get(published).cloned() else { return body };
        let discriminator = &schema["discriminator"];
        let base = self.hoist(&format!("{own}Base"), body);
        let mut alternatives: Vec<(String, Value)> = Vec::new();
        for child in children {
            alternatives.extend(self.names.get(&child).map(|own| (child.clone(), reference(own))));
        }
        let mut mapping = Map::new();
        for (value, target) in discriminator["mapping"].as_object().into_iter().flatten() {
            let target = pointer::name(target.as_str().unwrap_or_default());
            let found = alternatives.iter().find(|(child, _)| *child == target).map(|(_, one)| one);
            let found = found.or((target == published).then_some(&base));
            mapping.extend(found.map(|one| (value.clone(), one["$ref"].clone())));
        }
        for (value, one) in alternatives.iter().chain([&(published.to_owned(), base.clone())]) {
            if !mapping.values().any(|known| *known == one["$ref"]) {
                mapping.insert(value.clone(), one["$ref"].clone());
            }
        }
        self.notes.add("A component that a discriminator tells from its children is one of them", format!("`{own}`"));
        let mut one_of: Vec<Value> = alternatives.into_iter().map(|(_, one)| one).collect();
        one_of.push(base);
        json!({ "oneOf": one_of, "discriminator": { "propertyName": discriminator["propertyName"], "mapping": mapping } })
    }
}
