@_spi(Generated) public import CountersignJSON

/// One declared response of an operation: which statuses it has, and what it becomes.
@_spi(Generated)
public struct APIResponse<Value: Sendable>: Sendable {
    let status: StatusPattern
    let decode: @Sendable (HTTP.Response) throws -> Value

    /// A JSON body.
    public static func json(_ status: StatusPattern) -> APIResponse where Value: JSONDecodable {
        APIResponse(status: status) { response in
            try Value(json: JSONDocument(parsing: response.body).root)
        }
    }

    /// A JSON body, of an operation with a response that has none.
    public static func json<Body: JSONDecodable>(_ status: StatusPattern, _ type: Body.Type) -> APIResponse
    where Value == Body? {
        APIResponse(status: status) { try $0.json(Body.self) }
    }

    /// A JSON body that is one case of several.
    public static func json<Body: JSONDecodable & Sendable>(
        _ status: StatusPattern,
        _ type: Body.Type,
        _ wrap: @escaping @Sendable (Body) -> Value
    ) -> APIResponse {
        APIResponse(status: status) { try wrap($0.json(Body.self)) }
    }

    /// Header fields, with a body or without.
    public static func headed(_ status: StatusPattern) -> APIResponse where Value: ResponseDecodable {
        APIResponse(status: status) { try Value(response: $0) }
    }

    /// Header fields, of an operation with a response that has nothing.
    public static func headed<Head: ResponseDecodable>(_ status: StatusPattern, _ type: Head.Type) -> APIResponse
    where Value == Head? {
        APIResponse(status: status) { try Head(response: $0) }
    }

    /// Header fields that are one case of several.
    public static func headed<Head: ResponseDecodable & Sendable>(
        _ status: StatusPattern,
        _ type: Head.Type,
        _ wrap: @escaping @Sendable (Head) -> Value
    ) -> APIResponse {
        APIResponse(status: status) { try wrap(Head(response: $0)) }
    }

    /// No body; one that comes all the same is not looked at.
    public static func empty(_ status: StatusPattern) -> APIResponse where Value == Void {
        APIResponse(status: status) { _ in }
    }

    /// No body, of an operation with a response that has one; one that comes all the same is not looked at.
    public static func empty(_ status: StatusPattern, _ value: Value) -> APIResponse {
        APIResponse(status: status) { _ in value }
    }

    /// An error without a body that says more: one that comes all the same is not looked at.
    public static func withoutProblem(_ status: StatusPattern) -> APIResponse {
        APIResponse(status: status) { _ in throw NoProblem() }
    }
}

/// Thrown in place of a problem where the schema declares an error that has none.
struct NoProblem: Error {}
