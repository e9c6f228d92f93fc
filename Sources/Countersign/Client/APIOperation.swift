/// What a schema says of one operation: made once, and shared by all calls.
@_spi(Generated)
public final class APIOperation<Success: Sendable, Problem: Sendable>: Sendable {
    let name: String
    let method: HTTP.Method
    let pathTemplate: String
    /// The path template, cut at its placeholders: one more text than there are placeholders.
    let path: [String]
    let requirement: Int?
    let idempotencyKey: HTTP.FieldName?
    /// Where the operation is called, if not at the client's server.
    let server: String?
    let timeout: Duration?
    let returns: [APIResponse<Success>]
    let errors: [APIResponse<Problem>]

    /// - Parameters:
    ///   - path: The path below the server's URL; `{name}` is filled by a parameter.
    ///   - requirement: The place among the definition's requirements; nil when the operation needs none.
    ///   - idempotencyKey: The header field of an idempotency key, if the operation has one.
    ///   - server: The base URL of this operation alone.
    ///   - timeout: The longest that a call may take in all.
    public init(
        _ name: String,
        _ method: HTTP.Method,
        _ path: String,
        requirement: Int? = nil,
        idempotencyKey: HTTP.FieldName? = nil,
        server: String? = nil,
        timeout: Duration? = nil,
        returns: [APIResponse<Success>],
        errors: [APIResponse<Problem>] = []
    ) {
        self.name = name
        self.method = method
        pathTemplate = path
        self.path = path.split(separator: "{", omittingEmptySubsequences: false).enumerated().map { index, part in
            index == 0 ? String(part) : String(part.drop { $0 != "}" }.dropFirst())
        }
        self.requirement = requirement
        self.idempotencyKey = idempotencyKey
        self.server = server
        self.timeout = timeout
        self.returns = returns
        self.errors = errors
    }
}
