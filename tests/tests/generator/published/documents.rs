//! Whole documents as vendors publish them. What their clients read and write is asserted where they are compiled, in `values.rs.in`.

use std::{fs, path::Path, time::Instant};

use reachout_codegen::{Mode, import, new, regen};
use serde_json::{Value, json};

use super::bundled;

/// Imports every document, each as the vendor that its file is called; returns their names.
pub fn import_all(root: &Path) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/generator/published/documents");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 23, "{files:?}");
    let vendors = files.iter().map(|file| {
        let vendor = file.file_stem().unwrap().to_string_lossy().into_owned();
        import(root, file, &vendor).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        vendor
    });
    vendors.collect()
}

/// The bundled document of a published one, and what its import lost.
fn imported(published: &str) -> (Value, String) {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("published");
    fs::write(&file, published).unwrap();
    import(root.path(), &file, "trial").unwrap_or_else(|error| panic!("{error}\n{published}"));
    regen(root.path(), Mode::Write).unwrap_or_else(|error| panic!("{error}\n{published}"));
    (bundled(root.path(), "trial"), fs::read_to_string(root.path().join("specs/trial/import.md")).unwrap())
}

/// A document with these keys of the root beside one operation.
fn with(root: &str, operation: &str) -> String {
    format!(
        "openapi: 3.0.3\ninfo: {{ title: Trial, version: '1' }}\n{root}\npaths:\n  /x:\n    get:\n      operationId: getX\n{operation}      responses: {{ '200': {{ description: Done. }} }}\n"
    )
}

#[test]
fn the_way_to_authenticate_is_the_documents_and_is_said() {
    const SCHEMES: &str = "components: { securitySchemes: { basic: { type: http, scheme: Basic }, oauth: { type: oauth2, flows: {} }, query: { type: apiKey, in: query, name: key }, app: { type: apiKey, in: header, name: X-App }, cookie: { type: apiKey, in: cookie, name: c } } }";
    for (security, schemes, said) in [
        ("[{ basic: [] }]", json!([{ "type": "http", "scheme": "basic" }]), "`basic`: `Authorization: Basic …`"),
        ("[{ oauth: [] }, { basic: [] }]", json!([{ "type": "http", "scheme": "basic" }]), "`basic`"),
        ("[{ oauth: [] }]", json!([{ "type": "http", "scheme": "bearer" }]), "`oauth`: `Authorization: Bearer …`"),
        ("[{ query: [] }]", json!([{ "type": "apiKey", "in": "query", "name": "key" }]), "`key` in the query"),
        (
            "[{ app: [], query: [] }]",
            json!([{ "type": "apiKey", "in": "header", "name": "X-App" }, { "type": "apiKey", "in": "query", "name": "key" }]),
            "`app` and `query`",
        ),
    ] {
        let (document, notes) = imported(&with(&format!("security: {security}\n{SCHEMES}"), ""));
        let found: Vec<&Value> = document["components"]["securitySchemes"].as_object().unwrap().values().collect();
        assert_eq!(json!(found), schemes, "{security}");
        assert!(notes.contains(said), "{security}: {notes}");
        assert!(document["paths"]["/x"]["get"].get("security").is_none(), "{security}");
    }
    for (security, what) in
        [("security: [{ cookie: [] }]", "components: { securitySchemes: { cookie: { type: apiKey, in: cookie, name: c } } }"), ("", "")]
    {
        let (document, notes) = imported(&with(&format!("{security}\n{what}"), ""));
        assert_eq!(document["paths"]["/x"]["get"]["security"], json!([]), "nothing is a bearer token by default");
        assert!(notes.contains("No security scheme that clients have"), "{notes}");
    }
    let (document, _) = imported(&with(&format!("{SCHEMES}\nsecurity: [{{ basic: [] }}]"), "      security: []\n"));
    assert_eq!(document["paths"]["/x"]["get"]["security"], json!([]));
}

