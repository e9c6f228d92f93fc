extension FaultySchema {
    /// Common errors of new users, and the advice in their messages.
    static let remedies: [FaultySchema] = [
        FaultySchema(
            "An API key without a header or parameter",
            #"""
            client: A
            server: https://a.example
            auth: { a: { apiKey: X-API-Key }, b: apiKey, c: token, default: c and a }
            operations:
              one: { get: /, scopes: [x], returns: nothing }
            """#,
            expected: [
                "3:22: error: 'apiKey' must say where to send the key: '{ header: X-API-Key }' or '{ query: key }'",
                "3:38: error: 'apiKey' requires parameters: write 'apiKey: { header: X-API-Key }'",
            ]
        ),
        FaultySchema(
            "Several schemes without a default are one mistake",
            #"""
            client: A
            server: https://a.example
            auth: { a: bearer, b: basic }
            operations:
              one: { get: /1, auth: a, returns: nothing }
              two: { get: /2, returns: nothing }
              three: { get: /3, returns: nothing }
              four: { get: /4, returns: nothing }
            """#,
            expected: [
                "6:3: error: operation 'two' and 2 more must say which scheme to use: write 'default: …' in 'auth', or "
                    + "'auth: …' in each, with 'a' or 'b'"
            ]
        ),
        FaultySchema(
            "Missing path parameters: all, and some",
            #"""
            client: A
            server: https://a.example
            operations:
              one: { get: "/{a}/{b}", returns: nothing }
              two: { get: "/{a}/{b}/{c}", path: { b: int }, returns: nothing }
            """#,
            expected: [
                "4:15: error: path parameters have no types; write 'path: { a: string, b: string }'",
                "5:15: error: path parameters have no types; add 'a: string, c: string' to 'path'",
            ]
        ),
        FaultySchema(
            "Bodies without a kind",
            #"""
            client: A
            server: https://a.example
            operations:
              one: { post: /1, body: { user: string, tag: string }, returns: nothing }
              two: { post: /2, form: { user: string }, returns: nothing }
              three: { post: /3, raw: image/png, returns: nothing }
              four: { post: /4, body: form, returns: nothing }
              five: { post: /5, body: raw, returns: nothing }
              six: { post: /6, fields: { user: string }, returns: nothing }
              seven: { post: /7, body: { raw: image/* }, returns: nothing }
            """#,
            expected: [
                "4:28: error: unknown key 'user' in 'body'; write '{ fields: { user: … } }' for JSON, or '{ form: { "
                    + "user: … } }' for a form",
                "5:20: error: unknown key 'form' in operation 'two'; write 'body: { form: { … } }'",
                "6:22: error: unknown key 'raw' in operation 'three'; write 'body: { raw: image/png }'",
                "7:27: error: 'form' must say what it contains; write 'body: { form: { name: string } }'",
                "8:27: error: 'raw' must say what it contains; write 'body: { raw: image/png }'",
                "9:20: error: unknown key 'fields' in operation 'six'; write 'body: { fields: { … } }'",
                "10:35: error: 'image/*' is a range of media types, but a request has one; write one like 'image/png'",
            ]
        ),
        FaultySchema(
            "Statuses that have no body, and statuses instead of types",
            #"""
            client: A
            server: https://a.example
            types:
              Label: { fields: { text: string } }
            operations:
              one: { get: /1, returns: { 200: Label, 204: Label, 205: list of Label, 304: { type: Label } } }
              two: { get: /2, returns: 204 }
              three: { get: /3, returns: { 1xx: Label, 100: nothing, 200: Label } }
              four: { get: /4, returns: { 204: { headers: { ETag: string } } }, errors: { 304: Label } }
            """#,
            expected: [
                "6:42: error: a response with the status 204 has no body; write '204: nothing'",
                "6:54: error: a response with the status 205 has no body; write '205: nothing'",
                "6:74: error: a response with the status 304 has no body; write '304: nothing'",
                "7:28: error: '204' is a status, not a type; write 'nothing', or '{ 204: nothing }'",
                "8:32: error: the status '1xx' is interim, not a final response; remove it",
                "8:44: error: the status '100' is interim, not a final response; remove it",
                "9:79: error: a response with the status 304 has no body; write '304: nothing'",
            ]
        ),
        FaultySchema(
            "Query parameters that may be null, and a nested object in one",
            #"""
            client: A
            server: https://a.example
            types:
              Range: { fields: { min: optional int } }
            operations:
              one:
                get: /1
                query:
                  a: nullable string
                  b: optional nullable int
                  c: { fields: { price: Range, sizes: optional Range }, style: deepObject }
                returns: nothing
            """#,
            expected: [
                "9:10: error: a query parameter may be absent but not null; write 'optional' instead of 'nullable'",
                "10:10: error: a query parameter may be absent but not null; write 'optional' instead of 'nullable'",
                "11:22: error: an object in the query cannot contain an object: make each of its fields a parameter, "
                    + "as in '\"c[price][…]\": { type: optional string, swift: someName }'",
                "11:36: error: an object in the query cannot contain an object: make each of its fields a parameter, "
                    + "as in '\"c[sizes][…]\": { type: optional string, swift: someName }'",
            ]
        ),
        FaultySchema(
            "An empty value of an enum",
            #"""
            client: A
            server: https://a.example
            types:
              State: { enum: ["", on] }
            operations:
              one: { get: /1, returns: State }
            """#,
            expected: [
                "4:19: error: '' has no characters for a Swift name; name the value, as in '{ enum: { someName: \"\" "
                    + "} }'"
            ]
        ),
        FaultySchema(
            "A value of '$schema' that is not text",
            #"""
            $schema: [a]
            client: A
            server: https://a.example
            operations:
              one: { get: /1, returns: nothing }
            """#,
            expected: ["1:10: error: '$schema' must be text, not a list"]
        ),
    ]
}
