public import CountersignHTTP

/// A request that a fake server received, and its outcome.
///
/// The description contains no secret; ``request`` is complete.
public struct RecordedRequest: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The number of the request at this server, starting at 1.
    public let number: Int
    /// The name of an endpoint, such as `token`, or a route of an API, such as `GET /items/{id}`.
    public let endpoint: String
    /// The request as received.
    public let request: HTTP.Request
    /// The parameters of the form in the body; empty if the content type is not a form's.
    public let form: FormParameters
    /// The status of the response; nil while the request is in flight, and if there was no response.
    public internal(set) var status: HTTP.Status?
    /// The error code of the response, such as `invalid_client`.
    public internal(set) var error: String?
    /// The reason why the server rejected the request, in words.
    public internal(set) var message: String?

    /// Number, method, path, parameters that are not secret, and outcome.
    public var description: String {
        let parameters = form.isEmpty ? "" : " \(form)"
        let outcome = [status?.description, error, message].compactMap { $0 }.joined(separator: " ")
        return "#\(number) \(request.method) \(request.url.path)\(parameters) → \(outcome.isEmpty ? "…" : outcome)"
    }

    /// The same as ``description``.
    public var debugDescription: String { description }

    /// Only the description, so that `dump` shows no secret.
    public var customMirror: Mirror { Mirror(reflecting: description) }
}