#[test]
fn servers_that_are_not_the_documents_own_are_noted() {
    for (servers, url, note) in [
        ("servers: [{ url: /v1 }]", "https://api.trial.example/v1", "No https server is documented"),
        ("servers: [{ url: 'http://api.shop.example/v2/' }]", "https://api.shop.example/v2", "plain http"),
        ("servers: [{ url: 'https://a.example' }, { url: 'https://b.example' }]", "https://a.example", "One server of several"),
    ] {
        let (document, notes) = imported(&with(servers, ""));
        assert_eq!(document["servers"][0]["url"], url);
        assert!(notes.contains(note), "{notes}");
    }
    let operation = with("servers: [{ url: 'https://a.example' }]", "      servers: [{ url: 'https://b.example' }]\n");
    assert!(imported(&operation).1.contains("Servers of single operations"));
    let path = operation.replace("    get:\n", "    servers: [{ url: /v2 }]\n    get:\n");
    assert!(imported(&path).1.contains("/paths/~1x/servers"));
}

#[test]
fn templates_that_differ_in_the_name_of_a_parameter_are_operations() {
    let published = "openapi: 3.0.3\ninfo: { title: Trial, version: '1' }\nservers: [{ url: 'https://a.example' }]\npaths:\n  /x/{id}:\n    get: { operationId: getOne, responses: { '200': { description: Done. } } }\n  /x/{name}:\n    get: { operationId: getOther, responses: { '200': { description: Done. } } }\n";
    let (document, _) = imported(published);
    assert!(document["paths"]["/x/{id}"]["get"].is_object() && document["paths"]["/x/{name}"]["get"].is_object(), "{}", document["paths"]);
}

#[test]
fn the_default_of_a_parameter_is_said_in_its_description() {
    let parameters = "      parameters: [{ name: limit, in: query, description: A page., schema: { type: integer, default: 20 } }, { name: sort, in: query, schema: { $ref: '#/components/schemas/Sort' } }]\n";
    let (document, _) = imported(&with("components: { schemas: { Sort: { type: string, enum: [up, down], default: up } } }", parameters));
    let parameters = &document["paths"]["/x"]["get"]["parameters"];
    let descriptions = [&parameters[0], &parameters[1]].map(|parameter| parameter["description"].as_str().unwrap_or_default());
    assert_eq!(descriptions, ["A page.\n\nDefault: `20`.", "Default: `up`."]);
}

#[test]
fn a_body_that_may_be_left_out_is_noted_with_its_place() {
    let published = "openapi: 3.0.3\ninfo: { title: Trial, version: '1' }\nservers: [{ url: 'https://a.example' }]\npaths:\n  /x:\n    post: { operationId: addX, requestBody: { content: { application/json: { schema: { type: object, properties: { a: { type: string } } } } } }, responses: { '200': { description: Done. } } }\n";
    let (_, notes) = imported(published);
    assert!(notes.contains("Request bodies that may be left out are always sent (1)\n\n- /paths/~1x/post/requestBody"), "{notes}");
}

#[test]
fn an_optional_property_that_is_never_sent_as_null_is_noted_with_its_place() {
    let published = |media_type: &str| {
        with(
            "components: { schemas: { Change: { type: object, required: [b], properties: { a: { type: string, nullable: true }, b: { type: string, nullable: true } } } } }",
            &format!("      requestBody: {{ content: {{ {media_type}: {{ schema: {{ $ref: '#/components/schemas/Change' }} }} }} }}\n"),
        )
        .replace("    get:\n", "    patch:\n")
    };
    let step = "Optional properties of requests are left out and never sent as null (1)\n\n- `Change.a`\n";
    assert!(imported(&published("application/json")).1.contains(step));
    assert!(!imported(&published("application/merge-patch+json")).1.contains("never sent as null"));
}

