extension Schema {
    /// A request that the client can make.
    package struct Operation: Sendable {
        /// The name in the file.
        package var name: String
        /// The name of the method, unescaped.
        package var swiftName: String
        /// The name of the type that contains inline types: `ListItems`.
        package var typeName: TypeName
        package var location = SourceLocation.start
        package var method: Method
        package var path: PathTemplate
        package var summary: String?
        package var description: String?
        /// The advice on what to use instead; nil for an operation that is not deprecated.
        package var deprecated: String?
        /// The path parameters in the order of the template.
        package var pathParameters: [Parameter] = []
        package var queryParameters: [Parameter] = []
        package var headerParameters: [Parameter] = []
        package var body: Body?
        /// The success responses, never empty, more specific statuses first.
        package var responses: [Response]
        /// The declared errors, including those of the client, more specific statuses first.
        package var errors: [Response] = []
        package var pagination: Pagination?
        /// The scopes that a token must have in addition to those that its scheme always requests.
        package var scopes: [String] = []
        /// The required authorization: the operation's own `auth`, or else the default.
        package var requirement = AuthorizationRequirement.none
        /// The header that carries the idempotency key, one key for each call.
        package var idempotencyKey: String?
        /// A base URL that replaces the client's.
        package var server: String?
        package var timeout: Duration?

        package enum Method: String, Sendable, CaseIterable {
            case get, head, post, put, patch, delete, options

            /// The method on the wire.
            package var wireName: String { rawValue.uppercased() }
        }
    }
}

extension Schema.Operation {
    /// Indicates whether types are generated for responses: because of header fields, or one for each status.
    var hasOutputType: Bool {
        (responses + errors).contains { !$0.headers.isEmpty && $0.name.path[0] == typeName.path[0] }
            || Set(responses.map(\.content)).subtracting([.nothing]).count > 1
    }

    /// Indicates whether types are generated for the operation that the file does not declare.
    var needsNamespace: Bool {
        if case .fields? = body { return true }
        return responses.count > 1 || responses.contains { !$0.headers.isEmpty }
    }
}
