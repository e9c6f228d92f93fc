/// One declared response of an operation: which statuses it has, and what its body becomes.
@_spi(Generated)
public struct APIResponse<Value: Sendable>: Sendable {
    let status: StatusPattern
    let expectsBody: Bool
    let decode: @Sendable ([UInt8]) throws -> Value

    /// A JSON body.
    public static func json(_ status: StatusPattern) -> APIResponse where Value: JSONDecodable {
        APIResponse(status: status, expectsBody: true) { body in
            try Value(json: JSONDocument(parsing: body).root)
        }
    }

    /// A JSON body that is one case of several.
    public static func json<Body: JSONDecodable & Sendable>(
        _ status: StatusPattern,
        _ type: Body.Type,
        _ wrap: @escaping @Sendable (Body) -> Value
    ) -> APIResponse {
        APIResponse(status: status, expectsBody: true) { body in
            try wrap(Body(json: JSONDocument(parsing: body).root))
        }
    }

    /// No body; one that comes all the same is not looked at.
    public static func empty(_ status: StatusPattern) -> APIResponse where Value == Void {
        APIResponse(status: status, expectsBody: false) { _ in }
    }
}