#[test]
fn a_part_that_may_be_null_makes_the_whole_nullable() {
    let published = "openapi: 3.0.3\ninfo: { title: Trial, version: '1' }\nservers: [{ url: 'https://a.example' }]\npaths:\n  /x:\n    get: { operationId: getX, responses: { '200': { description: Done., content: { application/json: { schema: { type: object, required: [owner], properties: { owner: { allOf: [{ $ref: '#/components/schemas/Owner' }, { nullable: true }] } } } } } } } }\ncomponents: { schemas: { Owner: { type: object, properties: { id: { type: string } } } } }\n";
    let (document, _) = imported(published);
    assert_eq!(document["components"]["schemas"]["GetXResponse"]["properties"]["owner"]["nullable"], true);
}

#[test]
fn children_of_a_discriminating_parent_are_its_alternatives() {
    let published = "openapi: 3.0.3\ninfo: { title: Trial, version: '1' }\nservers: [{ url: 'https://a.example' }]\npaths:\n  /x:\n    get: { operationId: getX, responses: { '200': { description: Done., content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } } } } }\ncomponents:\n  schemas:\n    Pet: { type: object, required: [kind], properties: { kind: { type: string } }, discriminator: { propertyName: kind, mapping: { cat: '#/components/schemas/Cat' } } }\n    Cat: { allOf: [{ $ref: '#/components/schemas/Pet' }, { type: object, properties: { lives: { type: integer } } }] }\n    Dog: { allOf: [{ $ref: '#/components/schemas/Pet' }, { type: object, properties: { tricks: { type: integer } } }] }\n";
    let (document, _) = imported(published);
    let pet = &document["components"]["schemas"]["Pet"];
    let mapping = &pet["discriminator"]["mapping"];
    assert_eq!((&mapping["cat"], &mapping["Dog"]), (&json!("#/components/schemas/Cat"), &json!("#/components/schemas/Dog")), "{pet}");
    assert_eq!(pet["oneOf"].as_array().map(Vec::len), Some(3), "{pet}");
    assert!(document["components"]["schemas"]["Cat"]["properties"]["lives"].is_object());
}

