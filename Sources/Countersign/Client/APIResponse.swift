@_spi(Generated) public import CountersignJSON

/// One declared response of an operation: its statuses and the decoding of its body.
@_spi(Generated)
public struct APIResponse<Value: Sendable>: Sendable {
    let status: StatusPattern
    /// True if the schema declares that the response has no body.
    var isEmpty = false
    let decode: @Sendable (HTTP.Response) throws -> Value

    /// A JSON body.
    public static func json(_ status: StatusPattern) -> APIResponse where Value: JSONDecodable {
        APIResponse(status: status) { response in
            try Value(json: JSONDocument(parsing: response.body).root)
        }
    }

    /// A JSON body, of an operation that also has responses without a body.
    public static func json<Body: JSONDecodable>(_ status: StatusPattern, _ type: Body.Type) -> APIResponse
    where Value == Body? {
        APIResponse(status: status) { try $0.json(Body.self) }
    }

    /// A JSON body that becomes one case of an enumeration.
    public static func json<Body: JSONDecodable & Sendable>(
        _ status: StatusPattern,
        _ type: Body.Type,
        _ wrap: @escaping @Sendable (Body) -> Value
    ) -> APIResponse {
        APIResponse(status: status) { try wrap($0.json(Body.self)) }
    }

    /// Header fields, with or without a body.
    public static func headed(_ status: StatusPattern) -> APIResponse where Value: ResponseDecodable {
        APIResponse(status: status) { try Value(response: $0) }
    }

    /// Header fields, of an operation that also has responses without content.
    public static func headed<Head: ResponseDecodable>(_ status: StatusPattern, _ type: Head.Type) -> APIResponse
    where Value == Head? {
        APIResponse(status: status) { try Head(response: $0) }
    }

    /// Header fields that become one case of an enumeration.
    public static func headed<Head: ResponseDecodable & Sendable>(
        _ status: StatusPattern,
        _ type: Head.Type,
        _ wrap: @escaping @Sendable (Head) -> Value
    ) -> APIResponse {
        APIResponse(status: status) { try wrap(Head(response: $0)) }
    }

    /// No body.
    ///
    /// If there is one, it is ignored.
    public static func empty(_ status: StatusPattern) -> APIResponse where Value == Void {
        APIResponse(status: status, isEmpty: true) { _ in }
    }

    /// No body, of an operation that also has responses with a body.
    ///
    /// If there is one, it is ignored.
    public static func empty(_ status: StatusPattern, _ value: Value) -> APIResponse {
        APIResponse(status: status, isEmpty: true) { _ in value }
    }

    /// An error without a declared body.
    ///
    /// If there is one, it is ignored.
    public static func withoutProblem(_ status: StatusPattern) -> APIResponse {
        APIResponse(status: status) { _ in throw NoProblem() }
    }
}

/// The signal of a decoder that the schema declares the status as an error without a body.
struct NoProblem: Error {}
