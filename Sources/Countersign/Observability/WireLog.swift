/// A transport that logs each request and response without secrets, for development and for the search of faults.
///
/// ```swift
/// var configuration = CountersignRuntime.Configuration()
/// configuration.transport = WireLog(configuration.transport)
/// ```
///
/// It logs all requests of a runtime: calls, token requests, and requests for metadata and keys.
///
/// ```
/// → 2 POST https://login.example.com/token
///     Authorization: Basic <redacted>
///     grant_type=client_credentials&scope=catalog
/// ← 2 200, access_token <redacted>, token_type DPoP, expires_in 3600
/// → 3 GET https://api.example.com/items/it_1?verbose=<redacted>
///     Authorization: DPoP <redacted>
///     DPoP: <a proof for GET https://api.example.com/items/it_1, bound to the token>
/// ← 3 401
///     WWW-Authenticate: DPoP error="use_dpop_nonce"
///     DPoP-Nonce: eyJ7S0xG
/// ```
///
/// Values of queries, forms and header fields are logged only if they are known to contain no secret. Bodies other than
/// forms and token responses are logged as their size. Text that looks like a token is masked everywhere, also in paths.
///
/// - Important: Paths may contain personal data. ``Telemetry`` is made for production, and reports no paths.
public struct WireLog: HTTP.Transport {
    private let transport: any HTTP.Transport
    private let visibleFields: [HTTP.FieldName]
    private let log: @Sendable (String) -> Void
    private let numbers = RequestNumbers()

    /// Creates a transport that sends requests through another one.
    ///
    /// - Parameters:
    ///   - transport: The transport that sends the requests.
    ///   - visibleFields: Further header fields to log, with their values.
    ///   - log: Writes one entry of one or more lines; called twice for each request, from many tasks at once.
    public init(
        _ transport: any HTTP.Transport,
        visibleFields: [HTTP.FieldName] = [],
        log: @escaping @Sendable (String) -> Void = { print($0) }
    ) {
        self.transport = transport
        self.visibleFields = visibleFields
        self.log = log
    }

    public nonisolated(nonsending) func send(
        _ request: HTTP.Request
    ) async throws(HTTP.TransportError) -> HTTP.Response {
        let number = numbers.next()
        let entry = WireLogEntry(of: request)
        log("→ \(number) \(entry.text(of: request, visibleFields: visibleFields))")
        do throws(HTTP.TransportError) {
            let response = try await transport.send(request)
            log("← \(number) \(entry.text(of: response, visibleFields: visibleFields))")
            return response
        } catch {
            log("← \(number) no response: \(error.kind)")
            throw error
        }
    }
}

/// The numbers that connect the entries of a request and its response.
private final class RequestNumbers: Sendable {
    private let last = Locked(0)

    func next() -> Int {
        last.withLock { number in
            number += 1
            return number
        }
    }
}
