//! The example of a spec, as the Rust that sends it.

use serde_json::Value;

use super::{Crate, print::literal, types::clearing};
use crate::model::{BodyContent, Field, Group, Operation, Parameter, Part, Place, Shape, TypeRef};

/// A doctest of the operation that is compiled and not run.
pub fn doctest(of: &Crate<'_>, operation: &Operation, group: &Group) -> String {
    let krate = of.module;
    let example = Example { of, width: 100 };
    let call = example.call(operation, |ty| example.body(ty, operation), |_| format!("{krate}::multipart::Part::file(\"./offer.pdf\")"));
    let types = if call.contains("types::") { format!("use {krate}::types; ") } else { String::new() };
    let allow = if operation.deprecated { "#[allow(deprecated)] " } else { "" };
    // What is hidden has a line before and a line after.
    format!(
        "```no_run\n# {types}{allow}async fn example({group}: {krate}::operations::{}) -> Result<(), Box<dyn std::error::Error>> {{\n\
         let response = {group}{call}.await?;\n# Ok(()) }}\n```",
        group.type_name,
        group = group.name
    )
}

/// Prints values of the examples.
pub struct Example<'a> {
    /// The crate that they are printed for.
    pub of: &'a Crate<'a>,
    /// Columns that arguments may fill before each has a line of its own.
    pub width: usize,
}

