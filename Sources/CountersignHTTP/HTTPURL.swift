extension HTTP {
    /// An absolute `http` or `https` URL that is sent byte for byte (RFC 3986, RFC 9110 section 4.2).
    ///
    /// Nothing is resolved, decoded or re-encoded: dot segments, `%2F` and `//` in the path stay as written. A DPoP proof
    /// (RFC 9449) contains the URL, so the signed URL must equal the URL of the request.
    public struct URL: Hashable, Sendable {
        /// The scheme, host and port.
        public let origin: HTTP.Origin
        /// The path and query, as in the request line; starts with `/`.
        public let target: String

        /// Parses a URL.
        ///
        /// The scheme and the host are converted to lower case. The default port of the scheme and a fragment are dropped,
        /// and an empty path becomes `/`. The path and the query are kept byte for byte.
        ///
        /// - Throws: ``HTTP/URLError`` for other schemes, user information, a missing or internationalized host, non-ASCII
        ///   characters, spaces, control characters, invalid percent-encoding, a port outside 1 to 65535, and more than
        ///   64 KiB.
        public init(_ string: String) throws(HTTP.URLError) {
            let bytes = Array(string.utf8)
            try Self.checkLength(bytes.count)
            let isSecure: Bool
            let start: Int
            switch bytes.prefix(8).map(\.asciiLowercased) {
            case Array("https://".utf8): (isSecure, start) = (true, 8)
            case let head where head.starts(with: "http://".utf8): (isSecure, start) = (false, 7)
            default: throw HTTP.URLError("the URL must start with https:// or http://", at: 0)
            }
            let end = bytes[start...].firstIndex { Self.endsAuthority($0) } ?? bytes.endIndex
            origin = try Self.origin(bytes[start..<end], isSecure: isSecure)
            let rest = bytes[end...].prefix { $0 != UInt8(ascii: "#") }
            try Self.checkTarget(rest)
            let text = String(decoding: rest, as: UTF8.self)
            target = rest.first == UInt8(ascii: "/") ? text : "/" + text
        }

        /// Joins an origin and a target (path and query).
        ///
        /// - Throws: ``HTTP/URLError`` if the target does not start with `/`, contains a `#`, or is invalid by the rules of
        ///   ``init(_:)``.
        public init(origin: HTTP.Origin, target: String) throws(HTTP.URLError) {
            let bytes = Array(target.utf8)
            try Self.checkLength(bytes.count)
            guard bytes.first == UInt8(ascii: "/") else { throw HTTP.URLError("the target must start with /", at: 0) }
            if let hash = bytes.firstIndex(of: UInt8(ascii: "#")) {
                throw HTTP.URLError("a fragment is never sent; encode the character as %23", at: hash)
            }
            try Self.checkTarget(bytes[...])
            self.init(origin: origin, uncheckedTarget: target)
        }

        /// Joins an origin and a target that is known to be valid.
        ///
        /// The transport rejects spaces and control characters, so an invalid target cannot split a request.
        package init(origin: HTTP.Origin, uncheckedTarget target: String) {
            self.origin = origin
            self.target = target
        }

        /// The path: the target up to the query.
        public var path: Substring {
            target[..<(queryMark ?? target.endIndex)]
        }

        /// The query: the target after the first `?`; `nil` without a `?`.
        public var query: Substring? {
            queryMark.map { target[target.utf8.index(after: $0)...] }
        }

        /// The whole URL.
        public var string: String { origin.description + target }

        /// The URL up to the query, which is the `htu` claim of a DPoP proof (RFC 9449 section 4.2).
        public var withoutQuery: String { origin.description + path }

        private var queryMark: String.Index? { target.utf8.firstIndex(of: UInt8(ascii: "?")) }
    }
}

extension HTTP.URL: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["url": description]) }

    /// The URL with its query replaced by `?…`, since a query could hold a secret.
    public var description: String { query == nil ? withoutQuery : withoutQuery + "?…" }
}

extension HTTP.URL {
    private static func checkLength(_ count: Int) throws(HTTP.URLError) {
        guard count <= 65_536 else { throw HTTP.URLError("the URL is longer than 64 KiB") }
    }

    private static func endsAuthority(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
    }

    private static func origin(_ authority: ArraySlice<UInt8>, isSecure: Bool) throws(HTTP.URLError) -> HTTP.Origin {
        if let at = authority.firstIndex(of: UInt8(ascii: "@")) {
            throw HTTP.URLError("a URL must not contain a user name or password", at: at)
        }
        let bracket = authority.firstIndex(of: UInt8(ascii: "]")) ?? authority.startIndex
        let colon = authority[bracket...].firstIndex(of: UInt8(ascii: ":"))
        let host = try HTTP.Host.normalized(
            authority[..<(colon ?? authority.endIndex)],
            at: authority.startIndex
        )
        var port = isSecure ? 443 : 80
        // The grammar allows "https://host:" with the meaning of the default port (RFC 3986 section 3.2.3).
        if let colon, colon + 1 < authority.endIndex {
            let digits = authority[(colon + 1)...]
            guard digits.count <= 5, digits.allSatisfy(\.isASCIIDigit) else {
                throw HTTP.URLError("the port must be a number from 1 to 65535", at: colon + 1)
            }
            port = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
            guard 1...65_535 ~= port else {
                throw HTTP.URLError("the port must be a number from 1 to 65535", at: colon + 1)
            }
        }
        return HTTP.Origin(isSecure: isSecure, host: host, port: port)
    }

    private static func checkTarget(_ bytes: ArraySlice<UInt8>) throws(HTTP.URLError) {
        for index in bytes.indices {
            let byte = bytes[index]
            guard byte < 0x80 else { throw HTTP.URLError("non-ASCII character; percent-encode it", at: index) }
            guard byte > 0x20, byte != 0x7F else {
                throw HTTP.URLError("space or control character; percent-encode it", at: index)
            }
            guard byte == UInt8(ascii: "%") else { continue }
            guard bytes.endIndex - index > 2, bytes[index + 1].isASCIIHexDigit, bytes[index + 2].isASCIIHexDigit else {
                throw HTTP.URLError("% must be followed by two hexadecimal digits", at: index)
            }
        }
    }
}
