extension FaultySchema {
    /// Errors in types and fields.
    static let types: [FaultySchema] = [
        FaultySchema(
            "An unknown type",
            #"""
            client: A
            server: https://a.example
            types:
              Item: { fields: { a: Itme, b: integer, c: "string?", d: list of strng, e: Thing, f: "Item[]" } }
            operations:
              get: { get: /i, returns: Item }
            """#,
            expected: [
                "4:24: error: unknown type 'Itme'; did you mean 'Item'?",
                "4:33: error: unknown type 'integer'; did you mean 'int'?",
                "4:45: error: unknown type 'string?'; did you mean 'optional string'?",
                "4:59: error: unknown type 'strng'; did you mean 'string'?",
                "4:77: error: unknown type 'Thing'; declare it under 'types'",
                "4:87: error: unknown type 'Item[]'; did you mean 'list of Item'?",
            ]
        ),
        FaultySchema(
            "Words that are not a type",
            #"""
            client: A
            server: https://a.example
            types:
              T:
                fields:
                  a: list string
                  b: optional
                  c: optional optional int
                  d: nullable optional int
                  e: list of optional int
                  f: string or int
                  g: [string]
                  h: lst of int
            operations:
              get: { get: /t, returns: T }
            """#,
            expected: [
                "6:10: error: expected 'of' after 'list': write 'list of string'",
                "7:10: error: expected a type after 'optional', as in 'optional string'",
                "8:10: error: duplicate 'optional'",
                "9:10: error: write 'optional nullable', in this order, for a value that may be absent or null",
                "10:10: error: an element of a list cannot be optional; write 'list of nullable …'",
                "11:10: error: expected one type, not 'string or int'",
                "12:10: error: expected a type, not a list; write 'list of X' for a list of values",
                "13:10: error: expected one type, not 'lst of int'; did you mean 'list'?",
            ]
        ),
        FaultySchema(
            "Two forms in one type",
            #"""
            client: A
            server: https://a.example
            types:
              T: { fields: { a: int }, wraps: string }
              U: { wraps: string, closed: true }
              V: {}
            operations:
              get: { get: /t, returns: T }
              put: { put: /u, body: U, returns: V }
            """#,
            expected: [
                "4:28: error: 'wraps' cannot be combined with 'fields'",
                "5:23: error: 'closed' cannot be combined with 'wraps'",
                "6:6: error: expected a type: words like 'list of string', or a form like '{ list: string }'",
            ]
        ),
        FaultySchema(
            "Two fields with the same Swift name",
            #"""
            client: A
            server: https://a.example
            types:
              T: { fields: { released_on: date, releasedOn: date } }
            operations:
              get: { get: /t, returns: T }
            """#,
            expected: [
                "4:37: error: 'releasedOn' and 'released_on' (4:18) are both 'releasedOn' in Swift; choose "
                    + "another name with 'swift: …'"
            ]
        ),
        FaultySchema(
            "A name without characters for Swift",
            #"""
            client: A
            server: https://a.example
            types:
              T: { fields: { "+": int, "-": { type: int, swift: minus }, "x y": { type: int, swift: x y } } }
            operations:
              get: { get: /t, returns: T }
            """#,
            expected: [
                "4:18: error: '+' has no characters for a Swift name; choose one with 'swift: …'",
                "4:89: error: 'x y' is not a valid Swift name",
            ]
        ),
        FaultySchema(
            "Types that contain themselves",
            #"""
            client: A
            server: https://a.example
            types:
              Node: { fields: { next: Node } }
              A: { fields: { b: B } }
              B: { fields: { a: A } }
            operations:
              get: { post: /t, body: A, returns: Node }
            """#,
            expected: [
                "4:3: error: every 'Node' would contain another 'Node'; make a field optional, or a list",
                "6:3: error: every 'B' would contain another 'B'; make a field optional, or a list",
            ]
        ),
        FaultySchema(
            "An alias of itself",
            #"""
            client: A
            server: https://a.example
            types:
              A: B
              B: list of A
              W: { wraps: W }
            operations:
              get: { post: /t, body: A, returns: W }
            """#,
            expected: [
                "4:3: error: 'A' is an alias of itself",
                "6:3: error: 'W' is an alias of itself",
            ]
        ),
        FaultySchema(
            "Types that no operation uses",
            #"""
            client: A
            server: https://a.example
            types:
              Used: { wraps: string }
              Unused: { fields: { a: OnlyByUnused } }
              OnlyByUnused: { wraps: string }
            operations:
              get: { get: /t, returns: Used }
            """#,
            expected: [
                "5:3: warning: no operation uses the type 'Unused'",
                "6:3: warning: no operation uses the type 'OnlyByUnused'",
            ]
        ),
        FaultySchema(
            "Defaults that do not fit",
            #"""
            client: A
            server: https://a.example
            types:
              E: { enum: [low, high] }
              T:
                fields:
                  a: { type: int, default: many }
                  b: { type: int32, default: 3000000000 }
                  c: { type: bool, default: yes }
                  d: { list: string, default: none }
                  e: { type: E, default: hihg }
                  f: { type: date, default: 2020-01-01 }
                  g: { type: decimal, default: 1e3 }
                  h: { type: T2, default: {} }
              T2: { fields: { a: int } }
            operations:
              get: { get: /t, returns: T }
            """#,
            expected: [
                "7:32: error: the default must be an integer in the range of its type, not 'many'",
                "8:34: error: the default must be an integer in the range of its type, not '3000000000'",
                "9:33: error: the default of a bool must be true or false, not 'yes'",
                "10:35: error: the default of a list must be a list, such as '[]'",
                "11:30: error: 'hihg' is not a value of 'E'; did you mean 'high'?",
                "12:33: error: a value of this type cannot have a default; make it optional",
                "13:36: error: the default must be a number, not '1e3'",
                "14:31: error: a type with fields cannot have a default",
            ]
        ),
        FaultySchema(
            "Files outside multipart",
            #"""
            client: A
            server: https://a.example
            types: { T: { fields: { a: file } } }
            operations:
              a: { post: /a, body: T, returns: nothing }
              b: { post: /b, body: file, returns: list of file }
              c: { get: /c, query: { a: file }, returns: nothing }
            """#,
            expected: [
                "3:25: error: 'file' is only allowed in 'multipart'; for base64 text in JSON write 'bytes'",
                "6:24: error: 'file' is only allowed in 'multipart'; for bytes write 'raw: image/png'",
                "6:39: error: 'file' is only allowed in 'multipart'; write '{ stream: image/png }'",
                "7:26: error: 'file' is only allowed in 'multipart'; for base64 text in JSON write 'bytes'",
            ]
        ),
        FaultySchema(
            "A discriminator that is missing, and a case without fields",
            #"""
            client: A
            server: https://a.example
            types:
              S: { oneOf: { a: A, b: string } }
              A: { fields: { x: int } }
            operations:
              get: { get: /t, returns: S }
            """#,
            expected: [
                "4:8: error: 'oneOf' requires a 'discriminator', the field that identifies the type",
                "4:23: error: a type of 'oneOf' must have fields, so that it can contain the discriminator",
            ]
        ),
        FaultySchema(
            "Invalid includes",
            #"""
            client: A
            server: https://a.example
            types:
              A: { includes: [B, C], fields: { x: int } }
              B: { includes: [A] }
              D: { wraps: string }
              E: { includes: [D], fields: { y: int } }
              F: { includes: [G], fields: { x: int } }
              G: { fields: { x: int } }
            operations:
              get: { post: /t, body: A, returns: { fields: { e: E, f: F } } }
            """#,
            expected: [
                "4:22: error: unknown type 'C' in 'includes'; expected one of A, B, D, E, F, G",
                "5:19: error: 'A' includes itself",
                "7:19: error: 'D' has no fields to include",
                "8:33: error: 'x' is already used at 9:18; choose another name with 'swift: …'",
            ]
        ),
        FaultySchema(
            "Enums with a duplicate value, without values, with a reserved name",
            #"""
            client: A
            server: https://a.example
            types:
              E: { enum: { a: x, b: x } }
              F: { enum: [] }
              G: { enum: [unrecognized, "+1"] }
              H: { enum: ["+", [a]] }
            operations:
              get: { post: /t, body: E, returns: { fields: { f: F, g: G, h: H } } }
            """#,
            expected: [
                "4:22: error: duplicate value 'x'; the first is at 4:16",
                "5:14: error: an enum requires at least one value",
                "6:15: error: an open enum already has a case 'unrecognized' for unknown values; close it with "
                    + "'closed: true', or name the value, as in '{ enum: { someName: unrecognized } }'",
                "7:15: error: '+' has no characters for a Swift name; name the value, as in '{ enum: { someName: + } "
                    + "}'",
                "7:20: error: a value of an enum must be text or a number, not a list",
            ]
        ),
        FaultySchema(
            "Names that generated types reserve",
            #"""
            client: Countersign
            server: https://a.example
            types:
              T: { fields: { others: int, hash_value: int, a: { type: int, deprecated: Use b. }, b: { type: int, swift: _a } }, others: json }
              S: { oneOf: { unrecognized: T }, discriminator: kind }
              Rows: { list: { fields: { x: int } } }
            operations:
              get: { post: /t, body: S, returns: Rows }
              rows: { post: /r, body: { fields: { x: int } }, returns: nothing }
            """#,
            expected: [
                "1:9: error: a client cannot be called 'Countersign'; choose another name",
                "4:18: error: 'others' is the property for additional properties; choose another name with 'swift: …'",
                "4:31: error: 'hashValue' is reserved by Swift; choose another name with 'swift: …'",
                "4:86: error: 'b' and 'a' (4:48) are both '_a' in Swift; choose another name with 'swift: …'",
                "5:17: error: an open 'oneOf' already has a case 'unrecognized' for unknown values; close it with "
                    + "'closed: true'",
                "9:3: error: 'rows' and 'Rows' (6:3) are both 'Rows' in Swift; choose another name with 'swift: …'",
            ]
        ),
        FaultySchema(
            "Duplicate and unknown values of an enum of integers",
            #"""
            client: A
            server: https://a.example
            types:
              E: { enum: { a: 1, b: +1, c: 01 } }
              F: { enum: { a: 1, b: 2 } }
              T: { fields: { e: E, f: { type: F, default: 2 }, g: { type: F, default: 3 } } }
            operations:
              get: { get: /t, returns: T }
            """#,
            expected: [
                "4:22: error: duplicate value '+1'; the first is at 4:16",
                "4:29: error: duplicate value '01'; the first is at 4:16",
                "6:75: error: '3' is not a value of 'F'; expected one of a, b",
            ]
        ),
    ]
}
