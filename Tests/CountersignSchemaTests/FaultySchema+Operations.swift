extension FaultySchema {
    /// Errors in operations.
    static let operations: [FaultySchema] = [
        FaultySchema(
            "A misspelt key of an operation",
            #"""
            client: A
            server: https://a.example
            operations:
              getItem:
                get: /items/{id}
                pathh: { id: string }
                returns: nothing
            """#,
            expected: [
                "6:5: error: unknown key 'pathh' in operation 'getItem'; did you mean 'path'?"
            ]
        ),
        FaultySchema(
            "Path parameters that do not match the template",
            #"""
            client: A
            server: https://a.example
            operations:
              one: { get: "/items/{id}", path: { idd: string }, returns: nothing }
              two: { get: "/items/{id}", returns: nothing }
              three: { get: /items, path: { id: string }, returns: nothing }
            """#,
            expected: [
                "4:15: error: the path parameter 'id' has no type; write 'path: { id: string }'",
                "4:38: error: the path '/items/{id}' has no parameter 'idd'; did you mean 'id'?",
                "5:15: error: the path parameter 'id' has no type; write 'path: { id: string }'",
                "6:33: error: the path '/items' has no parameter 'id'",
            ]
        ),
        FaultySchema(
            "Path parameters that are not text",
            #"""
            client: A
            server: https://a.example
            operations:
              one: { get: "/{a}/{b}/{c}", path: { a: optional string, b: list of int, c: json }, returns: nothing }
            """#,
            expected: [
                "4:42: error: a path parameter must be a single value that is required, such as 'string' or 'int'",
                "4:62: error: a path parameter must be a single value that is required, such as 'string' or 'int'",
                "4:78: error: a path parameter must be a single value that is required, such as 'string' or 'int'",
            ]
        ),
        FaultySchema(
            "Invalid paths",
            #"""
            client: A
            server: https://a.example
            operations:
              a: { get: items, returns: nothing }
              b: { get: "/items/{id", returns: nothing }
              c: { get: "/items/{}", returns: nothing }
              d: { get: /items?x=1, returns: nothing }
              e: { get: "/{id}/{id}", path: { id: string }, returns: nothing }
              f: { get: /a b, returns: nothing }
              g: { get: /a/../b, returns: nothing }
              h: { get: "/items}", returns: nothing }
            """#,
            expected: [
                "4:13: error: invalid path 'items': must start with '/'; the server goes in 'server'",
                "5:13: error: invalid path '/items/{id': expected '{name}'",
                "6:13: error: invalid path '/items/{}': expected '{name}'",
                "7:13: error: invalid path '/items?x=1': must not contain a query; declare its parameters under "
                    + "'query'",
                "8:13: error: invalid path '/{id}/{id}': duplicate parameter 'id'",
                "9:13: error: invalid path '/a b': contains a character that must be percent-encoded",
                "10:13: error: invalid path '/a/../b': must not contain a segment '.' or '..'",
                "11:13: error: invalid path '/items}': missing '{' before '}'",
            ]
        ),
        FaultySchema(
            "Pagination with unknown fields",
            #"""
            client: A
            server: https://a.example
            operations:
              a:
                get: /a
                query: { cursor: optional string, size: optional int }
                returns: { fields: { items: list of string, next_cursor: optional string, total: int } }
                paginate: { items: itemz, next: next_cursor, into: cursor }
              b:
                get: /b
                query: { cursor: optional string, size: optional int }
                returns: { fields: { items: list of string, next_cursor: optional string, total: int } }
                paginate: { items: total, next: next, into: curser }
              c:
                get: /c
                query: { size: optional int }
                returns: { fields: { items: list of string, next_cursor: optional string } }
                paginate: { items: items, next: next_cursor, into: size }
              d:
                get: /d
                returns: nothing
                paginate: { items: items }
              e:
                get: /e
                query: { cursor: string }
                returns: { fields: { items: list of string, next: optional string } }
                paginate: { next: next, into: cursor }
            """#,
            expected: [
                "8:24: error: unknown field 'itemz' of the response in 'items'; did you mean 'items'?",
                "13:24: error: 'total' must be a list, since it contains the items of a page",
                "13:37: error: unknown field 'next' of the response in 'next'; expected one of items, next_cursor, "
                    + "total",
                "13:49: error: unknown query parameter 'curser' in 'into'; did you mean 'cursor'?",
                "18:56: error: 'size' must have the type of 'next_cursor', whose value it takes",
                "22:5: error: 'paginate' requires a single type of response, which contains the items",
                "22:15: error: 'paginate' requires exactly one way to the next page: 'next' and 'into', 'linkHeader: "
                    + "true', or 'page'",
                "27:5: error: 'paginate' requires 'items', the field of the response with the items",
            ]
        ),
        FaultySchema(
            "A body where none is allowed",
            #"""
            client: A
            server: https://a.example
            operations:
              a: { get: /a, body: { fields: { x: int } }, returns: nothing }
              b: { head: /b, returns: string }
              c: { get: /c, post: /c, returns: nothing }
              d: { returns: nothing }
              e: { get: /e }
            """#,
            expected: [
                "4:17: error: a GET request has no body; use query parameters, or another method",
                "5:27: error: a response to HEAD has no body; write 'returns: nothing'",
                "6:17: error: operation 'c' already has a method, 'get'",
                "7:3: error: operation 'd' requires a method and a path, such as 'get: /items'",
                "8:3: error: operation 'e' requires 'returns'; write 'returns: nothing' if it returns nothing",
            ]
        ),
        FaultySchema(
            "Invalid statuses",
            #"""
            client: A
            server: https://a.example
            types: { P: { fields: { code: int } } }
            errors: { 4xx: P, 2xx: P, abc: P, 600: P }
            operations:
              a: { get: /a, returns: { 20x: P }, errors: { 404: P } }
              b: { get: /b, returns: { 404: P }, errors: { 404: P } }
            """#,
            expected: [
                "4:19: error: the status 2xx is a success; declare it in 'returns'",
                "4:27: error: expected a status such as '404', '4xx' or 'default', not 'abc'",
                "4:35: error: expected a status such as '404', '4xx' or 'default', not '600'",
                "6:28: error: expected a status such as '200' or '2xx', not '20x'",
                "7:48: error: the status 404 is already declared as a success at 7:28",
            ]
        ),
        FaultySchema(
            "Headers that a schema cannot set",
            #"""
            client: A
            server: https://a.example
            operations:
              a:
                get: /a
                headers: { Authorization: string, "X Y": string, X-A: json, x-b: string, X-B: { type: string, swift: other } }
                returns: nothing
            """#,
            expected: [
                "6:16: error: the header 'Authorization' is set by the client; remove it",
                "6:39: error: 'X Y' is not a valid header name; write a name like 'X-Request-ID'",
                "6:59: error: a header must be a value that can be written as text, or a list of such values",
                "6:78: error: duplicate header 'X-B'; the first is at 6:65",
            ]
        ),
        FaultySchema(
            "Query parameters that cannot be written",
            #"""
            client: A
            server: https://a.example
            types: { T: { fields: { a: int } } }
            operations:
              a: { get: /a, query: { t: json, u: map of int, v: { type: string, style: commas } }, returns: T }
            """#,
            expected: [
                "5:29: error: a query parameter must be a value that can be written as text, or a list of such values",
                "5:38: error: a query parameter must be a value that can be written as text, or a list of such values",
                "5:76: error: unknown value 'commas' for 'style'; did you mean 'comma'?",
            ]
        ),
        FaultySchema(
            "Bodies of two kinds",
            #"""
            client: A
            server: https://a.example
            operations:
              a: { post: /a, body: { fields: { x: int } }, multipart: { f: file }, returns: nothing }
              b: { post: /b, body: { raw: png }, returns: nothing }
              c: { post: /c, body: { form: { x: int }, raw: image/png }, returns: nothing }
              d: { post: /d, body: nothing, returns: { stream: csv } }
            """#,
            expected: [
                "4:48: error: an operation has a single body: 'body' or 'multipart'",
                "5:31: error: 'raw' must be a media type like 'text/csv', not 'png'",
                "6:26: error: 'form' must be the only key of a body",
                "7:24: error: 'nothing' is only allowed as a response",
                "7:52: error: 'stream' must be a media type like 'text/csv', not 'csv'",
            ]
        ),
        FaultySchema(
            "An optional response",
            #"""
            client: A
            server: https://a.example
            operations:
              a: { get: /a, returns: optional string }
            """#,
            expected: [
                "4:26: error: a response cannot be optional; write 'nullable …', or 'nothing' for the status without "
                    + "a body"
            ]
        ),
        FaultySchema(
            "An idempotency key that is also a parameter",
            #"""
            client: A
            server: https://a.example
            operations:
              a: { post: /a, headers: { idempotency-key: { type: string, swift: key } }, idempotencyKey: Idempotency-Key, returns: nothing }
            """#,
            expected: [
                "4:94: error: the header 'Idempotency-Key' is already a parameter at 4:29; remove the parameter"
            ]
        ),
        FaultySchema(
            "A field with the name of a nested type, and two operations with the same namespace",
            #"""
            client: A
            server: https://a.example
            types:
              A: { fields: { 名前: { enum: [a] }, 名前Value: string, b: { type: string, swift: Item }, item: { fields: { x: int } } } }
            operations:
              problem: { post: /a, body: { fields: { x: int } }, returns: A }
              problemCall: { post: /b, body: { fields: { y: int } }, returns: nothing }
            """#,
            expected: [
                "4:37: error: '名前Value' is also the name of a nested type; choose another name with 'swift: …'",
                "4:54: error: 'Item' is also the name of a nested type; choose another name with 'swift: …'",
                "7:3: error: 'problemCall' and 'problem' (6:3) are both 'ProblemCall' in Swift; choose another name "
                    + "with 'swift: …'",
            ]
        ),
        FaultySchema(
            "A parameter with the name of the additional properties",
            #"""
            client: A
            server: https://a.example
            operations:
              b: { post: "/b/{others}", path: { others: int }, body: { fields: { x: int }, others: json }, returns: nothing }
              c: { post: /c, body: { fields: { others: int }, others: json }, returns: nothing }
            """#,
            expected: [
                "4:37: error: 'others' is already used at 4:3; choose another name with 'swift: …'",
                "5:36: error: 'others' is the property for additional properties; choose another name with 'swift: …'",
            ]
        ),
        FaultySchema(
            "Two inline types with the same name",
            #"""
            client: A
            server: https://a.example
            types:
              GetItem: { wraps: string }
            operations:
              get_item:
                post: /a
                body: { fields: { in: { fields: { x: GetItem } }, "in ": { type: { fields: { x: int } }, swift: other } } }
                returns: nothing
            """#,
            expected: [
                "6:3: error: 'get_item' and 'GetItem' (4:3) are both 'GetItem' in Swift; choose another name with "
                    + "'swift: …'",
                "8:70: error: this inline type would be called 'GetItem.Input.In', like the one at 8:27; declare it "
                    + "under 'types'",
            ]
        ),
    ]
}
