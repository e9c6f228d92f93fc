import CountersignCrypto
@_spi(Generated) import CountersignJSON

// The JWK thumbprint (RFC 7638).

extension JSONWebKey {
    /// The JWK thumbprint of the key: a SHA-256 digest in base64url (RFC 7638).
    ///
    /// It is the `jkt` of a token that is bound to the key (RFC 9449 section 6.1).
    public var thumbprint: String {
        var writer = JSONWriter(capacity: 512)
        writer.beginObject()
        writeRequiredMembers(to: &writer)
        writer.endObject()
        return Base64URL.encode(SHA2.sha256(writer.bytes))
    }

    /// Writes the members that the thumbprint covers, in lexicographic order (RFC 7638 section 3.2).
    func writeRequiredMembers(to writer: inout JSONWriter) {
        switch key.components {
        case .ec(let curve, let x, let y):
            writer.field("crv", curve.rawValue)
            writer.field("kty", "EC")
            writer.field("x", Base64URL.encode(x))
            writer.field("y", Base64URL.encode(y))
        case .rsa(let n, let e):
            writer.field("e", Base64URL.encode(e))
            writer.field("kty", "RSA")
            writer.field("n", Base64URL.encode(n))
        case .okp(let x):
            writer.field("crv", "Ed25519")
            writer.field("kty", "OKP")
            writer.field("x", Base64URL.encode(x))
        }
    }
}
