/// An option for the calls made through one client value.
///
/// ```swift
/// let urgent = catalog.options(.timeout(.seconds(5)), .forceTokenRenewal)
/// let item = try await urgent.getItem(id: "it_1")
/// ```
public struct CallOption: Sendable {
    let apply: @Sendable (inout CallOptions) -> Void

    /// The timeout of a call, for all attempts and waits together, including the wait for a token.
    public static func timeout(_ timeout: Duration) -> CallOption {
        CallOption { $0.timeout = timeout }
    }

    /// Sends calls to another server than the schema's, also those of operations with their own server.
    ///
    /// - Parameter url: The base URL: `https`, or `http` on loopback. With an invalid URL, each call fails with
    ///   ``CallErrorKind/invalidRequest``.
    public static func server(_ url: String) -> CallOption {
        CallOption { $0.server = url }
    }

    /// Requests a new token for each call, even if a valid one is cached.
    public static var forceTokenRenewal: CallOption {
        CallOption { $0.forceTokenRenewal = true }
    }

    /// Turns retries after transient failures off; see ``RetryPolicy``.
    public static var withoutRetries: CallOption {
        CallOption { $0.withoutRetries = true }
    }

    /// Adds header fields to each request, such as the version of an API or the identifier of a tenant.
    ///
    /// ```swift
    /// let preview = catalog.options(.headers(["X-Api-Version": "2026-11-01", "Accept-Language": "fr"]))
    /// ```
    ///
    /// The fields replace `Accept` and those of an earlier option with the same name. All other fields that a call has, such
    /// as those of its arguments, take precedence. Middleware sees the fields and can change them.
    ///
    /// - Parameter fields: The fields. A call fails with ``CallErrorKind/invalidRequest`` if a value contains control
    ///   characters, or if the runtime sets a field itself: `Authorization`, `Cookie`, `DPoP`, `Host`,
    ///   `Proxy-Authorization`, and the fields of the body and the connection (RFC 9110 sections 7.6.1 and 8).
    public static func headers(_ fields: HTTP.Fields) -> CallOption {
        CallOption { $0.add(fields) }
    }

    /// Adds middleware, inside of the middleware that is already present.
    public static func middleware(_ middleware: any CallMiddleware) -> CallOption {
        CallOption { $0.middleware.append(middleware) }
    }

    /// Requests tokens with these scopes instead of the schema's.
    public static func scopes(_ scopes: [String]) -> CallOption {
        CallOption { $0.token.scopes = scopes }
    }

    /// Requests tokens with these resource indicators instead of the schema's (RFC 8707).
    public static func resources(_ resources: String...) -> CallOption {
        CallOption { $0.token.resources = resources }
    }

    /// Adds parameters to token requests.
    ///
    /// A parameter replaces one of the schema with the same name.
    public static func parameters(_ parameters: [String: String]) -> CallOption {
        CallOption { $0.token.parameters.merge(parameters) { $1 } }
    }

    /// Sends a client assertion (RFC 7523) in token requests instead of one that the credentials create.
    public static func assertion(_ assertion: SecretValue) -> CallOption {
        CallOption { $0.token.assertion = assertion }
    }
}

struct CallOptions: Sendable {
    var timeout: Duration?
    var server: String?
    var forceTokenRenewal = false
    /// The recorder of the heads of responses, if the caller needs them.
    var recorder: ResponseRecorder?
    var withoutRetries = false
    /// The middleware of the client value, inside of the runtime's.
    var middleware: [any CallMiddleware] = []
    var token = TokenRequestParameters()
    /// The header fields of each request.
    private(set) var fields = HTTP.Fields()
    /// The reason for which calls with these options are rejected.
    private(set) var rejection: String?

    mutating func add(_ new: HTTP.Fields) {
        for name in new.map(\.name) { fields.remove(name) }
        for field in new {
            fields.append(field)
            if HTTP.FieldName.reservedForRequests.contains(field.name) {
                rejection = "the header field \(field.name) is set by the runtime; remove it from the option 'headers'"
            } else if !HTTP.Field.isValidValue(field.value) {
                rejection = "the value of the header field \(field.name) contains invalid characters"
            }
        }
    }

    /// Adds the fields to those of a call.
    func addFields(to fields: inout HTTP.Fields) {
        if self.fields.contains(.accept) { fields.remove(.accept) }
        let missing = self.fields.filter { !fields.contains($0.name) }
        for field in missing { fields.append(field) }
    }
}
