//! Stage 3: progenitor types the schemas.
//!
//! It sees a document that holds nothing but schemas, under names that cannot collide: what a component or property is called in Rust is
//! the model's business. The types are read from typify's interface.

use std::{
    cell::Cell,
    collections::HashMap,
    panic::{self, AssertUnwindSafe},
    sync::Once,
};

use progenitor_impl::{GenerationSettings, Generator, TypeImpl};
use schemars08::schema::{InstanceType, SchemaObject};
use serde_json::{Map, Value, json};
use typify_impl::{TypeDetails, TypeId, TypeSpace};

use crate::{
    diagnostic::Error,
    load::{Document, referenced},
};

/// A Rust type, without the `Option` around what may be left out.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TypeRef {
    /// `String`.
    String,
    /// `bool`.
    Bool,
    /// `i64`, `i32` and the like.
    Integer(String),
    /// The runtime's number, which keeps integers apart from fractions.
    Number,
    /// `Uuid`.
    Uuid,
    /// `NaiveDate`.
    Date,
    /// `DateTime<Utc>`.
    DateTime,
    /// Any JSON.
    Json,
    /// A JSON object with any fields.
    Object,
    /// `BTreeMap<String, T>`.
    Map(Box<TypeRef>),
    /// `Vec<T>`.
    List(Box<TypeRef>),
    /// `Option<T>`: an item, a value of a map or a body that may be null.
    Nullable(Box<TypeRef>),
    /// `Box<T>`, where a type contains itself.
    Boxed(Box<TypeRef>),
    /// A component.
    Component(String),
}

/// The types of a document.
#[derive(Debug)]
pub struct Types {
    /// By component, in the order of [`parts`].
    components: HashMap<String, Vec<TypeRef>>,
    /// By index of the operation, in the order of its parameters.
    parameters: Vec<Vec<TypeRef>>,
}

