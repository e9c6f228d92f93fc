extension FaultySchema {
    /// Errors in the client as a whole.
    static let client: [FaultySchema] = [
        FaultySchema(
            "A misspelt key of the schema, of a type and of a scheme",
            #"""
            client: A
            servr: https://a.example
            auth: { clientCredentials: { isuer: https://l.example, client_id: x } }
            types:
              T: { field: { a: string } }
            operations: {}
            """#,
            expected: [
                "2:1: error: unknown key 'servr' in the schema; did you mean 'server'?",
                "3:30: error: unknown key 'isuer' in 'clientCredentials'; did you mean 'issuer'?",
                "3:56: error: unknown key 'client_id' in 'clientCredentials'; did you mean 'clientID'?",
                "5:8: error: unknown key 'field' in type 'T'; did you mean 'fields'?",
            ]
        ),
        FaultySchema(
            "An unknown key without a similar one",
            #"""
            client: A
            server: https://a.example
            colour: blue
            operations: {}
            """#,
            expected: [
                "3:1: error: unknown key 'colour' in the schema; expected one of client, description, "
                    + "server, servers, timeout, access, stub, conformances, auth, errors, types, operations, $schema"
            ]
        ),
        FaultySchema(
            "Operations, parameters, types and cases with the same Swift name",
            #"""
            client: A
            server: https://a.example
            types:
              order_item: { wraps: string }
              OrderItem: { enum: [in-stock, in_stock] }
            operations:
              get_item: { get: /a, query: { tag: string, Tag: string }, returns: nothing }
              getItem: { post: /a, query: { name: string }, body: { fields: { name: OrderItem } }, returns: nothing }
            """#,
            expected: [
                "5:3: error: 'OrderItem' and 'order_item' (4:3) are both 'OrderItem' in Swift; choose another name "
                    + "with 'swift: …'",
                "7:46: error: 'Tag' and 'tag' (7:33) are both 'tag' in Swift; choose another name with 'swift: …'",
                "8:3: error: 'getItem' and 'get_item' (7:3) are both 'getItem' in Swift; choose another name with "
                    + "'swift: …'",
                "8:67: error: 'name' is already used at 8:33; choose another name with 'swift: …'",
            ]
        ),
        FaultySchema(
            "Names that the client reserves",
            #"""
            client: A
            server: https://a.example
            types:
              Failure: { wraps: string }
              string: { wraps: string }
            operations:
              options: { post: /t, body: Failure, returns: nothing }
            """#,
            expected: [
                "4:3: error: a type of the client cannot be called 'Failure'; choose another name with 'swift: …'",
                "5:3: error: 'string' is a keyword of the schema language; give the type another name",
                "7:3: error: every client has a member 'options'; choose another name with 'swift: …'",
            ]
        ),
        FaultySchema(
            "An empty schema",
            #"""
            client: A
            """#,
            expected: [
                "1:1: error: a schema requires 'server', the URL of the API, such as 'server: https://api.example.com'",
                "1:1: error: a schema requires 'operations', such as 'operations: { health: { get: /health, … } }'",
            ]
        ),
        FaultySchema(
            "A client whose name is not a valid type name",
            #"""
            client: catalog api
            server: https://a.example
            operations: {}
            """#,
            expected: [
                "1:9: error: 'catalog api' is not a valid name of a Swift type; write 'CatalogAPI'"
            ]
        ),
        FaultySchema(
            "Unknown values of a fixed set",
            #"""
            client: A
            server: https://a.example
            access: pubic
            operations:
              a: { get: /a, idempotencyKey: "a b", returns: nothing }
            """#,
            expected: [
                "3:9: error: unknown value 'pubic' for 'access'; did you mean 'public'?",
                "5:33: error: 'a b' is not a valid header name; write a name like 'X-Request-ID'",
            ]
        ),
        FaultySchema(
            "Values of the wrong kind",
            #"""
            client: [A]
            server: { url: x }
            auth: [user]
            types: none
            operations: [a]
            """#,
            expected: [
                "1:9: error: 'client' must be text, not a list",
                "2:9: error: 'server' must be text, not a mapping",
                "3:7: error: 'auth' must be a mapping ('key: value'), not a list",
                "4:8: error: 'types' must be a mapping ('key: value'), not text",
                "5:13: error: 'operations' must be a mapping ('key: value'), not a list",
            ]
        ),
        FaultySchema(
            "One error is one line: a server without its issuer, a response with 'raw'",
            #"""
            client: A
            servers:
              a: { url: https://a.example, issuer: https://l.example }
              b: { url: https://b.example }
            auth: { clientCredentials: { clientAuthentication: none } }
            operations:
              a: { get: /a, returns: { raw: application/pdf } }
            """#,
            expected: [
                "4:3: error: server 'b' requires an 'issuer', since others have one",
                "7:28: error: unknown key 'raw' in a response; a response of bytes is not supported yet; 'APIClient' "
                    + "can fetch it",
            ]
        ),
        FaultySchema(
            "Invalid durations, servers and conformances",
            #"""
            client: A
            servers:
              a: { url: https://a.example, issuer: https://l.example }
              b: { url: http://b.example }
              c: {}
            timeout: 30 seconds
            conformances: [Codabel]
            operations:
              a: { get: /a, timeout: 0s, server: nowhere, returns: nothing }
            """#,
            expected: [
                "4:3: error: server 'b' requires an 'issuer', since others have one",
                "4:13: error: 'url' must use https; plain http is only allowed for loopback hosts",
                "5:3: error: server 'c' requires a 'url'",
                "5:3: error: server 'c' requires an 'issuer', since others have one",
                "6:10: error: 'timeout' must be a duration like '30s', '500ms', '5m' or '1h', not '30 seconds'",
                "7:16: error: unknown conformance 'Codabel'; did you mean 'Codable'?",
                "9:26: error: 'timeout' must be a duration like '30s', '500ms', '5m' or '1h', not '0s'",
                "9:38: error: 'server' must be an absolute URL like 'https://api.example.com'",
            ]
        ),
        FaultySchema(
            "Several problem types, one of them called Problem",
            #"""
            client: A
            server: https://a.example
            types:
              Problem: { fields: { a: int } }
              Other: { fields: { a: int } }
            errors: { 4xx: Problem, 5xx: Other }
            operations:
              a: { get: /a, returns: nothing }
            """#,
            expected: [
                "4:3: error: the client has several problem types, which become one enum 'Problem'; choose "
                    + "another name for this type with 'swift: …'"
            ]
        ),
    ]
}
