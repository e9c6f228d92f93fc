/// The description of a span that a ``Telemetry`` is asked to start.
///
/// It contains no secret; see ``Telemetry``.
public struct SpanDescription: Sendable, Hashable {
    /// The kind of a span.
    ///
    /// New kinds may be added: end every `switch` with a `default`.
    public struct Kind: Hashable, Sendable, CustomStringConvertible {
        private enum Code: String {
            case call, tokenRequest, request
        }

        private let code: Code

        /// A call, with all its attempts and delays.
        public static let call = Kind(code: .call)
        /// A request for a token, with its resends.
        ///
        /// Many calls can wait for one token request, so it is not part of a call. The span is linked to the calls instead
        /// (``TelemetrySpan/link(to:)``).
        public static let tokenRequest = Kind(code: .tokenRequest)
        /// A single HTTP request: one attempt of a call or of a token request, or a request for metadata or keys.
        ///
        /// Its span is a child of the span that is current, if there is one.
        public static let request = Kind(code: .request)

        /// The name of the kind: a fixed word.
        public var description: String { code.rawValue }
    }

    /// The kind of the span.
    public let kind: Kind
    /// The name of the span: `GET /items/{id}` for a call, `POST token` for a token request, `token source` for a request of
    /// a ``TokenSource``, `GET` for a request.
    public let name: String
    /// The attributes, with the names of OpenTelemetry where it has one.
    ///
    /// | attribute | spans |
    /// | --- | --- |
    /// | `http.request.method` | all |
    /// | `server.address`, `server.port` | all; of a token request, the authorization server's |
    /// | `url.template` | calls and their requests |
    /// | `http.request.resend_count` | requests after the first one of a call or a token request |
    /// | `countersign.client` | all with a client; of a token request, the client whose call started it |
    /// | `countersign.operation` | calls |
    /// | `countersign.client_id`, `countersign.issuer`, `countersign.grant_type` | token requests |
    public let attributes: [String: TelemetryValue]

    /// Creates a description, for example in the test of a ``Telemetry``.
    public init(_ kind: Kind, name: String, attributes: [String: TelemetryValue] = [:]) {
        self.kind = kind
        self.name = name
        self.attributes = attributes
    }
}
