extension ClientSchemaTests {
    private static func root(_ text: String) -> String {
        var text = text
        if !text.hasPrefix("client:") { text = "client: A\n" + text }
        if !text.contains("\nserver") { text = "server: https://a.example\n" + text }
        return text.contains("operations:") ? text : text + "\noperations: { a: { get: /a, returns: nothing } }"
    }

    private static func operation(_ text: String, method: String = "put") -> String {
        root("operations: { a: { \(method): /a, \(text)\(text.contains("returns") ? "" : ", returns: nothing") } }")
    }

    private static func field(_ text: String) -> String {
        operation("body: { fields: { a: \(text) } }")
    }

    private static func type(_ text: String) -> String {
        root("types: { T: \(text), U: { fields: { x: int } } }")
    }

    /// Documents on which the JSON Schema and the validator agree.
    static let documents: [(isValid: Bool, text: String)] =
        [
            // Roots
            (true, root("")), (true, root("client: CatalogAPI")), (true, root("client: 'Catalog_API'")),
            (false, root("client: Catalog-API")), (false, root("client: 2nd")), (false, root("client:")),
            (false, "server: https://a.example\noperations: {}"), (false, "client: A\noperations: {}"),
            (false, "client: A\nserver: https://a.example"), (false, root("servers: {}")),
            (false, "client: A\nserver: https://a.example\nservers: { b: https://b.example }\noperations: {}"),
            (true, root("server: http://127.0.0.1:8080/a")), (true, root("server: http://[::1]")),
            (false, root("server: http://a.example")), (false, root("server: ftp://a.example")),
            (false, root("server: https://user@a.example")), (false, root("server: https://a.example/?b=c")),
            (true, root("servers: { b: https://b.example, c: { url: https://c.example, description: C. } }")),
            (false, root("servers: { b: { issuer: https://c.example } }")),
            (true, root("timeout: 500ms")), (false, root("timeout: 30")), (false, root("timeout: 0s")),
            (true, root("access: public")), (false, root("access: open")),
            (true, root("stub: true")), (true, root("stub: 'false'")), (false, root("stub: yes")),
            (true, root("conformances: [Codable]")), (true, root("conformances: Codable")),
            (false, root("conformances: [Sendable]")), (false, root("conformances: [Codable, Codable]")),
            (true, root("description: 5")), (false, root("description: [a]")), (false, root("descriptions: a")),
            // Schemes
            (true, root("auth: none")), (true, root("auth: bearer")), (false, root("auth: apiKey")),
            (false, root("auth: [bearer]")), (true, root("auth: { bearer: }")), (true, root("auth: { basic: {} }")),
            (false, root("auth: { bearer: eyJ }")), (true, root("auth: { apiKey: { header: X-Key } }")),
            (false, root("auth: { apiKey: { header: X-Key, query: key } }")), (false, root("auth: { apiKey: {} }")),
            (false, root("auth: { apiKey: { header: X Key } }")), (false, root("auth: { apiKey: { value: x } }")),
            (true, root("auth: { a: bearer, b: { apiKey: { header: X } }, default: [a and b, none] }")),
            (false, root("auth: { a: bearer, basic: {} }")), (false, root("auth: { none: bearer }")),
            (false, root("auth: { a: { bearer: {}, basic: {} } }")), (false, root("auth: { a: {} }")),
            (false, root("auth: { a: bearer, default: [] }")), (false, root("auth: { a: bearer, default: a a }")),
        ]
        + [
            (true, "scopes: [a, 'b:c']"), (true, "scopes: a"), (false, "scopes: a b"), (false, "scopes: [a, a]"),
            (true, "resource: 'urn:a'"), (true, "resource: ['https://a.example/b']"), (false, "resource: a"),
            (true, "clientAuthentication: private_key_jwt"), (false, "clientAuthentication: basic"),
            (true, "dpop: true"), (true, "dpop: { algorithm: EdDSA }"), (true, "dpop: {}"), (false, "dpop: ES256"),
            (false, "dpop: { algorithm: HS256 }"), (true, "parameters: { tenant: acme }"),
            (false, "parameters: { tenant: [acme] }"), (true, "tokenPerScopes: false"), (true, "clientID: a"),
            (true, "tokenEndpoint: https://b.example/token"), (false, "tokenEndpoint: /token"),
            (true, "audience: a"), (false, "secret: a"), (false, "scope: a"),
            (true, "endpointOrigins: https://t.example"), (true, "endpointOrigins: ['https://t.example:8443']"),
            (true, "endpointOrigins: ['http://127.0.0.1:80', 'https://t.example']"),
            (false, "endpointOrigins: t.example"), (false, "endpointOrigins: http://t.example"),
            (false, "endpointOrigins: https://t.example/"), (false, "endpointOrigins: [https://t.example/token]"),
            (false, "endpointOrigins: { a: b }"), (false, "endpointOrigins: 'https://u@t.example'"),
        ].map { ($0, root("auth: { clientCredentials: { issuer: https://b.example, \($1) } }")) }
        + ["authorizationCode", "device", "tokenExchange"].flatMap { kind in
            [
                (true, root("auth: { \(kind): { issuer: https://b.example, clientID: a, scopes: [a], dpop: true } }")),
                (kind == "tokenExchange", root("auth: { \(kind): { tokenEndpoint: https://b.example/token } }")),
                (
                    kind != "tokenExchange",
                    root("auth: { \(kind): { issuer: https://b.example, tokenPerScopes: true } }")
                ),
                (false, root("auth: \(kind)")),
            ]
        }
        + [
            (true, "string"), (true, "optional nullable list of map of nullable int"), (true, "  optional   U "),
            (false, "optional optional int"), (false, "nullable optional int"), (false, "nullable nullable int"),
            (false, "list of optional int"), (false, "list int"), (false, "list of"), (false, "optional"),
            (false, "string or int"), (false, "nothing"), (false, "[int]"), (false, "''"), (false, "map"),
            (true, "{ type: optional int, default: 5, description: A., deprecated: B., swift: c }"),
            (true, "{ list: { map: { nullable: int } } }"), (true, "{ optional: { list: int } }"),
            (false, "{ optional: optional int }"), (false, "{ list: { optional: int } }"),
            (false, "{ nullable: nullable int }"), (false, "{ list: int, map: int }"), (false, "{}"),
            (false, "{ list: int, closed: true }"), (false, "{ type: int, id: int }"),
            (true, "{ enum: [a, '1', 'true'] }"), (true, "{ enum: [1, 2] }"), (false, "{ enum: [a, 1] }"),
            (false, "{ enum: [true, false] }"), (false, "{ enum: [1.5] }"), (false, "{ enum: { a: 1, b: c } }"),
            (false, "{ enum: { a: } }"), (true, "{ enum: { low: 1, high: 2 }, closed: true }"),
            (false, "{ enum: [] }"), (false, "{ enum: [a, a] }"), (false, "{ enum: {} }"), (false, "{ enum: a }"),
            (true, "{ fields: { b: int } }"), (true, "{ id: int, fields: {} }"), (true, "{ includes: [U] }"),
            (true, "{ id: { type: string, swift: key } }"), (true, "{ includes: U, others: nullable json }"),
            (false, "{ fields: { b: int }, others: optional json }"), (false, "{ fields: [a] }"),
            (true, "{ wraps: list of string }"), (false, "{ wraps: nullable string }"),
            (true, "{ oneOf: { a: U }, discriminator: kind }"),
            (true, "{ oneOf: { a: U }, discriminator: k, closed: true }"), (false, "{ oneOf: { a: U } }"),
            (false, "{ oneOf: [U], discriminator: kind }"), (false, "{ fields: {}, discriminator: kind }"),
            (true, "{ timestamp: unixSeconds }"), (false, "{ timestamp: unix }"), (false, "{ swift: a }"),
            (false, "{ type: int, swift: a b }"), (false, "{ type: int, style: comma }"), (false, "{ tpye: int }"),
        ].flatMap { (isValid, text) in
            // The type of a field; `only` and `default` are only allowed in fields.
            [(isValid, root("types: { F: { fields: { f: \(text) } }, U: { fields: { x: int } } }"))]
                + (text.contains("default") || text.contains("id: {") ? [] : [(isValid, type(text))])
        }
        + [
            (true, field("{ type: int, only: request }")), (false, field("{ type: int, only: write }")),
            (false, type("{ type: int, only: request }")), (false, type("{ type: int, default: 5 }")),
            (false, root("types: { list: int }")), (false, root("types: { T U: int }")),
            // Operations
            (true, root("operations: { a: { get: /a, returns: nothing } }")), (false, operation("returnz: int")),
            (false, root("operations: { a: { returns: nothing } }")),
            (false, operation("post: /b")), (false, root("operations: { a: { get: a, returns: nothing } }")),
            (false, root("operations: { a: { get: /a?b=c, returns: nothing } }")),
            (false, root("operations: { a: { get: /a } }")), (false, root("operations: [a]")),
            (true, root("operations: { a: { get: '/{b}', path: { b: int }, returns: nothing } }")),
            (true, root("operations: { a: { get: '/{b}', path: { b: { wraps: string } }, returns: nothing } }")),
            (false, root("operations: { a: { get: '/{b}', path: { b: optional int }, returns: nothing } }")),
            (false, root("operations: { a: { get: '/{b}', path: { b: json }, returns: nothing } }")),
            (true, operation("query: { a: { type: list of int, style: pipe } }")),
            (false, operation("query: { a: { type: list of int, style: tabs } }")),
            (true, operation("query: { a: { fields: { b: int }, style: deepObject } }")),
            (false, operation("query: { a: { type: int, only: request } }")),
            (true, operation("headers: { X-A: optional list of int }")), (false, operation("headers: { X A: int }")),
            (false, operation("headers: { X-A: { type: int, style: comma } }")),
            (true, operation("body: int")), (true, operation("body: optional int")),
            (true, operation("body: { form: { a: { type: int, only: request } } }")),
            (true, operation("body: { raw: image/png }")), (false, operation("body: { raw: png }")),
            (false, operation("body: { raw: image/png, form: {} }")), (false, operation("body: { swift: a }")),
            (false, operation("body: int", method: "get")), (false, operation("multipart: {}", method: "get")),
            (true, operation("multipart: { a: file, b: { type: optional list of file } }")),
            (false, operation("body: int, multipart: { a: file }")),
            (true, operation("idempotencyKey: Idempotency-Key")), (false, operation("idempotencyKey: a b")),
            (true, operation("server: https://b.example, timeout: 5m")), (false, operation("server: b.example")),
            (true, operation("summary: a, description: b, deprecated: c, swift: d")),
            (true, operation("auth: none")), (false, operation("auth: []")), (false, operation("scopes: [[a]]")),
            // Responses
            (true, operation("returns: nullable list of int")), (false, operation("returns: optional int")),
            (true, operation("returns: { 2XX: int }")), (true, operation("returns: { 200: int, 204: nothing }")),
            (true, operation("returns: { '200': { fields: { a: int } }, 304: nothing }")),
            (false, operation("returns: { 100: int }")), (false, operation("returns: { default: int }")),
            (false, operation("returns: { 200: int, list: int }")), (false, operation("returns: {}")),
            (true, operation("returns: { list: int }")), (true, operation("returns: { stream: text/csv }")),
            (true, operation("returns: { events: { fields: { a: int } } }")), (false, operation("returns: [int]")),
            (false, operation("returns: { stream: text/csv, type: int }")),
            (false, operation("returns: { stream: text/csv, events: int }")),
            (true, operation("returns: { stream: text/csv, headers: { ETag: optional string } }")),
            (true, operation("returns: { 200: { type: int, headers: { ETag: { type: string, swift: tag } } } }")),
            (false, operation("returns: { type: optional int }")),
            (true, operation("returns: { 200: { type: nothing, headers: { ETag: string } } }")),
            (true, operation("returns: { headers: { ETag: string } }")),
            (false, operation("returns: { headers: { E Tag: string } }")),
            (false, operation("returns: { type: int, swift: a }")), (false, operation("returns: { optional: int }")),
            (true, operation("errors: { 404: nothing, 4xx: { list: int }, default: json }")),
            (false, operation("errors: { 201: int }")), (false, operation("errors: { 2xx: int }")),
            (false, operation("errors: { 404: optional int }")), (false, operation("errors: int")),
        ]
        + [
            (true, "{ items: xs, next: n, into: c }"), (true, "{ linkHeader: true, items: xs }"),
            (true, "{ page: p, items: xs }"), (false, "{ items: xs }"), (false, "{ items: xs, next: n }"),
            (false, "{ items: xs, into: c }"), (false, "{ items: xs, linkHeader: false }"), (false, "linkHeader"),
            (false, "{ items: xs, linkHeader: true, page: p }"), (false, "{ items: xs, page: p, into: c }"),
            (false, "{ items: [xs], page: p }"), (false, "{ item: xs, page: p }"),
        ].map {
            (
                $0,
                operation(
                    "query: { c: optional string, p: optional int }, paginate: \($1), "
                        + "returns: { fields: { xs: list of int, n: optional string } }"
                )
            )
        }

    /// Documents with errors that a JSON Schema cannot express, such as references to undeclared names.
    static let beyond = [
        root("types: { T: { fields: { a: Nowhere } } }"),
        root("auth: { a: bearer, default: b }"),
        root("auth: { clientCredentials: { scopes: [a] } }"),
        root("operations: { a: { get: '/{b}', returns: nothing } }"),
        root("operations: { a: { get: /a, returns: nothing }, A: { get: /a, returns: nothing } }"),
        root("types: { T: { includes: [T] } }\noperations: { a: { get: /a, returns: T } }"),
        operation("query: { a: { type: int, default: many } }"),
        operation("body: { fields: { a: file } }"),
        operation("headers: { Authorization: string }"),
        operation("returns: list of int, paginate: { page: n }"),
        root("types: { T: { oneOf: { 1: U }, discriminator: k }, U: { fields: { x: int } } }"),
    ]
}
