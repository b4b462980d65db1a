use super::*;

fn document() -> Value {
    json!({
        "paths": { "/things": {
            "get": { "responses": { "200": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/thing" } } } } } },
            "post": { "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/thing" } } } } },
        } },
        "components": { "schemas": {
            "thing": {
                "type": "object",
                "required": ["id", "secret", "code"],
                "properties": {
                    "id": { "type": "string", "format": "uuid", "readOnly": true },
                    "secret": { "type": "string", "writeOnly": true },
                    "code": { "type": "string", "pattern": "^[A-Z]{3}-\\d+$", "maxLength": 6 },
                    "size": { "type": ["integer", "null"], "minimum": 2, "maximum": 5 },
                    "kind": { "const": "thing" },
                    "parent": { "allOf": [{ "$ref": "#/components/schemas/thing" }], "nullable": true },
                    "shape": { "oneOf": [{ "$ref": "#/components/schemas/round" }, { "$ref": "#/components/schemas/square" }],
                        "discriminator": { "propertyName": "form", "mapping": { "o": "#/components/schemas/round" } } },
                    "labels": { "type": "object", "additionalProperties": { "type": "array", "items": { "type": "boolean" }, "minItems": 1 } },
                },
            },
            "round": { "type": "object", "required": ["form"], "properties": { "form": { "type": "string" }, "radius": { "type": "number" } } },
            "square": { "type": "object", "required": ["form", "side"], "properties": { "form": { "type": "string" }, "side": { "type": "integer" } } },
            "never": { "type": "string", "pattern": "^a$", "minLength": 2 },
        } },
    })
}

fn sampled() -> Samples {
    let names = ["thing", "round", "square", "never"].map(|name| (name.to_owned(), format!("{}{}", name[..1].to_uppercase(), &name[1..])));
    let draft = json!({ "components": { "schemas": { "Thing": {}, "ThingInput": {}, "GetResponse": { "type": "object", "required": ["a"], "properties": { "a": { "type": "boolean" } } } } } });
    samples(
        &Published { document: document(), names: names.to_vec() },
        &draft,
        &["Thing", "ThingInput", "Round", "Square", "Never", "GetResponse"],
    )
}

#[test]
fn samples_are_the_same_in_each_run_and_fit_their_schema() {
    let samples = sampled();
    assert_eq!(samples.made, sampled().made);
    assert_eq!(samples.unsampled, 1, "nothing fits `never`");
    let document = Document::new(document());
    let fits =
        |component: &str, value: &Value| document.problems(&json!({ "$ref": reference(component) }), value, Strictness::Open).is_empty();
    for sample in samples.made.iter().filter(|sample| ["Round", "Square"].contains(&sample.ty.as_str())) {
        assert!(fits(&sample.ty.to_lowercase(), &sample.value), "{sample:?}");
    }
    assert!(!fits("square", &json!({ "form": "x" })));
    assert!(samples.made.iter().any(|sample| sample.ty == "GetResponse"), "inline schemas are sampled by the name that the draft gives");
}

#[test]
fn samples_show_what_goes_their_way() {
    let made = sampled().made;
    let of = |ty: &str| made.iter().filter(|sample| sample.ty == ty).map(|sample| &sample.value).collect::<Vec<_>>();
    assert!(of("Thing").len() > 2 && of("Thing").iter().all(|value| value.get("id").is_some() && value.get("secret").is_none()));
    assert!(of("ThingInput").len() > 2 && of("ThingInput").iter().all(|value| value.get("id").is_none() && value.get("secret").is_some()));
    let all = of("Thing")[1];
    assert_eq!(all["kind"], "thing");
    let form = &all["shape"]["form"];
    assert!(form == if all["shape"].get("side").is_some() { "square" } else { "o" }, "the tag names the alternative: {all}");
    assert!(all["labels"]["another-one"][0].is_boolean(), "{all}");
}
