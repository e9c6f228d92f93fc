import CountersignHTTP

/// The pattern of the issuers of a multi-tenant server, such as `https://login.example.com/{tenantid}/v2.0`.
///
/// The placeholder is one whole segment of the path. Everything else is compared as bytes.
package struct IssuerTemplate: Sendable, Hashable {
    /// The pattern as the metadata names it.
    package let text: String
    private let prefix: [UInt8]
    private let suffix: [UInt8]

    /// Parses a pattern.
    ///
    /// - Parameter origin: The origin that the pattern must have.
    /// - Returns: nil if the text is not such a pattern.
    init?(_ text: String, at origin: HTTP.Origin) {
        let bytes = Array(text.utf8)
        guard bytes.count <= 256, let open = bytes.firstIndex(of: UInt8(ascii: "{")),
            let close = bytes.firstIndex(of: UInt8(ascii: "}")), open < close,
            bytes[(open + 1)..<close].allSatisfy(Self.isTenantCharacter)
        else { return nil }
        prefix = Array(bytes[..<open])
        suffix = Array(bytes[(close + 1)...])
        guard prefix.starts(with: "\(origin)/".utf8), prefix.last == UInt8(ascii: "/"),
            suffix.first ?? UInt8(ascii: "/") == UInt8(ascii: "/"),
            (prefix + suffix).allSatisfy({ 0x21...0x7E ~= $0 && !"{}?#%\\\"'<>".utf8.contains($0) })
        else { return nil }
        self.text = text
    }

    /// Returns the tenant of an issuer; nil if the issuer does not match the pattern.
    package func tenant(of issuer: String) -> String? {
        let bytes = Array(issuer.utf8)
        let tenant = bytes.dropFirst(prefix.count).dropLast(suffix.count)
        guard bytes.count == prefix.count + tenant.count + suffix.count, bytes.starts(with: prefix),
            bytes[tenant.endIndex...].elementsEqual(suffix), 1...128 ~= tenant.count,
            tenant.allSatisfy(Self.isTenantCharacter), !tenant.allSatisfy({ $0 == UInt8(ascii: ".") })
        else { return nil }
        return String(decoding: tenant, as: UTF8.self)
    }

    /// Returns true for the unreserved characters of RFC 3986 section 2.3, which cannot end a segment.
    private static func isTenantCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
