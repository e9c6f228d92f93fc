public import CountersignHTTP
public import CountersignJSON

/// Something that goes wrong at a fake server, on command.
///
/// ```swift
/// server.inject(.status(503, fields: ["Retry-After": "30"]), times: 3)
/// server.inject(.withoutMember("expires_in"))
/// server.inject(.oauthError("invalid_client", status: 401).held(by: gate))
/// ```
///
/// A fault is *instead* of what the server would do (``status(_:body:fields:)``, ``transportError(_:)``), or happens
/// *after* it has done it (``lostResponse``, ``withoutMember(_:)``): then the token was issued and the proof is used up.
public struct Fault: Sendable {
    enum Action: Sendable {
        case none
        case instead(HTTP.Response)
        case unreachable(HTTP.TransportError)
        case lost(HTTP.TransportError)
        case edited(@Sendable (inout HTTP.Response) -> Void)
        case idToken(@Sendable (inout [String: JSONValue]) -> Void)
        case cutShort(after: Int)
    }

    enum Delay: Sendable {
        case gate(AsyncGate)
        case time(Duration)
    }

    let action: Action
    var delay: Delay?

    // MARK: Instead of an answer

    /// This response, whatever was asked.
    public static func response(_ response: HTTP.Response) -> Fault {
        Fault(action: .instead(response))
    }

    /// A response with this status and body.
    public static func status(_ status: HTTP.Status, body: String = "", fields: HTTP.Fields = [:]) -> Fault {
        .response(HTTP.Response(status: status, fields: fields, body: Array(body.utf8)))
    }

    /// An error response of OAuth (RFC 6749 section 5.2).
    public static func oauthError(_ code: String, description: String? = nil, status: HTTP.Status = 400) -> Fault {
        .response(OAuthRefusal(status: status, code: code, description: description).response)
    }

    /// No response: the request never reaches the server.
    ///
    /// Over a socket, the connection is closed.
    public static func transportError(_ error: HTTP.TransportError) -> Fault {
        Fault(action: .unreachable(error))
    }

    /// No response, for this reason: the request never reaches the server.
    ///
    /// ```swift
    /// api.inject(.transportError(.timedOut))
    /// server.inject(.transportError(.connect, message: "connection refused"), times: 3)
    /// ```
    ///
    /// The client is told as much as it could know: that the server may have acted (`requestMayHaveBeenProcessed`),
    /// unless the reason is `connect`, `nameResolution`, `tls` or `refused`.
    public static func transportError(_ kind: HTTP.TransportError.Kind, message: String = "") -> Fault {
        .transportError(HTTP.TransportError(kind, message: message))
    }

    // MARK: After the server has done its work

    /// No response, though the server has done what was asked: the client cannot know whether it has.
    public static let lostResponse = Fault(
        action: .lost(
            HTTP.TransportError(kind: .closed,
                message: "the connection closed before an answer",
                requestMayHaveBeenProcessed: true
            )
        )
    )

    /// The connection breaks off after this many bytes of the body.
    public static func truncatedBody(after count: Int) -> Fault {
        Fault(action: .cutShort(after: count))
    }

    /// A complete response whose body is only the first half of what it should be.
    public static let malformedBody = editing { $0.body.removeLast(($0.body.count + 1) / 2) }

    /// The response, changed.
    public static func editing(_ edit: @escaping @Sendable (inout HTTP.Response) -> Void) -> Fault {
        Fault(action: .edited(edit))
    }

    /// The response, with the members of its JSON object changed.
    public static func editingJSON(_ edit: @escaping @Sendable (inout [String: JSONValue]) -> Void) -> Fault {
        editing { response in
            guard var members = JSONValue.strictObject(response.body) else { return }
            edit(&members)
            response.body = JSONValue.object(members).text
        }
    }

    /// The response without a member: `expires_in`, `token_type`.
    public static func withoutMember(_ name: String) -> Fault {
        editingJSON { $0[name] = nil }
    }

    /// The response with another value of a member.
    public static func member(_ name: String, _ value: JSONValue) -> Fault {
        editingJSON { $0[name] = value }
    }

    /// The ID token of the response with other claims, rightly signed: a refresh that tells of another user, an issuer
    /// that is not the server.
    ///
    /// ```swift
    /// server.inject(.editingIDToken { $0["sub"] = "mallory" }, grantType: .refreshToken)
    /// ```
    public static func editingIDToken(_ edit: @escaping @Sendable (inout [String: JSONValue]) -> Void) -> Fault {
        Fault(action: .idToken(edit))
    }

    // MARK: When

    /// Nothing wrong, but the answer waits until the gate is open.
    ///
    /// A gate that is never opened hangs.
    public static func held(by gate: AsyncGate) -> Fault {
        Fault(action: .none).held(by: gate)
    }

    /// Nothing wrong, but the answer takes this long on the server's clock.
    public static func slow(by duration: Duration) -> Fault {
        Fault(action: .none, delay: .time(duration))
    }

    /// The same fault, once the gate is open.
    public func held(by gate: AsyncGate) -> Fault {
        Fault(action: action, delay: .gate(gate))
    }
}
