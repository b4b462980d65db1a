//! The cases.

use super::Case;

/// An operation that returns a schema.
macro_rules! returning {
    ($schema:literal) => {
        concat!(
            "  /things:\n    get:\n      operationId: listThings\n      tags: [Things]\n      responses:\n        '200': { description: Things., content: { application/json: { schema: ",
            $schema,
            " } } }"
        )
    };
}

/// An operation that takes parameters.
macro_rules! taking {
    ($path:literal, $parameters:literal) => {
        concat!(
            "  ", $path, ":\n    get:\n      operationId: getThing\n      tags: [Things]\n      parameters: [", $parameters,
            "]\n      responses: { '200': { description: A thing., content: { application/json: { schema: { $ref: '#/components/schemas/Thing' } } } } }"
        )
    };
}

pub const CASES: &[Case] = &[
    Case {
        name: "a reference stays",
        paths: returning!("{ $ref: '#/components/schemas/Thing' }"),
        schemas: "",
        draft: &[
            ("/paths/~1things/get/operationId", "\"list_things\""),
            ("/paths/~1things/get/tags", "[\"things\"]"),
            ("/paths/~1things/get/responses/200/content/application~1json/schema/$ref", "\"#/components/schemas/Thing\""),
            ("/paths/~1things/get/responses/4XX/$ref", "\"#/components/responses/Error\""),
            ("/paths/~1things/get/responses/200/content/application~1json/x-synthesised", "true"),
            ("/servers/0/url", "\"https://api.things.example\""),
            ("/info/version", "\"2\""),
        ],
        lossy: &["Operations were renamed", "No error is documented", "No security scheme"],
    },
    Case {
        name: "inline objects get names",
        paths: returning!("{ type: object, properties: { owners: { type: array, items: { type: object, properties: { name: { type: string } } } } } }"),
        schemas: "",
        draft: &[
            ("/components/schemas/ListThingsResponse/properties/owners/items/$ref", "\"#/components/schemas/ListThingsResponseOwner\""),
            ("/components/schemas/ListThingsResponseOwner/properties/name/type", "\"string\""),
        ],
        lossy: &[],
    },
    Case {
        name: "allOf is merged",
        paths: returning!("{ $ref: '#/components/schemas/Whole' }"),
        schemas: "    Whole:\n      allOf: [{ $ref: '#/components/schemas/Thing' }, { type: object, required: [size], properties: { size: { type: number } } }]\n      required: [id]\n",
        draft: &[
            ("/components/schemas/Whole/required", "[\"id\", \"size\"]"),
            ("/components/schemas/Whole/properties/size", "{\"type\": \"number\"}"),
            ("/components/schemas/Whole/allOf", "null"),
        ],
        lossy: &[],
    },
    Case {
        name: "alternatives beside properties have all of them",
        paths: returning!("{ type: object, properties: { kind: { type: string } }, oneOf: [{ title: A, properties: { a: { type: string } }, required: [a] }, { title: B, properties: { b: { type: string } }, required: [b] }] }"),
        schemas: "",
        draft: &[
            ("/components/schemas/ListThingsResponse/oneOf", "[{\"$ref\": \"#/components/schemas/ListThingsResponseA\"}, {\"$ref\": \"#/components/schemas/ListThingsResponseB\"}]"),
            ("/components/schemas/ListThingsResponseA/properties/kind/type", "\"string\""),
        ],
        lossy: &[],
    },
    Case {
        name: "fields that are needed together are no alternatives",
        paths: returning!("{ type: object, properties: { a: { type: string }, b: { type: string } }, anyOf: [{ required: [a] }, { required: [b] }] }"),
        schemas: "",
        draft: &[("/components/schemas/ListThingsResponse/type", "\"object\""), ("/components/schemas/ListThingsResponse/oneOf", "null")],
        lossy: &["Which fields are needed together"],
    },
    Case {
        name: "texts and enumerations of one value are one",
        paths: returning!("{ $ref: '#/components/schemas/Both' }"),
        schemas: "    State: { oneOf: [{ description: It runs., type: string, enum: [running] }, { description: It does not., type: string, enum: [stopped] }] }
    Both: { type: object, properties: { state: { $ref: '#/components/schemas/State' }, name: { anyOf: [{ type: string }, { type: string, enum: [a, b] }] } } }\n",
        draft: &[
            ("/components/schemas/State/enum", "[\"running\", \"stopped\"]"),
            ("/components/schemas/State/description", "\"- `running`: It runs.\\n- `stopped`: It does not.\""),
            ("/components/schemas/Both/properties/name/type", "\"string\""),
        ],
        lossy: &["all texts became one"],
    },
    Case {
        name: "null is nullable",
        paths: returning!("{ $ref: '#/components/schemas/Nulls' }"),
        schemas: "    Nulls: { type: object, required: [a, b, c], properties: { a: { nullable: true, allOf: [{ $ref: '#/components/schemas/Thing' }] }, b: { oneOf: [{ $ref: '#/components/schemas/Thing' }, { nullable: true, enum: [null] }] }, c: { nullable: true, oneOf: [{ $ref: '#/components/schemas/Thing' }, { type: string }] } } }\n",
        draft: &[
            ("/components/schemas/Nulls/properties/a/type", "\"object\""),
            ("/components/schemas/Nulls/properties/b/nullable", "true"),
            // Alternatives cannot be nullable: what may be null may be left out.
            ("/components/schemas/Nulls/required", "[\"a\", \"b\"]"),
        ],
        lossy: &["Required alternatives that may be null"],
    },
    Case {
        name: "3.1: lists of types, const, examples and bounds",
        paths: returning!("{ $ref: '#/components/schemas/New' }"),
        schemas: "    New:
      type: object
      properties:
        a: { type: [string, 'null'], examples: [x] }
        b: { const: fixed }
        c: { type: [string, integer] }
        d: { $ref: '#/components/schemas/Thing', description: The thing. }
        e: { type: array, prefixItems: [{ type: string }, { type: integer }] }
        f: { type: 'null' }
        g: { anyOf: [{ $ref: '#/components/schemas/Thing' }, { type: 'null' }] }
        h: { type: [string, integer, 'null'], enum: [a, b, 1, null], maxLength: 9 }
        i: { type: array, prefixItems: [{ type: string }, { type: string }], items: false }
        j: { type: array, prefixItems: [{ type: string }], items: { type: boolean } }
        k: { type: object, patternProperties: { '^a': { type: integer } }, additionalProperties: false }
        l: { type: object, unevaluatedProperties: { type: string } }
        m: { $ref: '#/components/schemas/Thing', readOnly: true }
        n: { $ref: '#/components/schemas/Thing', properties: { more: { type: string } } }
        o: { const: null }
        p: { type: string, contentMediaType: application/json, contentEncoding: base64 }
        q: { type: object, minProperties: 1, properties: { never: false, any: true } }
        r: { $ref: '#/components/schemas/Thing/properties/id' }
        s: { type: [number, 'null'], examples: [{ $ref: '#/not/a/reference' }] }\n",
        draft: &[
            ("/openapi", "\"3.0.3\""),
            ("/components/schemas/New/properties/a", "{\"type\": \"string\", \"nullable\": true}"),
            ("/components/schemas/NewB/enum", "[\"fixed\"]"),
            ("/components/schemas/NewC/oneOf", "[{\"$ref\": \"#/components/schemas/NewCText\"}, {\"$ref\": \"#/components/schemas/NewCNumber\"}]"),
            ("/components/schemas/New/properties/d/description", "\"The thing.\""),
            ("/components/schemas/New/properties/g/nullable", "true"),
            ("/components/schemas/NewH/oneOf", "[{\"$ref\": \"#/components/schemas/NewHName\"}, {\"$ref\": \"#/components/schemas/NewHNumber\"}]"),
            ("/components/schemas/NewHName/enum", "[\"a\", \"b\"]"),
            ("/components/schemas/New/properties/i/items", "{\"type\": \"string\"}"),
            ("/components/schemas/New/properties/j/items", "{\"$ref\": \"#/components/schemas/NewJItem\"}"),
            ("/components/schemas/New/properties/k/additionalProperties", "{\"type\": \"integer\", \"format\": \"int64\"}"),
            ("/components/schemas/New/properties/l/additionalProperties", "{\"type\": \"string\"}"),
            ("/components/schemas/New/properties/m", "{\"$ref\": \"#/components/schemas/Thing\"}"),
            ("/components/schemas/NewN/properties", "{\"more\": {\"type\": \"string\"}, \"id\": {\"type\": \"string\"}}"),
            ("/components/schemas/New/properties/p/type", "\"string\""),
            ("/components/schemas/NewQ/properties", "{\"any\": {\"$ref\": \"#/components/schemas/AnyValue\"}}"),
            ("/components/schemas/New/properties/r", "{\"type\": \"string\"}"),
            ("/components/schemas/New/properties/s", "{\"type\": \"number\", \"nullable\": true}"),
        ],
        lossy: &[
            "Tuples that may be longer",
            "Places of a tuple",
            "Patterns of property names",
            "always null",
            "Encodings of texts",
            "Media types of texts",
            "Numbers of properties",
            "Properties that nothing fits",
        ],
    },
    Case {
        name: "3.1: bounds, the tighter of two, and bytes by their media type",
        paths: "  /bounds:
    post:
      operationId: sendBounds
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Bounds' } } } }
      responses: { '204': { description: Done. } }
  /files:
    post:
      operationId: sendFile
      requestBody: { content: { multipart/form-data: { schema: { type: object, properties: { file: { contentMediaType: image/png }, text: { type: string, contentMediaType: text/plain } } } } } }
      responses: { '204': { description: Done. } }
      parameters: [{ name: X-Version, in: header, required: true, schema: { const: '1' } }]",
        schemas: "    Bounds:
      type: object
      properties:
        a: { type: integer, exclusiveMinimum: 3 }
        b: { type: integer, minimum: 5, exclusiveMinimum: 3 }
        c: { type: integer, maximum: 9, exclusiveMaximum: 9 }
        d: { type: integer, maximum: 8, exclusiveMaximum: 9 }\n",
        draft: &[
            ("/components/schemas/Bounds/properties/a", "{\"type\": \"integer\", \"format\": \"int64\", \"minimum\": 3, \"exclusiveMinimum\": true}"),
            ("/components/schemas/Bounds/properties/b", "{\"type\": \"integer\", \"format\": \"int64\", \"minimum\": 5}"),
            ("/components/schemas/Bounds/properties/c", "{\"type\": \"integer\", \"format\": \"int64\", \"maximum\": 9, \"exclusiveMaximum\": true}"),
            ("/components/schemas/Bounds/properties/d", "{\"type\": \"integer\", \"format\": \"int64\", \"maximum\": 8}"),
            ("/components/schemas/SendFileRequest/properties/file/format", "\"binary\""),
            ("/components/schemas/SendFileRequest/properties/text/format", "null"),
            ("/paths/~1files/post/parameters/0/schema/enum", "[\"1\"]"),
        ],
        lossy: &["Media types of texts"],
    },
    Case {
        name: "values that no Rust enum can have",
        paths: returning!("{ $ref: '#/components/schemas/Values' }"),
        schemas: "    Values:
      type: object
      properties:
        one: { type: string, enum: [asc, ASC] }
        two: { type: integer, enum: [1, 2] }
        three: { type: string, enum: ['+1', '-1', error, ok] }
        four: { type: array, enum: [a, b], items: { type: string } }
        five: { type: string, enum: ['', a, null] }
        six: { enum: [1, b] }\n",
        draft: &[
            ("/components/schemas/Values/properties/one", "{\"type\": \"string\", \"description\": \"Values: `asc`, `ASC`.\"}"),
            ("/components/schemas/Values/properties/two/format", "\"int64\""),
            ("/components/schemas/ValuesThree/enum", "[\"+1\", \"-1\", \"error\", \"ok\"]"),
            ("/components/schemas/Values/properties/four/items/$ref", "\"#/components/schemas/ValuesFourItem\""),
            ("/components/schemas/ValuesFive/enum", "[\"a\"]"),
            ("/components/schemas/Values/properties/five/nullable", "true"),
        ],
        lossy: &["the enumeration became a text", "Values without a letter"],
    },
    Case {
        name: "names that are one in Rust",
        paths: returning!("{ $ref: '#/components/schemas/error' }"),
        schemas: "    error: { type: object, properties: { userId: { type: string }, user_id: { type: string }, $: { type: string } } }\n    thing: { type: string }\n",
        draft: &[("/components/schemas/ApiError/x-extra", "true"), ("/components/schemas/ApiError/properties/user_id/type", "\"string\"")],
        lossy: &["Components were renamed", "cannot be named in Rust"],
    },
    Case {
        name: "circles are opened",
        paths: returning!("{ $ref: '#/components/schemas/Chicken' }"),
        schemas: "    Chicken: { type: object, required: [egg], properties: { egg: { $ref: '#/components/schemas/Egg' } } }
    Egg: { type: object, required: [chicken], properties: { chicken: { $ref: '#/components/schemas/Chicken' }, self: { $ref: '#/components/schemas/Loop' }, deep: { $ref: '#/components/schemas/Egg/properties/deep' } } }
    Loop: { oneOf: [{ $ref: '#/components/schemas/Loop' }, { type: string }] }\n",
        draft: &[("/components/schemas/Chicken/required", "null"), ("/components/schemas/Egg/required", "[\"chicken\"]")],
        lossy: &["hold their own kind"],
    },
    Case {
        name: "parameters of every kind",
        paths: taking!(
            "/things/{thing-id}/{other}",
            "{ name: thing-id, in: path, schema: { type: string } }, { name: filter, in: query, style: deepObject, schema: { type: object, properties: { state: { type: string } } } }, \
             { name: ids, in: query, explode: false, schema: { type: array, items: { type: string } } }, { name: Authorization, in: header, schema: { type: string } }, \
             { name: session, in: cookie, schema: { type: string } }, { name: X-Version, in: header, required: true, schema: { type: string, enum: ['1'] } }, \
             { name: q, in: query, content: { application/json: { schema: { type: object } } } }, { name: order, in: query, schema: { type: string, enum: [up, down] } }, \
             { name: code, in: query, schema: { type: string, pattern: '^[a-f]{3}q$' } }"
        ),
        schemas: "",
        draft: &[
            ("/paths/~1things~1{thing-id}~1{other}/get/parameters/0/required", "true"),
            ("/paths/~1things~1{thing-id}~1{other}/get/parameters/1/name", "\"filter[state]\""),
            ("/paths/~1things~1{thing-id}~1{other}/get/parameters/2/description", "\"Separated by commas.\""),
            ("/paths/~1things~1{thing-id}~1{other}/get/parameters/3/schema/enum", "[\"1\"]"),
            ("/paths/~1things~1{thing-id}~1{other}/get/parameters/5/schema/$ref", "\"#/components/schemas/GetThingOrder\""),
            ("/paths/~1things~1{thing-id}~1{other}/get/parameters/6/schema/pattern", "\"^[a-f]{3}q$\""),
            ("/paths/~1things~1{thing-id}~1{other}/get/parameters/7/name", "\"other\""),
        ],
        lossy: &["Objects in a query", "Lists in one value", "Headers that the client sets", "Parameters in cookies", "not declared"],
    },
    Case {
        name: "bodies of every kind",
        paths: "  /upload:
    post:
      operationId: upload
      tags: [files]
      requestBody: { content: { multipart/form-data: { schema: { type: object, required: [file], properties: { file: { type: string, format: binary }, more: { type: array, items: { type: string, format: binary } }, meta: { type: object, properties: { a: { type: string } } } } } } } }
      responses: { '204': { description: Done. } }
  /form:
    post:
      operationId: sendForm
      tags: [files]
      requestBody: { content: { application/x-www-form-urlencoded: { schema: { type: object, properties: { tags: { type: array, items: { type: string } } } } }, text/plain: { schema: { type: string } } } }
      responses: { default: { description: Done., content: { application/json: { schema: { type: array, items: { type: string } } } } } }
  /patch:
    patch:
      operationId: patchIt
      tags: [files]
      requestBody: { content: { application/merge-patch+json; charset=utf-8: { schema: { type: object, properties: { a: { type: string } } } } } }
      responses: { '200': { description: Done. }, '202': { description: Later., content: { application/json: {} } } }
  /page:
    get:
      operationId: getPage
      tags: [files]
      requestBody: { content: { application/json: { schema: { type: object } } } }
      responses: { '302': { description: Elsewhere. } }
  /socket:
    get:
      operationId: openSocket
      tags: [files]
      responses: { '101': { description: Switched. } }
  /csv:
    get:
      operationId: getCsv
      tags: [files]
      responses: { '200': { description: A table., content: { text/csv: { schema: { type: string } } } } }",
        schemas: "",
        draft: &[
            ("/paths/~1upload/post/operationId", "\"upload_file\""),
            ("/paths/~1upload/post/x-multipart", "true"),
            ("/components/schemas/UploadFileRequest/properties/meta/type", "\"string\""),
            ("/components/schemas/UploadFileRequest/properties/more/items/format", "\"binary\""),
            ("/components/schemas/SendFormRequest/properties/tags/type", "\"array\""),
            ("/paths/~1form/post/responses/2XX/content/application~1json/schema/$ref", "\"#/components/schemas/SendFormResponse\""),
            ("/paths/~1patch/patch/requestBody/content/application~1merge-patch+json/schema/$ref", "\"#/components/schemas/PatchItRequest\""),
            ("/paths/~1patch/patch/responses/202/content/application~1json/schema/$ref", "\"#/components/schemas/AnyValue\""),
            ("/paths/~1page/get/requestBody", "null"),
            ("/paths/~1socket", "null"),
            ("/paths/~1csv/get/responses/200/content/text~1csv/schema/format", "\"binary\""),
        ],
        lossy: &["do not fit into a form", "`default` was taken", "Bodies of GET", "change the protocol", "no JSON are files", "document no success"],
    },
    Case {
        name: "descriptions that rustdoc would run or warn of",
        paths: "  /things:
    get:
      operationId: list_things
      summary: 'See [things] and <b>more</b>.'
      description: |-
        Use `a`, or <id> of [it](#it) [here].

            curl -X GET

        ```
        let x = 1
      responses: { '200': { description: '<p>Fine</p>' } }",
        schemas: "",
        draft: &[("/paths/~1things/get/tags", "[\"things\"]")],
        lossy: &[],
    },
    Case {
        name: "operations without a name, with one name, and called like their tag",
        paths: "  /v1/things:
    get: { responses: { '200': { description: Fine. } } }
    post: { operationId: ThingController_create, tags: [things], responses: { '200': { description: Fine. } } }
  /v1/things/{id}:
    get: { operationId: find, tags: [things, more], responses: { '200': { description: Fine. } } }
    put: { operationId: find, tags: [things], responses: { '200': { description: Fine. } } }
  /v1/things/{thingId}:
    delete: { operationId: thing_delete, tags: [things], responses: { '200': { description: Fine. } } }
    get: { operationId: again, responses: { '200': { description: Fine. } } }
  header_arg:
    get: { operationId: header_arg, parameters: [{ name: limit, in: query, schema: { type: integer } }], responses: { '200': { description: Fine. } } }",
        schemas: "",
        draft: &[
            ("/paths/~1v1~1things/get/operationId", "\"list_things\""),
            ("/paths/~1v1~1things/post/operationId", "\"create_thing\""),
            ("/paths/~1v1~1things~1{id}/get/operationId", "\"find_thing\""),
            ("/paths/~1v1~1things~1{id}/put/operationId", "\"find_thing_by_id\""),
            ("/paths/~1v1~1things~1{thingId}/delete/operationId", "\"delete_thing\""),
            ("/paths/~1v1~1things~1{thingId}/get/operationId", "\"get_again\""),
            ("/paths/~1header_arg/get/tags", "[\"header-arg\"]"),
        ],
        lossy: &["first of several tags"],
    },
    Case {
        name: "a map, a free object, an untyped value and further properties",
        paths: returning!("{ $ref: '#/components/schemas/Free' }"),
        schemas: "    Free: { type: object, properties: { map: { type: object, additionalProperties: { type: integer } }, free: { type: object }, any: {}, list: { type: array }, odd: { type: any }, file: { type: file } }, additionalProperties: { type: string } }\n",
        draft: &[
            ("/components/schemas/Free/properties/map/additionalProperties", "{\"type\": \"integer\", \"format\": \"int64\"}"),
            ("/components/schemas/Free/properties/free/additionalProperties", "true"),
            ("/components/schemas/Free/properties/any/$ref", "\"#/components/schemas/AnyValue\""),
            ("/components/schemas/Free/x-extra", "true"),
            ("/components/schemas/Free/properties/file/format", "\"binary\""),
        ],
        lossy: &["Further properties have a type", "Types that OpenAPI does not know", "Lists that do not say of what"],
    },
    Case {
        name: "an example that does not fit is replaced, one that does is kept",
        paths: "  /a:
    get: { operationId: get_a, responses: { '200': { description: A., content: { application/json: { schema: { $ref: '#/components/schemas/Thing' }, example: { id: real, more: 1 } } } } } }
  /b:
    get: { operationId: get_b, responses: { '200': { description: B., content: { application/json: { schema: { $ref: '#/components/schemas/Thing' }, example: { id: 5 } } } } } }",
        schemas: "",
        draft: &[
            ("/paths/~1a/get/responses/200/content/application~1json/example", "{\"id\": \"real\"}"),
            ("/paths/~1a/get/responses/200/content/application~1json/x-synthesised", "null"),
            ("/paths/~1b/get/responses/200/content/application~1json/x-synthesised", "true"),
        ],
        lossy: &["do not fit their schema"],
    },
];
