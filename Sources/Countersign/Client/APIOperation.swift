/// The definition of one operation, created once and shared by all calls.
@_spi(Generated)
public final class APIOperation<Success: Sendable, Problem: Sendable>: Sendable {
    let name: String
    let method: HTTP.Method
    let pathTemplate: String
    /// The parts of the path template before, between and after its placeholders.
    let path: [String]
    let requirement: Int?
    let idempotencyKey: HTTP.FieldName?
    /// The base URL of the operation, if it is not at the server of the client.
    let server: String?
    let timeout: Duration?
    let returns: [APIResponse<Success>]
    let errors: [APIResponse<Problem>]

    /// Creates the definition of an operation.
    ///
    /// - Parameters:
    ///   - path: The path below the URL of the server. A parameter replaces each `{name}`.
    ///   - requirement: The index of the requirement in the definition; nil if the operation needs no authorization.
    ///   - idempotencyKey: The header field of the idempotency key, if the operation has one.
    ///   - server: The base URL of this operation, if it differs from the client's.
    ///   - timeout: The timeout of calls, for all attempts and waits together.
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
