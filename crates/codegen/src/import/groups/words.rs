//! What a name says, in words of ours.

use heck::ToSnakeCase as _;
use serde_json::Value;

use super::plan::Plan;
use crate::names::sentence;

/// What a field or a parameter is, by its name and type.
pub fn of_field(name: &str, schema: &Value, plan: &Plan) -> String {
    plan.words.get(name).cloned().unwrap_or_else(|| by_name(name, schema))
}

fn by_name(name: &str, schema: &Value) -> String {
    let snake = name.to_snake_case();
    let words: Vec<&str> = snake.split('_').filter(|word| !word.is_empty()).collect();
    match words.as_slice() {
        [] => "A value.".to_owned(),
        ["id"] => "Id.".to_owned(),
        [rest @ .., "id"] => format!("Id of the {}.", rest.join(" ")),
        [rest @ .., "ids"] => format!("Ids of the {}.", rest.join(" ")),
        ["is", rest @ ..] if schema["type"] == "boolean" && !rest.is_empty() => format!("Whether it is {}.", rest.join(" ")),
        ["has", rest @ ..] if schema["type"] == "boolean" && !rest.is_empty() => format!("Whether it has {}.", rest.join(" ")),
        words if schema["type"] == "boolean" => format!("{}: yes or no.", sentence(&words.join("_"))),
        [past, "at"] if past.ends_with("ed") => format!("When it was {past}."),
        _ => format!("{}.", sentence(&snake)),
    }
}

/// What a component is, by its name.
pub fn of_component(name: &str) -> String {
    format!("{}.", sentence(&name.to_snake_case()))
}
