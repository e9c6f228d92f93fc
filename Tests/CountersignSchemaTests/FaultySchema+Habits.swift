extension FaultySchema {
    /// Habits from other schema languages, and errors that must not hide others.
    static let habits: [FaultySchema] = [
        FaultySchema(
            "A flag instead of the name of the header of an idempotency key",
            #"""
            client: A
            server: https://a.example
            operations:
              a: { post: /a, idempotencyKey: true, returns: nothing }
              b: { post: /b, idempotencyKey: Yes, returns: nothing }
              c: { post: /c, idempotencyKey: "false", returns: nothing }
              d: { post: /d, idempotencyKey: [Idempotency-Key], returns: nothing }
              e: { post: /e, idempotencyKey: True-Key, returns: nothing }
            """#,
            expected: [
                "4:34: error: 'idempotencyKey' is the name of the header that carries the key, not 'true'; write the "
                    + "header's name, for example 'Idempotency-Key'",
                "5:34: error: 'idempotencyKey' is the name of the header that carries the key, not 'Yes'; write the "
                    + "header's name, for example 'Idempotency-Key'",
                "6:34: error: 'idempotencyKey' is the name of the header that carries the key, not 'false'; write the "
                    + "header's name, for example 'Idempotency-Key'",
                "7:34: error: 'idempotencyKey' must be text, not a list",
            ]
        ),
        FaultySchema(
            "A misspelt kind of the only scheme, and the errors within",
            #"""
            client: A
            server: https://a.example
            auth:
              clientCredential: { issuer: https://l.example, scopes: read write, client_id: x }
            operations:
              a: { get: /a, scopes: [read], returns: nothing }
            """#,
            expected: [
                "4:3: error: unknown kind of scheme 'clientCredential'; did you mean 'clientCredentials'?",
                "4:58: error: 'read write' is not a valid scope; write several as a list: '[read, write]'",
                "4:70: error: unknown key 'client_id' in 'clientCredentials'; did you mean 'clientID'?",
            ]
        ),
        FaultySchema(
            "Snake case instead of camel case",
            #"""
            client: A
            server: https://a.example
            auth:
              client_credentials: { token_endpoint: https://l.example/token, client_authentication: none }
            operations:
              a: { post: /a, idempotency_key: Idempotency-Key, scopes: [read], returns: nothing }
              b: { get: /b, returns: list of string, paginate: { link_header: true } }
            """#,
            expected: [
                "4:3: error: unknown kind of scheme 'client_credentials'; did you mean 'clientCredentials'?",
                "4:25: error: unknown key 'token_endpoint' in 'clientCredentials'; did you mean 'tokenEndpoint'?",
                "4:66: error: unknown key 'client_authentication' in 'clientCredentials'; did you mean "
                    + "'clientAuthentication'?",
                "6:18: error: unknown key 'idempotency_key' in operation 'a'; did you mean 'idempotencyKey'?",
                "7:54: error: unknown key 'link_header' in 'paginate'; did you mean 'linkHeader'?",
            ]
        ),
        FaultySchema(
            "Misspelt kinds among several schemes, and names that resemble kinds",
            #"""
            client: A
            server: https://a.example
            auth:
              authorization_code: { issuer: https://l.example, token_endpoint: https://l.example/t, dpop: maybe }
              apikey: { header: X-API-Key }
              bearr: true
              tokens: bearer
              device2: { device: { issuer: https://l.example } }
              worker: { clientCredential: { issuer: https://l.example, scopes: a b } }
              default: worker
            operations:
              a: { get: /a, scopes: [read], returns: nothing }
              b: { get: /b, auth: apikey, returns: nothing }
            """#,
            expected: [
                "4:3: error: unknown kind of scheme 'authorization_code'; did you mean 'authorizationCode'?",
                "4:52: error: unknown key 'token_endpoint' in 'authorizationCode'; sign-in needs several endpoints: "
                    + "write 'issuer', whose metadata lists them",
                "4:95: error: 'dpop' must be true or false, not 'maybe'",
                "5:3: error: unknown kind of scheme 'apikey'; did you mean 'apiKey'?",
                "6:3: error: unknown kind of scheme 'bearr'; did you mean 'bearer'?",
                "9:13: error: unknown kind of scheme 'clientCredential'; did you mean 'clientCredentials'?",
                "9:68: error: 'a b' is not a valid scope; write several as a list: '[read, write]'",
            ]
        ),
        FaultySchema(
            "An issuer and a token endpoint",
            #"""
            client: A
            server: https://a.example
            auth:
              tokenExchange: { issuer: https://l.example, tokenEndpoint: https://l.example/token }
            operations:
              a: { get: /a, returns: nothing }
            """#,
            expected: [
                "4:20: warning: 'issuer' has no effect beside 'tokenEndpoint', to which all token requests are sent; "
                    + "remove one of them"
            ]
        ),
        FaultySchema(
            "A schema without operations",
            #"""
            client: A
            server: https://a.example
            operations: {}
            """#,
            expected: ["3:13: warning: 'operations' is empty, so the client has no methods"]
        ),
        FaultySchema(
            "Keys of operations in other languages, and a list with all keys",
            #"""
            client: A
            server: https://a.example
            operations:
              a: { get: /a, response: nothing }
              b: { get: /b, responses: nothing, requestBody: string }
              c: { get: /c, zzz: nothing, returns: nothing }
            """#,
            expected: [
                "4:17: error: unknown key 'response' in operation 'a'; did you mean 'returns'?",
                "5:17: error: unknown key 'responses' in operation 'b'; did you mean 'returns'?",
                "5:37: error: unknown key 'requestBody' in operation 'b'; did you mean 'body'?",
                "6:17: error: unknown key 'zzz' in operation 'c'; expected one of get, head, post, put, patch, delete, "
                    + "options, summary, description, deprecated, swift, path, query, headers, body, multipart, "
                    + "returns, errors, paginate, scopes, auth, idempotencyKey, server, timeout",
            ]
        ),
        FaultySchema(
            "An operation whose method is misspelt: its other errors",
            #"""
            client: A
            server: https://a.example
            operations:
              a: { gett: "/a/{id}", path: { id: strng }, query: { q: json }, retruns: nothing }
            """#,
            expected: [
                "4:8: error: unknown key 'gett' in operation 'a'; did you mean 'get'?",
                "4:37: error: unknown type 'strng'; did you mean 'string'?",
                "4:58: error: a query parameter must be a value that can be written as text, or a list of such values",
                "4:66: error: unknown key 'retruns' in operation 'a'; did you mean 'returns'?",
            ]
        ),
        FaultySchema(
            "Several errors in one 'paginate'",
            #"""
            client: A
            server: https://a.example
            operations:
              a:
                get: /a
                query: { page: optional int }
                returns: { fields: { items: list of string, more: optional string } }
                paginate: { items: itms, page: pagge }
              b:
                get: /b
                query: { cursor: optional string }
                returns: { fields: { items: list of string, more: optional string } }
                paginate: { items: more, next: mor }
            """#,
            expected: [
                "8:24: error: unknown field 'itms' of the response in 'items'; did you mean 'items'?",
                "8:36: error: unknown query parameter 'pagge' in 'page'; did you mean 'page'?",
                "13:15: error: 'next' requires 'into', the query parameter that takes its value",
                "13:24: error: 'more' must be a list, since it contains the items of a page",
                "13:36: error: unknown field 'mor' of the response in 'next'; did you mean 'more'?",
            ]
        ),
        FaultySchema(
            "Numbers, flags and formats as in JSON Schema",
            #"""
            client: A
            server: https://a.example
            types:
              Item:
                fields:
                  price: number
                  prices: list of Number
                  state: { enum: [a, b], optional: true }
                  note: { optional: true, type: string }
                  name: { type: string, nullable: true, optional: true }
                  size: { type: int, optional: false }
                  odd: { optional: true }
                  at: { type: string, format: date-time }
                  id: { type: string, required: false }
            operations:
              a: { get: /a, query: { q: { list: string, optional: true } }, returns: Item }
            """#,
            expected: [
                "6:14: error: unknown type 'number'; write 'decimal' for an exact value, such as an amount of money, "
                    + "or 'double'",
                "7:15: error: unknown type 'Number'; write 'decimal' for an exact value, such as an amount of money, "
                    + "or 'double'",
                "8:30: error: 'optional' takes a type, not 'true'; write '{ optional: { enum: … } }'",
                "9:15: error: 'optional' takes a type, not 'true'; write 'type: optional string'",
                "10:29: error: 'nullable' takes a type, not 'true'; write 'type: nullable string'",
                "10:45: error: 'optional' takes a type, not 'true'; write 'type: optional string'",
                "11:26: error: 'optional' takes a type, not 'false'; remove it",
                "12:14: error: 'optional' takes a type, not 'true'; write '{ optional: string }'",
                "13:27: error: unknown key 'format' in 'at'; the type says it, such as 'type: timestamp'",
                "14:27: error: unknown key 'required' in 'id'; a value is required unless its type begins with "
                    + "'optional'",
                "16:45: error: 'optional' takes a type, not 'true'; write '{ optional: { list: … } }'",
            ]
        ),
        FaultySchema(
            "Words before a long form, in flow and in block form, and another error",
            #"""
            client: A
            server: https://a.example
            types:
              Item:
                fields:
                  state: optional { enum: [a, b] }
                  parts: list of { fields: { name: strng } }
                  deep: optional list of nullable {fields: {x: int}}
                  single: list of { string }
                  empty: optional {}
            operations:
              a: { get: /a, query: { q: optional { list: string } }, returns: Item }
              b:
                get: /b
                retruns: nothing
            """#,
            expected: [
                "6:14: error: words cannot stand before '{'; write '{ optional: { … } }'",
                "7:14: error: words cannot stand before '{'; write '{ list: { … } }'",
                "7:40: error: unknown type 'strng'; did you mean 'string'?",
                "8:13: error: words cannot stand before '{'; write '{ optional: { list: { nullable: { … } } } }'",
                "9:15: error: words cannot stand before '{'; write '{ list: { … } }'",
                "10:14: error: words cannot stand before '{'; write '{ optional: { … } }'",
                "12:29: error: words cannot stand before '{'; write '{ optional: { … } }'",
                "15:5: error: unknown key 'retruns' in operation 'b'; did you mean 'returns'?",
            ]
        ),
        FaultySchema(
            "Pages of items that are declared in the response, with words before a long form",
            #"""
            client: A
            server: https://a.example
            operations:
              a:
                get: /a
                query: { cursor: optional string }
                returns: { fields: { items: list of { fields: { x: int } }, next: optional string } }
                paginate: { items: items, next: next, into: cursor }
            """#,
            expected: ["7:33: error: words cannot stand before '{'; write '{ list: { … } }'"]
        ),
        FaultySchema(
            "A comment that was meant as text within flow form",
            #"""
            client: A
            server: https://a.example
            operations:
              b: { get: /b, description: Fetches #1, returns: nothing }
            """#,
            expected: [
                "5:1: error: expected ',' or '}' for the bracket opened at 4:6; '#' at 4:38 starts a comment: put text "
                    + "that contains it in quotes"
            ]
        ),
        FaultySchema(
            "Missing spaces within flow form",
            #"""
            client: A
            server: https://a.example
            types:
              Item: { id:ItemID, fields: {name:string} }
            operations:
              a: { get: /a, path: {id:string}, returns:nothing }
              b: { get: "/b/{id}", path: { id:string }, returns: {200:nothing} }
              c: { get: /c, query: { a: [list:string], b: list:string }, returns: list of{fields: {a: int}} }
            """#,
            expected: [
                "4:11: error: missing space after ':'; write 'id: ItemID'",
                "4:31: error: missing space after ':'; write 'name: string'",
                "6:24: error: missing space after ':'; write 'id: string'",
                "6:36: error: missing space after ':'; write 'returns: nothing'",
                "7:32: error: missing space after ':'; write 'id: string'",
                "7:55: error: missing space after ':'; write '200: nothing'",
                "8:29: error: expected a type, not a list; write 'list of X' for a list of values",
                "8:47: error: missing space after ':'; write 'list: string'",
                "8:71: error: words cannot stand before '{'; write '{ list: { … } }'",
            ]
        ),
        FaultySchema(
            "Values of enums and discriminators that JSON does not write as text",
            #"""
            client: A
            server: https://a.example
            types:
              Flags: { enum: [true, false] }
              Versions: { enum: [1.0, 1.1] }
              Mixed: { enum: [1, 2, other] }
              Nothing: { enum: [a, null] }
              Named: { enum: { on: True, off: a } }
              Big: { enum: [1, 99999999999999999999] }
              Small: { enum: [1, -2.5e3] }
              Text: { enum: ["true", "1.0", "null", yes, off, 1.0.0, 0x1F, 1e] }
              Choice: { oneOf: { true: Part, 1: Part, 1.5: Part, "2": Part, no: Part }, discriminator: kind }
              Part: { fields: { x: int } }
            operations:
              a:
                post: /a
                body: { fields: { a: Flags, b: Versions, c: Mixed, d: Nothing, e: Named, f: Big, g: Small, h: Text } }
                returns: Choice
            """#,
            expected: [
                "4:19: error: an enum cannot contain the boolean 'true'; write 'bool', or put it in quotes if it is "
                    + "text on the wire: '\"true\"'",
                "5:22: error: an enum cannot contain the number '1.0', which is not an integer of 64 bits; write "
                    + "'decimal' or 'double', or put it in quotes if it is text on the wire: '\"1.0\"'",
                "6:19: error: the values of an enum are either all integers or all text; put it in quotes if it is "
                    + "text on the wire: '\"1\"'",
                "7:24: error: an enum cannot contain null; make the type 'nullable', or put it in quotes if it is "
                    + "text on the wire: '\"null\"'",
                "8:20: error: an enum cannot contain the boolean 'True'; write 'bool', or put it in quotes if it is "
                    + "text on the wire: '\"True\"'",
                "9:20: error: an enum cannot contain the number '99999999999999999999', which is not an integer of 64 "
                    + "bits; write 'decimal' or 'double', or put it in quotes if it is text on the wire: "
                    + "'\"99999999999999999999\"'",
                "10:22: error: an enum cannot contain the number '-2.5e3', which is not an integer of 64 bits; write "
                    + "'decimal' or 'double', or put it in quotes if it is text on the wire: '\"-2.5e3\"'",
                "12:22: error: the values of a discriminator must be text, not 'true'; put it in quotes if it is text "
                    + "on the wire: '\"true\"'",
                "12:34: error: the values of a discriminator must be text, not '1'; put it in quotes if it is text on "
                    + "the wire: '\"1\"'",
                "12:43: error: the values of a discriminator must be text, not '1.5'; put it in quotes if it is text "
                    + "on the wire: '\"1.5\"'",
            ]
        ),
    ]
}
