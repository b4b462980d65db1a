//! Which keys the objects of a document have, and what stands behind each: OpenAPI 3.0.3, our own marks, and what of both is not supported.

/// An object of OpenAPI.
#[derive(Debug)]
pub struct Kind {
    /// As a reader calls it: `a path item`.
    pub name: &'static str,
    /// Its keys.
    pub keys: &'static [(&'static str, Shape)],
}

/// What stands behind a key.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Text.
    Text,
    /// `true` or `false`.
    Flag,
    /// A whole number from 0.
    Count,
    /// A number.
    Number,
    /// Anything: an example, or what another rule looks at.
    Any,
    /// A list.
    List(&'static Shape),
    /// A mapping whose keys the document chooses.
    Names(&'static Shape),
    /// An object.
    Object(&'static Kind),
    /// An object, or a `$ref` to a component of this section.
    Reference(&'static Kind, &'static str),
    /// A [`SCHEMA`], or a `$ref` to one.
    Schema,
    /// `true`, `false` or a schema.
    FlagOrSchema,
    /// OpenAPI knows it and the generator does not: what to write instead.
    Refused(&'static str),
}

use Shape::{Any, Count, Flag, FlagOrSchema, List, Names, Number, Object, Reference, Refused, Schema, Text};

const TEXTS: Shape = List(&Text);
const DOCS: Shape = Object(&EXTERNAL_DOCS);
const VERSION_3_1: Shape = Refused("this is OpenAPI 3.1: write it in the words of 3.0");
const COMBINED: Shape = Refused("write `oneOf` of named components, or a plain type");
const EVERY_CALL: Shape = Refused("the client sends every call to the first of the root's `servers`: remove it");

/// The whole document.
pub static ROOT: Kind = Kind {
    name: "the document",
    keys: &[
        ("openapi", Text),
        ("info", Object(&INFO)),
        ("externalDocs", DOCS),
        ("servers", List(&Object(&SERVER))),
        ("security", List(&Any)),
        ("tags", List(&Object(&TAG))),
        ("paths", Names(&Object(&ITEM))),
        ("components", Object(&COMPONENTS)),
        ("x-draft", Flag),
        ("x-extra", Flag),
        ("x-client", Object(&CLIENT)),
        ("x-webhook-events", Names(&Object(&EVENT))),
        ("x-webhook-envelope", Object(&ENVELOPE)),
        ("webhooks", Refused("this is OpenAPI 3.1: write `x-webhook-events`")),
        ("jsonSchemaDialect", VERSION_3_1),
    ],
};

static INFO: Kind = Kind {
    name: "`info`",
    keys: &[
        ("title", Text),
        ("version", Text),
        ("description", Text),
        ("termsOfService", Text),
        ("contact", Object(&CONTACT)),
        ("license", Object(&LICENSE)),
        ("summary", VERSION_3_1),
    ],
};

static CONTACT: Kind = Kind { name: "a contact", keys: &[("name", Text), ("url", Text), ("email", Text)] };
static LICENSE: Kind = Kind { name: "a licence", keys: &[("name", Text), ("url", Text), ("identifier", VERSION_3_1)] };
static EXTERNAL_DOCS: Kind = Kind { name: "`externalDocs`", keys: &[("url", Text), ("description", Text)] };

static SERVER: Kind = Kind {
    name: "a server",
    keys: &[("url", Text), ("description", Text), ("variables", Refused("write the URL out; users give another base URL to the client"))],
};

static TAG: Kind = Kind { name: "a tag", keys: &[("name", Text), ("description", Text), ("externalDocs", DOCS), ("x-feature", Text)] };

static CLIENT: Kind = Kind {
    name: "`x-client`",
    keys: &[
        ("name", Text),
        ("env", Text),
        ("credential", Text),
        ("platform", Text),
        ("about", Text),
        ("home", Text),
        ("rate-limit", Object(&RATE_LIMIT)),
        ("counted-by", Text),
        ("error", Object(&ERROR_PATHS)),
    ],
};

static RATE_LIMIT: Kind =
    Kind { name: "`rate-limit`", keys: &[("requests", Count), ("seconds", Count), ("headers", Object(&RATE_LIMIT_HEADERS))] };

static RATE_LIMIT_HEADERS: Kind = Kind {
    name: "`headers` of a rate limit",
    keys: &[("limit", Text), ("remaining", Text), ("interval-milliseconds", Text), ("daily-limit", Text), ("daily-remaining", Text)],
};

static ERROR_PATHS: Kind = Kind { name: "`error`", keys: &[("code", Text), ("message", Text), ("request-id", Text)] };

static EVENT: Kind = Kind {
    name: "a webhook event",
    keys: &[("payload", Schema), ("aliases", TEXTS), ("description", Text), ("externalDocs", DOCS), ("example", Any)],
};

static ENVELOPE: Kind = Kind { name: "`x-webhook-envelope`", keys: &[("type", Text), ("data", Text), ("schema", Schema)] };

static ITEM: Kind = Kind {
    name: "a path item",
    keys: &[
        ("get", Object(&OPERATION)),
        ("put", Object(&OPERATION)),
        ("post", Object(&OPERATION)),
        ("delete", Object(&OPERATION)),
        ("patch", Object(&OPERATION)),
        ("head", Object(&OPERATION)),
        ("options", Refused("a client has no use for it: remove the operation")),
        ("trace", Refused("a client has no use for it: remove the operation")),
        ("parameters", List(&Reference(&PARAMETER, "parameters"))),
        ("summary", Refused("say it in each operation")),
        ("description", Refused("say it in each operation")),
        ("servers", EVERY_CALL),
    ],
};

static OPERATION: Kind = Kind {
    name: "an operation",
    keys: &[
        ("operationId", Text),
        ("tags", TEXTS),
        ("summary", Text),
        ("description", Text),
        ("externalDocs", DOCS),
        ("parameters", List(&Reference(&PARAMETER, "parameters"))),
        ("requestBody", Reference(&BODY, "requestBodies")),
        ("responses", Names(&Reference(&RESPONSE, "responses"))),
        ("deprecated", Flag),
        ("security", List(&Any)),
        ("x-evidence", Object(&EVIDENCE)),
        ("x-effect", Text),
        ("x-repeat", Text),
        ("x-guess", Flag),
        ("x-token", Text),
        ("x-pagination", Object(&PAGINATION)),
        ("x-multipart", Flag),
        ("x-method", Text),
        ("x-extend", Refused("an operation is extended beside the `$ref` to its shared path item")),
        ("callbacks", Refused("write `x-webhook-events`")),
        ("servers", EVERY_CALL),
    ],
};

static EVIDENCE: Kind = Kind { name: "`x-evidence`", keys: &[("level", Text), ("note", Text)] };

static PAGINATION: Kind = Kind {
    name: "`x-pagination`",
    keys: &[
        ("style", Text),
        ("items", Text),
        ("param", Text),
        ("next", Names(&Text)),
        ("more", Text),
        ("total", Text),
        ("total-pages", Text),
    ],
};

static PARAMETER: Kind = Kind {
    name: "a parameter",
    keys: &[
        ("name", Text),
        ("in", Text),
        ("description", Text),
        ("required", Flag),
        ("deprecated", Flag),
        ("schema", Schema),
        ("example", Any),
        ("x-synthesised", Flag),
        ("style", Text),
        ("explode", Flag),
        ("examples", Refused("write one `example`")),
        ("content", Refused("write `schema`")),
        ("allowReserved", Refused("the client escapes what a URL needs escaped: remove it")),
        ("allowEmptyValue", Refused("an absent parameter is left out: remove it")),
    ],
};

static BODY: Kind =
    Kind { name: "a request body", keys: &[("description", Text), ("required", Flag), ("content", Names(&Object(&MEDIA)))] };

static MEDIA: Kind = Kind {
    name: "a media type",
    keys: &[
        ("schema", Schema),
        ("example", Any),
        ("x-synthesised", Flag),
        ("examples", Names(&Reference(&EXAMPLE, "examples"))),
        ("encoding", Refused("texts and files are sent as they are: remove it")),
    ],
};

static EXAMPLE: Kind = Kind {
    name: "an example",
    keys: &[("summary", Text), ("description", Text), ("value", Any), ("externalValue", Refused("write the `value`"))],
};

static RESPONSE: Kind = Kind {
    name: "a response",
    keys: &[
        ("description", Text),
        ("content", Names(&Object(&MEDIA))),
        ("headers", Names(&Any)),
        ("links", Refused("say in the description what to call next")),
    ],
};

static COMPONENTS: Kind = Kind {
    name: "`components`",
    keys: &[
        ("schemas", Names(&Schema)),
        ("parameters", Names(&Reference(&PARAMETER, "parameters"))),
        ("requestBodies", Names(&Reference(&BODY, "requestBodies"))),
        ("responses", Names(&Reference(&RESPONSE, "responses"))),
        ("examples", Names(&Reference(&EXAMPLE, "examples"))),
        ("securitySchemes", Names(&Object(&SECURITY))),
        ("headers", Names(&Any)),
        ("links", Refused("say in the description what to call next")),
        ("callbacks", Refused("write `x-webhook-events`")),
        ("pathItems", VERSION_3_1),
    ],
};

static SECURITY: Kind = Kind {
    name: "a security scheme",
    keys: &[
        ("type", Text),
        ("description", Text),
        ("name", Text),
        ("in", Text),
        ("scheme", Text),
        ("bearerFormat", Text),
        ("flows", Any),
        ("openIdConnectUrl", Text),
    ],
};

static DISCRIMINATOR: Kind = Kind { name: "a discriminator", keys: &[("propertyName", Text), ("mapping", Names(&Text))] };

/// A schema.
pub static SCHEMA: Kind = Kind {
    name: "a schema",
    keys: &[
        ("type", Any),
        ("description", Text),
        ("format", Text),
        ("nullable", Flag),
        ("enum", List(&Any)),
        ("items", Schema),
        ("properties", Names(&Schema)),
        ("required", TEXTS),
        ("additionalProperties", FlagOrSchema),
        ("allOf", List(&Schema)),
        ("oneOf", List(&Schema)),
        ("title", Text),
        ("default", Any),
        ("example", Any),
        ("deprecated", Flag),
        ("externalDocs", DOCS),
        ("minLength", Count),
        ("maxLength", Count),
        ("pattern", Text),
        ("minimum", Number),
        ("maximum", Number),
        ("exclusiveMinimum", Flag),
        ("exclusiveMaximum", Flag),
        ("multipleOf", Number),
        ("minItems", Count),
        ("maxItems", Count),
        ("uniqueItems", Flag),
        ("minProperties", Count),
        ("maxProperties", Count),
        ("x-extra", Flag),
        ("x-extend", Refused("a schema is extended where the root names it, beside its `$ref`")),
        ("anyOf", COMBINED),
        ("not", COMBINED),
        ("discriminator", Object(&DISCRIMINATOR)),
        ("xml", Refused("bodies are JSON: remove it")),
        ("readOnly", Refused("leave the property out of the request's component")),
        ("writeOnly", Refused("leave the property out of the response's component")),
        ("const", COMBINED),
        ("patternProperties", COMBINED),
        ("$schema", COMBINED),
        ("$defs", VERSION_3_1),
        ("$id", VERSION_3_1),
        ("if", VERSION_3_1),
        ("then", VERSION_3_1),
        ("else", VERSION_3_1),
        ("examples", Refused("write one `example`")),
        ("prefixItems", VERSION_3_1),
        ("contentEncoding", VERSION_3_1),
        ("contentMediaType", VERSION_3_1),
    ],
};
