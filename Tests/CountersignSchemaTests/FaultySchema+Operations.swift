extension FaultySchema {
    /// Mistakes in operations.
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
            "Path parameters that are no text",
            #"""
            client: A
            server: https://a.example
            operations:
              one: { get: "/{a}/{b}/{c}", path: { a: optional string, b: list of int, c: json }, returns: nothing }
            """#,
            expected: [
                "4:42: error: a path parameter must be one value that is always there, such as 'string' or 'int'",
                "4:62: error: a path parameter must be one value that is always there, such as 'string' or 'int'",
                "4:78: error: a path parameter must be one value that is always there, such as 'string' or 'int'",
            ]
        ),
        FaultySchema(
            "Paths that are none",
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
                "4:13: error: a path starts with '/', and its server stands in 'server': 'items'",
                "5:13: error: expected '{name}' in the path '/items/{id'",
                "6:13: error: expected '{name}' in the path '/items/{}'",
                "7:13: error: a path has no query; its parameters stand under 'query': '/items?x=1'",
                "8:13: error: the parameter 'id' stands twice in the path '/{id}/{id}'",
                "9:13: error: a path holds a character that must be percent-encoded: '/a b'",
                "10:13: error: a path has no '.' or '..' segment: '/a/../b'",
                "11:13: error: a '}' has no '{' before it in the path: '/items}'",
            ]
        ),
        FaultySchema(
            "Pagination that names missing fields",
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
                "8:24: error: 'items' names 'itemz', which the answer does not have; did you mean 'items'?",
                "13:37: error: 'next' names 'next', which the answer does not have; expected one of items, "
                    + "next_cursor, total",
                "13:49: error: 'into' names 'curser', which is no query parameter; did you mean 'cursor'?",
                "18:56: error: 'size' must have the type of 'next_cursor', whose value it takes",
                "22:15: error: 'paginate' must say one way to the next page: 'next' and 'into', 'linkHeader: "
                    + "true', or 'page'",
                "27:5: error: 'paginate' needs 'items', the field of the answer that holds them",
            ]
        ),
        FaultySchema(
            "A body where there can be none",
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
                "5:27: error: the answer to HEAD has no body: write 'returns: nothing'",
                "6:17: error: operation 'c' has a method already, 'get'",
                "7:3: error: operation 'd' needs a method and a path, such as 'get: /items'",
                "8:3: error: operation 'e' must say what it returns; write 'returns: nothing' if that is nothing",
            ]
        ),
        FaultySchema(
            "Statuses that are none",
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
                "4:19: error: the status 2xx is a success; it stands in 'returns'",
                "4:27: error: expected a status such as '404', '4xx' or 'default', not 'abc'",
                "4:35: error: expected a status such as '404', '4xx' or 'default', not '600'",
                "6:28: error: expected a status such as '200' or '2xx', not '20x'",
                "7:48: error: the status 404 is a success at 7:28",
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
                "6:16: error: the header 'Authorization' is written by the client itself; remove it",
                "6:39: error: 'X Y' cannot name a header; write a name like 'X-Request-ID'",
                "6:59: error: a header must be a value that can be written as text, or a list of such values",
                "6:78: error: the header 'X-B' stands twice; the first is at 6:65",
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
                "5:76: error: unknown style 'commas'; did you mean 'comma'?",
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
                "4:48: error: an operation has one body: 'body' or 'multipart'",
                "5:31: error: 'raw' must be a media type like 'text/csv', not 'png'",
                "6:26: error: 'form' stands alone in a body",
                "7:24: error: 'nothing' stands only where an answer is described",
                "7:52: error: 'stream' must be a media type like 'text/csv', not 'csv'",
            ]
        ),
        FaultySchema(
            "An answer that may be absent",
            #"""
            client: A
            server: https://a.example
            operations:
              a: { get: /a, returns: optional string }
            """#,
            expected: [
                "4:26: error: an answer is never absent: write 'nullable …', or list the status that has 'nothing'"
            ]
        ),
        FaultySchema(
            "An idempotency key that is a parameter as well",
            #"""
            client: A
            server: https://a.example
            operations:
              a: { post: /a, headers: { idempotency-key: { type: string, swift: key } }, idempotencyKey: Idempotency-Key, returns: nothing }
            """#,
            expected: ["4:94: error: the header 'Idempotency-Key' is a parameter at 4:29; remove that one"]
        ),
        FaultySchema(
            "A field called like a type beside it, and two operations whose types would stand in one place",
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
                "4:37: error: '名前Value' is the name of a type in here, too; choose another with 'swift: …'",
                "4:54: error: 'Item' is the name of a type in here, too; choose another with 'swift: …'",
                "7:3: error: 'problemCall' and 'problem' (6:3) are both 'ProblemCall' in Swift; choose another name with "
                    + "'swift: …'",
            ]
        ),
        FaultySchema(
            "A parameter called like the other properties of a body",
            #"""
            client: A
            server: https://a.example
            operations:
              b: { post: "/b/{others}", path: { others: int }, body: { fields: { x: int }, others: json }, returns: nothing }
              c: { post: /c, body: { fields: { others: int }, others: json }, returns: nothing }
            """#,
            expected: [
                "4:37: error: 'others' is taken at 4:3; choose another name with 'swift: …'",
                "5:36: error: a type with 'others' keeps the other properties under this name; choose another with "
                    + "'swift: …'",
            ]
        ),
        FaultySchema(
            "Two inline types of one name",
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
                "8:70: error: this type is called 'GetItem.Input.In' by its place, as the one at 8:27 is; declare it "
                    + "under 'types'",
            ]
        ),
    ]
}
