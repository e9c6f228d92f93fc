/// Something that is different for the calls made through one client value.
///
/// ```swift
/// let urgent = catalog.options(.timeout(.seconds(5)), .forceTokenRenewal)
/// let item = try await urgent.getItem(id: "it_1")
/// ```
public struct CallOption: Sendable {
    let apply: @Sendable (inout CallOptions) -> Void

    /// The longest that a call may take in all, waiting for a token included.
    public static func timeout(_ timeout: Duration) -> CallOption {
        CallOption { $0.timeout = timeout }
    }

    /// Calls go to this server instead of the schema's, those of operations with a server of their own too.
    ///
    /// - Parameter url: https, or http on loopback. One that cannot be used makes every call fail with
    ///   ``CallErrorKind/invalidRequest``.
    public static func server(_ url: String) -> CallOption {
        CallOption { $0.server = url }
    }

    /// Every call asks for a new token, whatever is cached.
    public static var forceTokenRenewal: CallOption {
        CallOption { $0.forceTokenRenewal = true }
    }

    /// A call that failed for a passing reason is not made again; see ``RetryPolicy``.
    public static var withoutRetries: CallOption {
        CallOption { $0.withoutRetries = true }
    }

    /// Calls pass through this too, within the middleware that is there already.
    public static func middleware(_ middleware: any CallMiddleware) -> CallOption {
        CallOption { $0.middleware.append(middleware) }
    }

    /// Tokens are asked for with these scopes instead of the schema's.
    public static func scopes(_ scopes: [String]) -> CallOption {
        CallOption { $0.token.scopes = scopes }
    }

    /// Tokens are asked for with these resource indicators instead of the schema's (RFC 8707).
    public static func resources(_ resources: String...) -> CallOption {
        CallOption { $0.token.resources = resources }
    }

    /// Token requests carry these parameters besides the schema's; an equal name replaces one of the schema's.
    public static func parameters(_ parameters: [String: String]) -> CallOption {
        CallOption { $0.token.parameters.merge(parameters) { $1 } }
    }

    /// Token requests carry this client assertion (RFC 7523) instead of one that the credentials make.
    public static func assertion(_ assertion: Secret) -> CallOption {
        CallOption { $0.token.assertion = assertion }
    }
}

struct CallOptions: Sendable {
    var timeout: Duration?
    var server: String?
    var forceTokenRenewal = false
    /// What keeps the responses' heads, for who asked for them.
    var recorder: ResponseRecorder?
    var withoutRetries = false
    /// Besides the runtime's, which comes first.
    var middleware: [any CallMiddleware] = []
    var token = TokenRequestParameters()
}
