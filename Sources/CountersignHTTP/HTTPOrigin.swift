extension HTTP {
    /// Scheme, host and port of a server (RFC 6454 section 4): what credentials and nonces belong to.
    public struct Origin: Sendable {
        /// Whether the scheme is `https`.
        public let isSecure: Bool
        /// The host in small letters; an IPv6 address in brackets and in its shortest form (RFC 5952).
        public let host: String
        /// The port, also when it is the scheme's own.
        public let port: Int
        /// The origin as text, `https://api.example` or `https://api.example:8443` (RFC 6454 section 6.2).
        public let description: String

        /// Makes an origin from parts that are in the form that ``host`` names.
        init(isSecure: Bool, host: String, port: Int) {
            self.isSecure = isSecure
            self.host = host
            self.port = port
            let prefix = isSecure ? "https://" : "http://"
            description = port == (isSecure ? 443 : 80) ? prefix + host : prefix + host + ":" + String(port)
        }

        /// Reads an origin, such as `https://api.example:8443`; a path of `/` is allowed.
        ///
        /// - Throws: ``HTTP/URLError`` when it is not one, or has a longer path or a query.
        public init(_ string: String) throws(HTTP.URLError) {
            let url = try HTTP.URL(string)
            guard url.target == "/" else { throw HTTP.URLError("an origin has no path and no query") }
            self = url.origin
        }

        /// `http` or `https`.
        public var scheme: String { isSecure ? "https" : "http" }

        /// Whether the host is this machine by name or by address: `localhost`, 127.0.0.0/8, `::1` (RFC 8252 section 7.3).
        public var isLoopback: Bool {
            // An address of four numbers is checked when the URL is read, so nothing else can begin with "127." and a digit.
            host == "localhost" || host == "[::1]" || (host.hasPrefix("127.") && HTTP.Host.isIPv4(host.utf8))
        }
    }
}

extension HTTP.Origin: Hashable, CustomStringConvertible {
    // The text says everything that the parts say.
    public static func == (left: HTTP.Origin, right: HTTP.Origin) -> Bool { left.description == right.description }

    public func hash(into hasher: inout Hasher) { hasher.combine(description) }
}