#[test]
fn alternatives_that_take_more_are_tried_later() {
    let published = with(
        "components:\n  schemas:\n    Loose: { type: object, properties: { a: { type: string } } }\n    Strict: { type: object, required: [a, b], properties: { a: { type: string }, b: { type: string } } }\n    One: { type: object, required: [a], properties: { a: { type: string }, c: { type: string } } }\n    Thing: { oneOf: [{ $ref: '#/components/schemas/Loose' }, { $ref: '#/components/schemas/One' }, { $ref: '#/components/schemas/Strict' }] }\n    Word: { oneOf: [{ type: string, title: Text }, { type: string, title: Known, enum: [on, off] }, { type: integer, title: Count }] }\n    Both: { type: object, properties: { thing: { $ref: '#/components/schemas/Thing' }, word: { $ref: '#/components/schemas/Word' } } }",
        "      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Both' } } } }\n",
    );
    let (document, _) = imported(&published.replace("    get:\n", "    post:\n"));
    let order = |name: &str| {
        let alternatives = document["components"]["schemas"][name]["oneOf"].as_array().unwrap();
        alternatives.iter().map(|one| one["$ref"].as_str().unwrap().rsplit_once('/').unwrap().1.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(order("Thing"), ["Strict", "One", "Loose"]);
    assert_eq!(order("Word"), ["WordKnown", "WordText", "WordCount"], "a text takes every word");
}

#[test]
fn a_discriminator_beside_properties_means_the_alternatives_that_have_them() {
    let published = with(
        "components:\n  schemas:\n    Cat: { type: object, properties: { lives: { type: integer } } }\n    Dog: { type: object, properties: { tricks: { type: integer } } }\n    Pet: { type: object, properties: { kind: { type: string } }, oneOf: [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' }], discriminator: { propertyName: kind, mapping: { cat: '#/components/schemas/Cat', kitten: Cat, dog: '#/components/schemas/Dog', fox: '#/components/schemas/Fox' } } }",
        "      requestBody: { content: { 'application/json, v=1': { schema: { $ref: '#/components/schemas/Pet' } } } }\n",
    );
    let (document, notes) = imported(&published.replace("    get:\n", "    post:\n"));
    let mapping = &document["components"]["schemas"]["Pet"]["discriminator"]["mapping"];
    assert_eq!(
        *mapping,
        json!({ "cat": "#/components/schemas/PetCat", "kitten": "#/components/schemas/PetCat", "dog": "#/components/schemas/PetDog" })
    );
    assert!(notes.contains("mean no alternative were left out (1)\n\n- /components/schemas/Pet: `fox`"), "{notes}");
}

#[test]
fn a_value_that_fills_a_line_is_generated() {
    let value = "x".repeat(150);
    let published = with("", "").replace(
        "{ '200': { description: Done. } }",
        &format!(
            "{{ '200': {{ description: Done., content: {{ application/json: {{ schema: {{ type: object, properties: {{ a: {{ type: string, enum: [{value}, b] }} }} }} }} }} }} }}"
        ),
    );
    let (document, _) = imported(&published);
    assert_eq!(document["components"]["schemas"]["GetXResponseA"]["enum"], json!([value, "b"]));
}

#[test]
fn swagger_goes_on_where_it_cannot_be_read() {
    let published = "swagger: 2.0\ninfo: { title: Old, version: 1 }\nhost: a.example\nschemes: [https]\npaths:\n  /x:\n    get:\n      operationId: getX\n      parameters: [{ in: query }, { name: tags, in: query, type: array, items: { type: string } }, { name: ids, in: query, type: array, collectionFormat: multi, items: { type: string } }]\n      responses: { 200: { description: Done., schema: { $ref: '#/definitions/X' } } }\n    post: nothing\ndefinitions: { X: { type: object, properties: { id: { type: string } } }, Y: 1 }\n";
    let (document, notes) = imported(published);
    for place in ["/paths/~1x/get/parameters/0", "/paths/~1x/post", "/definitions/Y"] {
        assert!(notes.contains(place), "{place} is not in {notes}");
    }
    let parameters = &document["paths"]["/x"]["get"]["parameters"];
    assert_eq!((&parameters[0]["schema"]["type"], &parameters[1]["schema"]["type"]), (&json!("string"), &json!("array")), "{parameters}");
    assert!(parameters[0]["description"].as_str().unwrap().contains("Separated by commas"));
}

#[test]
fn what_is_refused_leaves_everything_as_it_was() {
    let root = crate::bad_specs::workspace(crate::bad_specs::GOOD);
    let file = root.path().join("published");
    let collection = json!({ "info": { "_postman_id": "1", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json" }, "item": [] });
    for (content, vendor, message) in [
        (collection.to_string(), "trial", "Postman collection"),
        (with("servers: []", ""), "", "is not a name in kebab-case"),
        (with("servers: []", ""), "../demo", "is not a name in kebab-case"),
        (with("servers: []", ""), "long-".repeat(20).trim_end_matches('-'), "99 characters"),
        ("openapi: 3.0.3\ninfo: { title: None, version: '1' }\npaths: {}\n".to_owned(), "trial", "there is no operation"),
    ] {
        fs::write(&file, &content).unwrap();
        for error in [import(root.path(), &file, vendor).unwrap_err(), new(root.path(), vendor, Some(&file)).unwrap_err()] {
            assert!(error.to_string().contains(message), "{vendor}: {error}");
        }
        let mut specs: Vec<_> = fs::read_dir(root.path().join("specs")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        specs.sort();
        assert_eq!(specs, ["demo"], "{vendor}");
    }
    regen(root.path(), Mode::Write).unwrap();
}

#[test]
fn parts_that_fan_out_are_merged_once() {
    let mut published = "openapi: 3.0.3\ninfo: { title: Trial, version: '1' }\nservers: [{ url: 'https://a.example' }]\npaths:\n  /x:\n    get: { operationId: getX, responses: { '200': { description: Done., content: { application/json: { schema: { $ref: '#/components/schemas/L0' } } } } } }\ncomponents:\n  schemas:\n".to_owned();
    for level in 0..12 {
        let parts = vec![format!("{{ $ref: '#/components/schemas/L{}' }}", level + 1); 8].join(", ");
        published += &format!("    L{level}: {{ allOf: [{parts}, {{ type: object, properties: {{ p{level}: {{ type: string }} }} }}] }}\n");
    }
    published += "    L12: { type: object, properties: { last: { type: string } } }\n";
    let start = Instant::now();
    let (document, _) = imported(&published);
    assert_eq!(document["components"]["schemas"]["L0"]["properties"].as_object().map(serde_json::Map::len), Some(13));
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}

#[test]
fn an_import_is_linear_in_the_document() {
    let mut published =
        "openapi: 3.0.3\ninfo: { title: Trial, version: '1' }\nservers: [{ url: 'https://a.example' }]\npaths:\n".to_owned();
    let mut schemas = String::new();
    for index in 0..200 {
        published += &format!(
            "  /things{index}:\n    post: {{ operationId: addThing{index}, requestBody: {{ required: true, content: {{ application/json: {{ schema: {{ $ref: '#/components/schemas/Thing{index}' }} }} }} }}, responses: {{ '200': {{ description: Done., content: {{ application/json: {{ schema: {{ $ref: '#/components/schemas/Thing{index}' }} }} }} }} }} }}\n"
        );
        let next = (index + 1) % 200;
        schemas += &format!(
            "    Thing{index}: {{ type: object, required: [id], properties: {{ id: {{ type: string, pattern: '^t[0-9]+$' }}, next: {{ $ref: '#/components/schemas/Thing{next}' }}, other: {{ $ref: '#/components/schemas/Thing{}' }} }} }}\n",
            (index * 7) % 200
        );
    }
    published += &format!("components:\n  schemas:\n{schemas}");
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("published");
    fs::write(&file, &published).unwrap();
    let start = Instant::now();
    import(root.path(), &file, "trial").unwrap();
    // Minutes, where a validator was compiled for each body.
    assert!(start.elapsed().as_secs() < 120, "{:?} for {} bytes", start.elapsed(), published.len());
}

#[test]
fn limits_stay_beside_one_that_nothing_fits() {
    let published = "openapi: 3.0.3\ninfo: { title: Trial, version: '1' }\nservers: [{ url: 'https://a.example' }]\npaths:\n  /x:\n    post: { operationId: addX, requestBody: { required: true, content: { application/json: { schema: { type: object, properties: { share: { type: integer, minimum: 0.2, maximum: 0.8 }, name: { type: string, maxLength: 5 } } } } } }, responses: { '200': { description: Done. } } }\n";
    let (document, notes) = imported(published);
    let properties = &document["components"]["schemas"]["AddXRequest"]["properties"];
    assert_eq!((properties["share"].get("maximum"), &properties["name"]["maxLength"]), (None, &json!(5)), "{properties}");
    assert!(notes.contains("Limits that no example could be made for were left out (1)"), "{notes}");
}

#[test]
fn windows_line_breaks_give_the_same_output() {
    let outputs = ["\n", "\r\n"].map(|line| {
        let root = crate::bad_specs::workspace(&crate::bad_specs::GOOD.replace('\n', line));
        regen(root.path(), Mode::Write).unwrap();
        let generated = root.path().join("crates/demo/src/generated");
        ["client.rs", "operations.rs", "types.rs", "routes.rs"].map(|name| fs::read_to_string(generated.join(name)).unwrap())
    });
    assert_eq!(outputs[0], outputs[1]);
}
