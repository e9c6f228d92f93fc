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
}
