public import CountersignHTTP

/// A request that a fake server took, and what became of it.
///
/// It prints without a secret; the request itself is whole, for tests to look into.
public struct RecordedRequest: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The number of the request at this server, from 1.
    public let number: Int
    /// What it was for: an endpoint's name, such as `token`, or a route of an API, such as `GET /items/{id}`.
    public let endpoint: String
    /// The request as it came in.
    public let request: HTTP.Request
    /// The parameters of a form in its body; empty when its content type is another.
    public let form: FormParameters
    /// The status of the answer; nil while it is under way, and when there was none.
    public internal(set) var status: HTTP.Status?
    /// The code of the error that the answer carries, such as `invalid_client`.
    public internal(set) var error: String?
    /// What is wrong, in words, when the server refused the request.
    public internal(set) var reason: String?

    /// Number, method, path, the parameters that are no secret, and the outcome.
    public var description: String {
        let parameters = form.isEmpty ? "" : " \(form)"
        let outcome = [status?.description, error, reason].compactMap { $0 }.joined(separator: " ")
        return "#\(number) \(request.method) \(request.url.path)\(parameters) → \(outcome.isEmpty ? "…" : outcome)"
    }

    /// The same as ``description``.
    public var debugDescription: String { description }

    /// Only the description, so that `dump` shows no secret.
    public var customMirror: Mirror { Mirror(reflecting: description) }
}