impl Example<'_> {
    /// `.get("…", "…")` and the setters after it, with what the examples hold; `body` and `file` print what a request carries.
    pub fn call(&self, operation: &Operation, body: impl Fn(&TypeRef) -> String, file: impl Fn(&Value) -> String) -> String {
        let steps = self.steps(operation, body, file);
        steps.into_iter().reduce(|call, step| separated(&call, &step)).unwrap_or_default()
    }

    /// The method with its arguments, and each setter after it.
    pub fn steps(&self, operation: &Operation, body: impl Fn(&TypeRef) -> String, file: impl Fn(&Value) -> String) -> Vec<String> {
        let mut arguments: Vec<String> = operation.required().map(|parameter| self.argument(parameter)).collect();
        match operation.body.as_ref().map(|body| &body.content) {
            Some(BodyContent::Json(ty) | BodyContent::Form(ty)) => arguments.push(body(ty)),
            Some(BodyContent::Bytes(_)) => arguments.push("\"…\"".to_owned()),
            Some(BodyContent::Multipart(_)) | None => {}
        }
        let example = operation.body.as_ref().and_then(|body| body.example.as_ref()).unwrap_or(&Value::Null);
        let of_part = |part: &Part| {
            let value = if part.list { example[&part.wire].get(0) } else { example.get(&part.wire) };
            match value {
                Some(value) if part.file => Some(file(value)),
                Some(value) => Some(literal(value.as_str()?)),
                None => None,
            }
        };
        let (required, optional): (Vec<&Part>, Vec<&Part>) = operation.parts().iter().partition(|part| part.required);
        arguments.extend(required.into_iter().map(|part| of_part(part).unwrap_or_else(|| "\"…\"".to_owned())));
        let mut steps = vec![format!(".{}({})", operation.name, self.broken(&arguments))];
        let parameters = operation
            .optional()
            .map(|parameter| (&parameter.name, parameter.example.as_ref().and_then(|example| self.given(example, &parameter.ty))));
        let given = parameters.chain(optional.into_iter().map(|part| (&part.name, of_part(part))));
        steps.extend(given.filter_map(|(name, value)| Some(format!(".{name}({})", value?))));
        steps
    }

    fn argument(&self, parameter: &Parameter) -> String {
        let example = parameter.example.clone().unwrap_or_default();
        match (parameter.place, &example) {
            (Place::Path, Value::String(text)) => literal(text),
            (Place::Path, value) => value.to_string(),
            (_, value) => self.given(value, &parameter.ty).unwrap_or_else(|| self.fallback(value, &parameter.ty)),
        }
    }

    fn body(&self, ty: &TypeRef, operation: &Operation) -> String {
        let example = operation.body.as_ref().and_then(|body| body.example.clone()).unwrap_or_default();
        self.owned(&example, ty).unwrap_or_else(|| self.fallback(&example, ty))
    }

    /// What has no shorter form is read from JSON.
    fn fallback(&self, value: &Value, ty: &TypeRef) -> String {
        format!("serde_json::from_value::<{}>({})?", self.named(ty), json(value))
    }

    /// What a setter or argument takes.
    fn given(&self, value: &Value, ty: &TypeRef) -> Option<String> {
        match (self.of.resolve(ty), value) {
            (TypeRef::String, Value::String(text)) => Some(literal(text)),
            (TypeRef::List(item), Value::Array(values)) if !values.is_empty() => {
                let values: Option<Vec<String>> = values.iter().map(|value| self.given(value, item)).collect();
                Some(format!("[{}]", self.broken(&values?)))
            }
            // Of an empty list nothing tells the type.
            (TypeRef::List(item), Value::Array(_)) => Some(format!("Vec::<{}>::new()", self.named(item))),
            (TypeRef::Component(_), Value::String(text)) if self.takes_text(ty) => Some(literal(text)),
            (_, value) => self.owned(value, ty),
        }
    }

    /// A value of exactly this type.
    fn owned(&self, value: &Value, ty: &TypeRef) -> Option<String> {
        let krate = self.of.module;
        Some(match (self.of.resolve(ty), value) {
            (TypeRef::String, Value::String(text)) => format!("{}.to_owned()", literal(text)),
            (TypeRef::Bool, Value::Bool(value)) => value.to_string(),
            (TypeRef::Integer(name), Value::Number(number)) => {
                let number = number.as_i64()?;
                if is_small(number) { number.to_string() } else { format!("{number}_{name}") }
            }
            (TypeRef::Number, Value::Number(number)) => match number.as_i64() {
                Some(number) => format!("{krate}::Number::from({number}_i64)"),
                None => format!("{krate}::Number::try_from({number}_f64)?"),
            },
            (TypeRef::Uuid, Value::String(text)) => format!("{}.parse::<{krate}::Uuid>()?", literal(text)),
            (TypeRef::Date, Value::String(text)) => format!("{}.parse::<{krate}::NaiveDate>()?", literal(text)),
            (TypeRef::DateTime, Value::String(text)) => format!("{}.parse::<{krate}::DateTime<{krate}::Utc>>()?", literal(text)),
            (TypeRef::Json, value) => json(value),
            (TypeRef::List(item), Value::Array(values)) => {
                let values: Option<Vec<String>> = values.iter().map(|value| self.owned(value, item)).collect();
                format!("vec![{}]", self.broken(&values?))
            }
            (TypeRef::Boxed(inner), value) => return self.owned(value, inner),
            (TypeRef::Nullable(_), Value::Null) => "None".to_owned(),
            (TypeRef::Nullable(inner), value) => format!("Some({})", self.owned(value, inner)?),
            (TypeRef::Component(name), value) => return self.component(name, value),
            _ => return None,
        })
    }

    fn component(&self, name: &str, value: &Value) -> Option<String> {
        let schema = self.of.schemas.get(name)?;
        let ty = format!("types::{}", schema.name);
        match (&schema.shape, value) {
            (Shape::Enum(variants), Value::String(text)) => {
                let variant = variants.iter().find(|variant| variant.wire == *text)?;
                Some(format!("{ty}::{}", if schema.received && variant.name == "Unknown" { "UnknownValue" } else { &variant.name }))
            }
            (Shape::Struct { fields, required, .. }, Value::Object(values)) if schema.sent => {
                let arguments: Option<Vec<String>> =
                    required.iter().map(|at| self.field(&fields[*at], values.get(&fields[*at].wire)?)).collect();
                let mut text = format!("{ty}::new({})", self.broken(&arguments?));
                for field in fields.iter().filter(|field| !field.required) {
                    if field.cleared && values.get(&field.wire) == Some(&Value::Null) {
                        text = separated(&text, &format!(".{}()", clearing(field, fields)));
                    } else if let Some(value) = values.get(&field.wire) {
                        let value = self.given(value, &field.ty)?;
                        text = separated(&text, &format!(".{}({value})", field.name));
                    }
                }
                Some(text)
            }
            (Shape::OneOf { alternatives, .. }, value) => {
                let may_be = alternatives.iter().filter(|one| !one.is_excluded_by(value));
                may_be.into_iter().find_map(|one| Some(format!("types::{}::{}({})", schema.name, one.name, self.owned(value, &one.ty)?)))
            }
            _ => None,
        }
    }

    fn field(&self, field: &Field, value: &Value) -> Option<String> {
        match (field.nullable, value) {
            (true, Value::Null) => Some("None".to_owned()),
            (true, value) => self.owned(value, &field.ty),
            (false, value) => self.given(value, &field.ty),
        }
    }

    /// A `oneOf` with a plain text among its alternatives.
    fn takes_text(&self, ty: &TypeRef) -> bool {
        match self.of.shape(ty) {
            Some(Shape::OneOf { alternatives, .. }) => alternatives.iter().any(|one| *self.of.resolve(&one.ty) == TypeRef::String),
            _ => false,
        }
    }

    /// Arguments: each on a line of its own where one line would be long.
    fn broken(&self, arguments: &[String]) -> String {
        let one_line = arguments.join(", ");
        if one_line.len() <= self.width && !one_line.contains('\n') {
            return one_line;
        }
        let argument =
            |argument: &String| argument.lines().map(|line| format!("    {line}\n")).collect::<String>().trim_end().to_owned() + ",\n";
        format!("\n{}", arguments.iter().map(argument).collect::<String>())
    }

    fn named(&self, ty: &TypeRef) -> String {
        self.of.ty(ty).replace("rt::", &format!("{}::", self.of.module))
    }
}

/// A call with a further setter: on a line of its own where the line would be long.
fn separated(before: &str, setter: &str) -> String {
    let line = before.lines().last().map_or(0, str::len);
    if line + setter.len() > 104 { format!("{before}\n    {setter}") } else { format!("{before}{setter}") }
}

/// Any JSON.
fn json(value: &Value) -> String {
    let mut lines = Vec::new();
    for line in format!("{value:#}").lines() {
        let number = line.trim_end_matches(',').rsplit(' ').next().and_then(|last| last.parse::<i64>().ok());
        lines.push(match (number.filter(|number| !is_small(*number)), line.strip_suffix(',')) {
            (None, _) => line.to_owned(),
            (Some(_), None) => format!("{line}_i64"),
            (Some(_), Some(before)) => format!("{before}_i64,"),
        });
    }
    format!("serde_json::json!({})", lines.join("\n"))
}

/// Whether it fits an unsuffixed literal, which is an `i32`: epoch milliseconds do not.
fn is_small(number: i64) -> bool {
    i32::try_from(number).is_ok()
}