impl Types {
    /// The types of a component's parts: properties, alternatives, or the one thing it is.
    pub fn component(&self, name: &str) -> &[TypeRef] {
        self.components.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// The types of the parameters of the operation at this place in the document.
    pub fn parameters(&self, operation: usize) -> &[TypeRef] {
        self.parameters.get(operation).map(Vec::as_slice).unwrap_or_default()
    }
}

/// The schemas a component is made of, in the order of the wire.
pub fn parts(schema: &Value) -> Vec<&Value> {
    if let Some(properties) = properties(schema) {
        properties.into_iter().map(|(_, property)| property).collect()
    } else if let Some(alternatives) = schema["oneOf"].as_array() {
        alternatives.iter().collect()
    } else {
        vec![schema]
    }
}

/// The properties of an object, sorted by name.
pub fn properties(schema: &Value) -> Option<Vec<(&String, &Value)>> {
    let properties = schema["properties"].as_object().filter(|properties| !properties.is_empty())?;
    let mut properties: Vec<_> = properties.iter().collect();
    properties.sort_by_key(|(name, _)| *name);
    Some(properties)
}

/// Runs progenitor, once, over everything in a document that has a type.
pub fn types(document: &Document) -> Result<Types, Error> {
    let failed = |message: String| Error::Generator { vendor: document.vendor.clone(), message };
    let none = Map::new();
    let components = document.json["components"]["schemas"].as_object().unwrap_or(&none);
    let names: HashMap<&str, String> = components.keys().enumerate().map(|(index, name)| (name.as_str(), format!("T{index}"))).collect();
    let operations: Vec<_> = document.operations().collect();

    let mut schemas = Map::new();
    for (name, schema) in components {
        schemas.insert(names[name.as_str()].clone(), structure(&names, schema));
    }
    for (index, operation) in operations.iter().enumerate() {
        let parameters: Vec<&Value> = document.parameters(operation.item, operation.node).map(|parameter| &parameter["schema"]).collect();
        schemas.insert(format!("P{index}"), fields(&names, &parameters));
    }
    let spec = json!({ "openapi": "3.0.3", "info": { "title": "", "version": "" }, "paths": {}, "components": { "schemas": schemas } });
    let spec = serde_json::from_value(spec).map_err(|error| failed(format!("openapiv3 cannot read the schemas: {error}")))?;
    let mut generator = Generator::new(&settings());
    quietly(|| generator.generate_tokens(&spec).map_err(|error| error.to_string())).map_err(&failed)?;

    let read = Reader { space: generator.get_type_space(), names: names.iter().map(|(name, index)| (index.as_str(), *name)).collect() };
    let structs = read.structs().map_err(&failed)?;
    let none = Vec::new();
    let of = |name: &str| structs.get(name).unwrap_or(&none).clone();
    Ok(Types {
        components: names.iter().map(|(name, index)| ((*name).to_owned(), of(index))).collect(),
        parameters: (0..operations.len()).map(|index| of(&format!("P{index}"))).collect(),
    })
}

/// A component as an object with one property a part, so that typify tells the type of each.
fn structure(names: &HashMap<&str, String>, schema: &Value) -> Value {
    if schema["enum"].is_array() {
        return json!({ "type": "string", "enum": ["a", "b"] });
    }
    fields(names, &parts(schema))
}

fn fields(names: &HashMap<&str, String>, parts: &[&Value]) -> Value {
    let properties: Map<String, Value> =
        parts.iter().enumerate().map(|(index, part)| (format!("f{index:05}"), simple(names, part))).collect();
    let required: Vec<&String> = properties.keys().collect();
    let required = json!(required);
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

/// What decides the type. Limits, defaults and descriptions do not; a pattern would bring a regular expression engine into every client.
fn simple(names: &HashMap<&str, String>, schema: &Value) -> Value {
    if let Some(name) = referenced(schema) {
        return match names.get(name.as_str()) {
            Some(name) => json!({ "$ref": format!("#/components/schemas/{name}") }),
            None => json!({}),
        };
    }
    // `{nullable, allOf: [one]}` is how OpenAPI 3.0 writes a nullable reference.
    if let Some([one]) = schema["allOf"].as_array().map(Vec::as_slice) {
        return simple(names, one);
    }
    match schema["type"].as_str() {
        Some("array") => json!({ "type": "array", "items": inner(names, &schema["items"]) }),
        Some("object") => match &schema["additionalProperties"] {
            Value::Object(values) if !values.is_empty() => {
                json!({ "type": "object", "additionalProperties": inner(names, &schema["additionalProperties"]) })
            }
            _ => json!({ "type": "object", "additionalProperties": {} }),
        },
        Some("string") => match schema["format"].as_str() {
            Some(format @ ("uuid" | "date-time" | "date")) => json!({ "type": "string", "format": format }),
            _ => json!({ "type": "string" }),
        },
        // typify makes a number of a size of every other format; `int32` is what a vendor says and does not keep to.
        Some("integer") if schema["format"] == "uint64" => json!({ "type": "integer", "format": "uint64" }),
        Some("integer") => json!({ "type": "integer", "format": "int64" }),
        Some(scalar) => json!({ "type": scalar }),
        None => json!({}),
    }
}

/// An item or a value of a map, which has no key that could be left out: null is in its type.
fn inner(names: &HashMap<&str, String>, schema: &Value) -> Value {
    let mut inner = simple(names, schema);
    if schema["nullable"] == true && inner.as_object().is_some_and(|inner| !inner.is_empty()) {
        if inner.get("$ref").is_some() {
            inner = json!({ "allOf": [inner] });
        }
        inner["nullable"] = true.into();
    }
    inner
}

fn settings() -> GenerationSettings {
    let number = SchemaObject { instance_type: Some(InstanceType::Number.into()), ..SchemaObject::default() };
    let mut settings = GenerationSettings::new();
    // `f64` turns 1669287863 into 1669287863.0; the runtime's number keeps what came.
    settings.with_conversion(number, NUMBER, [TypeImpl::Display, TypeImpl::FromStr].into_iter());
    settings
}

const NUMBER: &str = "::reachout_runtime::Number";

/// Reads typify's types.
struct Reader<'a> {
    space: &'a TypeSpace,
    names: HashMap<&'a str, &'a str>,
}

impl Reader<'_> {
    fn structs(&self) -> Result<HashMap<String, Vec<TypeRef>>, String> {
        let mut structs = HashMap::new();
        for ty in self.space.iter_types() {
            let TypeDetails::Struct(details) = ty.details() else { continue };
            let mut fields: Vec<_> = details.properties().collect();
            fields.sort_by_key(|(name, _)| *name);
            let types: Result<Vec<_>, String> = fields.into_iter().map(|(_, id)| self.resolve(&id)).collect();
            structs.insert(ty.name(), types?);
        }
        Ok(structs)
    }

