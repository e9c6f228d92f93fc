extension FaultySchema {
    /// Errors in parameters, bodies, responses and pagination.
    static let calls: [FaultySchema] = [
        FaultySchema(
            "Objects in the query that cannot be encoded",
            #"""
            client: A
            server: https://a.example
            types:
              F: { fields: { x: optional string, y: list of int }, others: string }
              G: { fields: { x: map of int } }
            operations:
              a: { get: /a, query: { f: { type: F, style: deepObject } }, returns: nothing }
              b: { get: /b, query: { g: { type: G, style: deepObject }, h: { type: int, style: deepObject } }, returns: nothing }
              c: { get: /c, query: { g: { nullable: { fields: { x: int } }, style: deepObject } }, returns: nothing }
              d: { get: /d, headers: { X-A: { type: int, style: comma } }, returns: nothing }
            """#,
            expected: [
                "5:18: error: a field of an object in the query must be a value that can be written as text, or a "
                    + "list of such values",
                "7:29: error: an object in the query cannot have 'others': its names must be known",
                "8:64: error: 'style: deepObject' is only allowed for a type with fields",
                "9:29: error: an object in the query cannot be null; write 'optional'",
                "10:46: error: 'style' is only allowed for query parameters",
            ]
        ),
        FaultySchema(
            "Form fields that are not text",
            #"""
            client: A
            server: https://a.example
            operations:
              a: { post: /a, body: { form: { x: map of int, y: nullable string } }, returns: nothing }
              b: { post: /b, body: { form: { x: int }, raw: image/png }, returns: nothing }
              c: { post: /c, body: { raw: png }, returns: nothing }
            """#,
            expected: [
                "4:37: error: a field of a form must be a value that can be written as text, or a list of such values",
                "4:52: error: a field of a form may be absent but not null; write 'optional' instead of 'nullable'",
                "5:26: error: 'form' must be the only key of a body",
                "6:31: error: 'raw' must be a media type like 'text/csv', not 'png'",
            ]
        ),
        FaultySchema(
            "Responses whose header fields cannot be read",
            #"""
            client: A
            server: https://a.example
            operations:
              a: { get: /a, returns: { headers: { X-A: list of int, body: string, "a b": int } } }
              b: { get: /b, returns: { 200: { type: int, headers: { x-a: nullable int, X-A: int } } } }
              c: { get: /c, returns: { timestamp: unixSeconds } }
            """#,
            expected: [
                "4:44: error: a header must be a value that can be read from text",
                "4:57: error: 'body' is already used at 4:37; choose another name with 'swift: …'",
                "4:71: error: 'a b' is not a valid header name",
                "5:62: error: a header must be a value that can be read from text",
                "5:76: error: 'X-A' and 'x-a' (5:57) are both 'xA' in Swift; choose another name with 'swift: …'",
                "6:26: error: a body that is a timestamp must be rfc3339; for 'unixSeconds' use a type that wraps it: "
                    + "'{ wraps: { timestamp: unixSeconds } }'",
            ]
        ),
        FaultySchema(
            "Names that servers, stubs and responses reserve",
            #"""
            client: A
            servers: { one: https://a.example, two: { url: https://b.example } }
            stub: true
            errors: { 4xx: { headers: { X-A: int } } }
            types:
              Server: { fields: { x: Stub } }
              Stub: { fields: { x: Error4xx } }
              Error4xx: { fields: { x: B } }
              B: { fields: { x: int } }
            operations:
              a: { get: /a, returns: Server }
              b: { get: /b, returns: { headers: { X-A: int } } }
              tokens: { get: /t, returns: nothing }
            """#,
            expected: [
                "4:11: error: '4xx' and 'Error4xx' (8:3) are both 'Error4xx' in Swift; choose another name "
                    + "with 'swift: …'",
                "6:3: error: 'Server' and 'servers' (2:12) are both 'Server' in Swift; choose another name "
                    + "with 'swift: …'",
                "7:3: error: a type of the client cannot be called 'Stub'; choose another name with 'swift: …'",
                "12:3: error: 'b' and 'B' (9:3) are both 'B' in Swift; choose another name with 'swift: …'",
                "13:3: error: every client has a member 'tokens'; choose another name with 'swift: …'",
            ]
        ),
        FaultySchema(
            "Pagination with several types of responses",
            #"""
            client: A
            server: https://a.example
            operations:
              a:
                get: /a
                returns: { 200: list of int, 202: { headers: { X-A: int } } }
                paginate: { linkHeader: true }
              b: { get: /b, query: { n: string }, returns: list of int, paginate: { page: n } }
              c: { get: /c, returns: list of int, paginate: { linkHeader: false } }
            """#,
            expected: [
                "7:5: error: 'paginate' requires a single type of response, which contains the items",
                "8:79: error: the parameter 'n' must be an int to count pages",
                "9:63: error: 'linkHeader' can only be true",
            ]
        ),
    ]
}
