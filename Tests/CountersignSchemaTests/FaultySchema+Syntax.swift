extension FaultySchema {
    /// Invalid YAML, and YAML that is not part of the language.
    static let syntax: [FaultySchema] = [
        FaultySchema(
            "A path with braces in flow form",
            #"""
            client: A
            server: https://a.example
            operations:
              get: { get: /items/{id}, path: { id: string }, returns: nothing }
            """#,
            expected: [
                #"4:15: error: put a path with braces in quotes, or use block form: "/items/{id}""#
            ]
        ),
        FaultySchema(
            "A path with braces at the end of a flow form",
            #"""
            client: A
            server: https://a.example
            operations:
              get: {get: /items/{id}/parts/{part}}
            """#,
            expected: [
                #"4:14: error: put a path with braces in quotes, or use block form: "/items/{id}/parts/{part}""#
            ]
        ),
        FaultySchema(
            "A missing space in flow form",
            #"""
            client: A
            server: https://a.example
            operations:
              get:
                get: /items/{id}
                path: {id:string}
                returns: nothing
            """#,
            expected: [
                "6:12: error: missing space after ':'; write 'id: string'"
            ]
        ),
        FaultySchema(
            "A missing space in block form",
            #"""
            client: A
            server: https://a.example
            operations:
              get:
                get:/items
                returns: nothing
            """#,
            expected: [
                "5:5: error: missing space after ':'; write 'get: /items'"
            ]
        ),
        FaultySchema(
            "A missing space in the last line of a block",
            #"""
            client: A
            server: https://a.example
            operations:
              get:
                get: /items
                returns:nothing
            """#,
            expected: [
                "6:5: error: missing space after ':'; write 'returns: nothing'"
            ]
        ),
        FaultySchema(
            "A missing space where a mapping is expected",
            #"""
            client: A
            server: https://a.example
            operations:
              get:
                get: /items/{id}
                returns: nothing
                path:
                  id:string
            """#,
            expected: [
                "8:7: error: missing space after ':'; write 'id: string'"
            ]
        ),
        FaultySchema(
            "A summary that is cut off by '#'",
            #"""
            client: A
            server: https://a.example
            operations:
              a: { get: /a, summary: "Fetches #1", returns: nothing }
              b:
                get: /b
                summary: Fetches item #1 of all
                returns: nothing
              c:
                get: /c
                summary: Fetches it. # a comment
                returns: nothing
            """#,
            expected: [
                "7:14: error: 'summary' ends where '#' starts a comment; put the text in quotes"
            ]
        ),
        FaultySchema(
            "Not a mapping",
            #"""
            - client
            """#,
            expected: [
                "1:1: error: a schema must be a mapping ('key: value'), not a list"
            ]
        ),
        FaultySchema(
            "An empty file",
            #"""

            """#,
            expected: [
                "1:1: error: the file is empty; expected 'client', 'server' and 'operations'"
            ]
        ),
        FaultySchema(
            "Duplicate keys",
            #"""
            client: A
            server: https://a.example
            client: B
            operations:
              a: { get: /a, get: /b, returns: nothing }
            """#,
            expected: [
                "3:1: error: duplicate key 'client'; the first is at 1:1",
                "5:17: error: duplicate key 'get'; the first is at 5:8",
            ]
        ),
        FaultySchema(
            "An anchor, an alias, a tag and a merge key",
            #"""
            client: &name A
            server: https://a.example
            description: *name
            operations:
              a: !op { get: /a, returns: nothing }
              b: { <<: { get: /b }, get: /b, returns: nothing }
            """#,
            expected: [
                "1:9: error: an anchor ('&') is not allowed in a schema",
                "3:14: error: an alias ('*') is not allowed in a schema; repeat the value",
                "5:6: error: a tag ('!') is not allowed in a schema",
                "6:8: error: a merge key ('<<') is not allowed in a schema; use 'includes'",
            ]
        ),
        FaultySchema(
            "A second document",
            #"""
            client: A
            server: https://a.example
            operations: {}
            ---
            client: B
            """#,
            expected: [
                "4:1: error: a schema file must contain a single document; this is a second one"
            ]
        ),
        FaultySchema(
            "A key that is not text",
            #"""
            client: A
            server: https://a.example
            ? [a, b]
            : c
            operations: {}
            """#,
            expected: [
                "3:3: error: a key must be text, not a list"
            ]
        ),
        FaultySchema(
            "A tab",
            #"""
            client: A
            operations:
            	get: x
            """#,
            expected: [
                "3:1: error: a tab is not allowed as indentation; use spaces"
            ]
        ),
        FaultySchema(
            "A missing closing bracket",
            #"""
            client: A
            operations: { a: { get: /a
            """#,
            expected: [
                "3:1: error: expected ',' or '}' for the bracket opened at 2:18"
            ]
        ),
        FaultySchema(
            "A missing closing quote",
            #"""
            client: "A
            """#,
            expected: [
                "1:9: error: missing closing quote"
            ]
        ),
        FaultySchema(
            "A colon in text",
            #"""
            client: A
            description: Fetches: everything
            """#,
            expected: [
                "2:21: error: unexpected second ': '; put text that contains ': ' in quotes, or check the indentation"
            ]
        ),
        FaultySchema(
            "Wrong indentation",
            #"""
            client: A
               server: x
            """#,
            expected: [
                "2:10: error: unexpected second ': '; put text that contains ': ' in quotes, or check the indentation"
            ]
        ),
    ]
}