    fn resolve(&self, id: &TypeId) -> Result<TypeRef, String> {
        let ty = self.space.get_type(id).map_err(|error| error.to_string())?;
        Ok(match ty.details() {
            TypeDetails::Enum(_) | TypeDetails::Struct(_) => TypeRef::Component(self.component(&ty.name())?),
            TypeDetails::Newtype(newtype) => match self.names.get(ty.name().as_str()) {
                Some(name) => TypeRef::Component((*name).to_owned()),
                None => self.resolve(&newtype.inner())?,
            },
            TypeDetails::Option(id) => match self.resolve(&id)? {
                TypeRef::Json => TypeRef::Json,
                value => TypeRef::Nullable(value.into()),
            },
            TypeDetails::Vec(id) | TypeDetails::Set(id) | TypeDetails::Array(id, _) => TypeRef::List(self.resolve(&id)?.into()),
            TypeDetails::Map(_, id) => match self.resolve(&id)? {
                TypeRef::Json => TypeRef::Object,
                value => TypeRef::Map(value.into()),
            },
            TypeDetails::Box(id) => TypeRef::Boxed(self.resolve(&id)?.into()),
            TypeDetails::String => TypeRef::String,
            TypeDetails::Unit => TypeRef::Json,
            TypeDetails::Builtin(name) => builtin(name)?,
            TypeDetails::Tuple(_) => return Err(format!("`{}` is a tuple, which no schema of ours asks for", ty.name())),
        })
    }

    fn component(&self, name: &str) -> Result<String, String> {
        self.names.get(name).map(|name| (*name).to_owned()).ok_or_else(|| format!("typify made a type `{name}` that no component asks for"))
    }
}

fn builtin(name: &str) -> Result<TypeRef, String> {
    Ok(match name {
        "bool" => TypeRef::Bool,
        NUMBER => TypeRef::Number,
        "::uuid::Uuid" => TypeRef::Uuid,
        "::chrono::naive::NaiveDate" => TypeRef::Date,
        "::chrono::DateTime<::chrono::offset::Utc>" => TypeRef::DateTime,
        "::serde_json::Value" => TypeRef::Json,
        integer if integer.starts_with(['i', 'u']) => TypeRef::Integer(integer.to_owned()),
        other => return Err(format!("typify made a `{other}`, which the model does not know")),
    })
}

/// Runs what may panic, and makes an error of a panic. progenitor asserts what the lint should have refused; a maintainer gets a sentence,
/// not a backtrace. The hook stays as it is for every other thread.
pub fn quietly<T>(run: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    thread_local!(static QUIET: Cell<bool> = const { Cell::new(false) });
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                before(info);
            }
        }));
    });
    QUIET.set(true);
    let result = panic::catch_unwind(AssertUnwindSafe(run));
    QUIET.set(false);
    result.unwrap_or_else(|cause| {
        let message = cause.downcast_ref::<String>().cloned().or_else(|| cause.downcast_ref::<&str>().map(ToString::to_string));
        Err(message.unwrap_or_else(|| "it panicked without a message".to_owned()))
    })
}
