public import CountersignHTTP
@_spi(Generated) public import CountersignJSON

/// A failure that a test injects into a fake server.
///
/// ```swift
/// server.inject(.status(503, fields: ["Retry-After": "30"]), times: 3)
/// server.inject(.withoutMember("expires_in"))
/// server.inject(.oauthError("invalid_client", status: 401).held(by: gate))
/// ```
///
/// Some faults replace the processing of the request (``status(_:body:fields:)``, ``transportError(_:)``). Others change or
/// lose the response after the server has processed the request (``lostResponse``, ``withoutMember(_:)``): the token was
/// issued then, and the proof is used up.
public struct Fault: Sendable {
    enum Action: Sendable {
        case none
        case instead(HTTP.Response)
        case unreachable(HTTP.TransportError)
        case lost(HTTP.TransportError)
        case edited(@Sendable (inout HTTP.Response) -> Void)
        case idToken(@Sendable (inout [String: JSONValue]) -> Void)
        case truncated(after: Int)
    }

    enum Delay: Sendable {
        case gate(AsyncGate)
        case time(Duration)
    }

    let action: Action
    /// The delay before the request is processed.
    var delay: Delay?
    /// The delay between the processing of the request and the response.
    var responseDelay: Delay?

    // MARK: Instead of a response

    /// Responds with this response to any request.
    public static func response(_ response: HTTP.Response) -> Fault {
        Fault(action: .instead(response))
    }

    /// Responds with this status, body and header fields.
    public static func status(_ status: HTTP.Status, body: String = "", fields: HTTP.Fields = [:]) -> Fault {
        .response(HTTP.Response(status: status, fields: fields, body: Array(body.utf8)))
    }

    /// Responds with an OAuth error (RFC 6749 section 5.2).
    public static func oauthError(_ code: String, description: String? = nil, status: HTTP.Status = 400) -> Fault {
        .response(OAuthErrorResponse(status: status, code: code, description: description).response)
    }

    /// Fails with a transport error; the request never reaches the server.
    ///
    /// Over a socket, the server closes the connection.
    public static func transportError(_ error: HTTP.TransportError) -> Fault {
        Fault(action: .unreachable(error))
    }

    /// Fails with a transport error of this kind; the request never reaches the server.
    ///
    /// ```swift
    /// api.inject(.transportError(.timedOut))
    /// server.inject(.transportError(.connect, message: "connection refused"), times: 3)
    /// ```
    ///
    /// The error's `requestMayHaveBeenProcessed` is true, as a client must assume, except for the kinds `connect`,
    /// `nameResolution`, `tls` and `invalidRequest`.
    public static func transportError(_ kind: HTTP.TransportError.Kind, message: String = "") -> Fault {
        .transportError(HTTP.TransportError(kind, message: message))
    }

    // MARK: After the server has processed the request

    /// Closes the connection without a response, after the server has processed the request.
    public static let lostResponse = Fault(
        action: .lost(
            HTTP.TransportError(
                kind: .closed,
                message: "the connection closed before a response",
                requestMayHaveBeenProcessed: true
            )
        )
    )

    /// Closes the connection after this many bytes of the response body.
    public static func truncatedBody(after count: Int) -> Fault {
        Fault(action: .truncated(after: count))
    }

    /// Sends a complete response whose body is only the first half of the actual body.
    public static let malformedBody = editing { $0.body.removeLast(($0.body.count + 1) / 2) }

    /// Edits the response.
    public static func editing(_ edit: @escaping @Sendable (inout HTTP.Response) -> Void) -> Fault {
        Fault(action: .edited(edit))
    }

    /// Edits the members of the response's JSON object.
    public static func editingJSON(_ edit: @escaping @Sendable (inout [String: JSONValue]) -> Void) -> Fault {
        editing { response in
            guard let object = JSONValue.strictObject(response.body) else { return }
            var members = Dictionary(object.map { ($0.key, $0.value) }) { first, _ in first }
            edit(&members)
            response.body = JSONValue.object(members).text
        }
    }

    /// Removes a member of the response's JSON object, such as `expires_in`.
    public static func withoutMember(_ name: String) -> Fault {
        editingJSON { $0[name] = nil }
    }

    /// Sets a member of the response's JSON object.
    public static func member(_ name: String, _ value: JSONValue) -> Fault {
        editingJSON { $0[name] = value }
    }

    /// Edits the claims of the response's ID token before it is signed.
    ///
    /// For a refresh that returns another user, for example:
    ///
    /// ```swift
    /// server.inject(.editingIDToken { $0["sub"] = "mallory" }, grantType: .refreshToken)
    /// ```
    public static func editingIDToken(_ edit: @escaping @Sendable (inout [String: JSONValue]) -> Void) -> Fault {
        Fault(action: .idToken(edit))
    }

    // MARK: Delays

    /// Processes the request and responds once the gate is open.
    ///
    /// If the gate is never opened, the request is never processed.
    public static func held(by gate: AsyncGate) -> Fault {
        Fault(action: .none).held(by: gate)
    }

    /// Processes the request and responds after this time on the server's clock.
    ///
    /// A client that stops waiting earlier has caused nothing. For a server that has already acted, use
    /// ``slowResponse(by:)``.
    public static func slow(by duration: Duration) -> Fault {
        Fault(action: .none, delay: .time(duration))
    }

    /// Processes the request at once, and responds after this time on the server's clock.
    ///
    /// A client that stops waiting earlier does not receive what the server has issued: its refresh token, for example, is
    /// used up.
    public static func slowResponse(by duration: Duration) -> Fault {
        Fault(action: .none, responseDelay: .time(duration))
    }

    /// Processes the request at once, and responds once the gate is open.
    public static func responseHeld(by gate: AsyncGate) -> Fault {
        Fault(action: .none, responseDelay: .gate(gate))
    }

    /// Returns the same fault, delayed until the gate is open.
    public func held(by gate: AsyncGate) -> Fault {
        Fault(action: action, delay: .gate(gate), responseDelay: responseDelay)
    }
}
