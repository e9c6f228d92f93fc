/// The grammar of names that HTTP sends as they stand.
enum WireSyntax {
    /// RFC 9110 section 5.6.2.
    static func isToken(_ text: some StringProtocol) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }

    /// `type/subtype`, without parameters (RFC 9110 section 8.3.1).
    static func isMediaType(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { isToken($0) }
    }

    /// RFC 6749 section 3.3.
    static func isScope(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
            }
    }

    /// The header fields that the runtime itself writes, in small letters.
    static let ownFields: Set<String> = [
        "authorization", "connection", "content-length", "content-type", "cookie", "dpop", "expect", "host",
        "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade",
    ]
}

extension SchemaBuilder {
    func mediaType(_ node: SchemaNode, of what: String) -> String? {
        guard let text = text(node, of: what) else { return nil }
        if WireSyntax.isMediaType(text) { return text }
        error(node.location, "\(what) must be a media type like 'text/csv', not \(quoted(text))")
        return nil
    }

    /// The name of a header field that a schema may set.
    func headerName(_ name: String, at location: SourceLocation) -> String? {
        guard WireSyntax.isToken(name) else {
            error(location, "\(quoted(name)) cannot name a header; write a name like 'X-Request-ID'")
            return nil
        }
        guard !WireSyntax.ownFields.contains(name.lowercased()) else {
            error(location, "the header \(quoted(name)) is written by the client itself; remove it")
            return nil
        }
        return name
    }
}
