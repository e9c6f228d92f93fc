extension HTTP {
    /// The scheme, host and port of a server (RFC 6454 section 4); credentials and nonces belong to an origin.
    public struct Origin: Sendable {
        /// True if the scheme is `https`.
        public let isSecure: Bool
        /// The host in lower case; an IPv6 address is in brackets and in its canonical form (RFC 5952).
        public let host: String
        /// The port, including the default port of the scheme.
        public let port: Int
        /// The origin as text, `https://api.example` or `https://api.example:8443` (RFC 6454 section 6.2).
        public let description: String

        /// Creates an origin from a normalized host and a port.
        init(isSecure: Bool, host: String, port: Int) {
            self.isSecure = isSecure
            self.host = host
            self.port = port
            let prefix = isSecure ? "https://" : "http://"
            description = port == (isSecure ? 443 : 80) ? prefix + host : prefix + host + ":" + String(port)
        }

        /// Parses an origin such as `https://api.example:8443`; the path `/` is allowed.
        ///
        /// - Throws: ``HTTP/URLError`` for an invalid URL, another path or a query.
        public init(_ string: String) throws(HTTP.URLError) {
            let url = try HTTP.URL(string)
            guard url.target == "/" else { throw HTTP.URLError("an origin must have neither a path nor a query") }
            self = url.origin
        }

        /// The scheme, `http` or `https`.
        public var scheme: String { isSecure ? "https" : "http" }

        /// True if the host is `localhost`, in 127.0.0.0/8 or `::1` (RFC 8252 section 7.3).
        public var isLoopback: Bool {
            host == "localhost" || host == "[::1]" || (host.hasPrefix("127.") && HTTP.Host.isIPv4(host.utf8))
        }
    }
}

extension HTTP.Origin: Hashable, CustomStringConvertible {
    // The description determines all parts.
    public static func == (left: HTTP.Origin, right: HTTP.Origin) -> Bool { left.description == right.description }

    public func hash(into hasher: inout Hasher) { hasher.combine(description) }
}
