import CountersignCrypto

/// A key of a ``StoreEncryption``, with an identifier that each entry contains.
struct StoreKey: Sendable {
    static let idByteCount = 8

    let bytes: [UInt8]
    /// A digest of the key, which identifies it and reveals nothing about a random key.
    let id: [UInt8]

    init(_ bytes: [UInt8]) throws(TokenStoreError) {
        guard bytes.count == AESGCM.keyByteCount else { throw Self.malformed("it has \(bytes.count) bytes") }
        self.bytes = bytes
        id = Array(HMAC.sha256(key: bytes, message: "countersign store key".utf8).prefix(Self.idByteCount))
    }

    init(_ secret: SecretValue) throws(TokenStoreError) {
        let text: String
        do throws(TokenError) {
            text = try secret.reveal()
        } catch {
            throw TokenStoreError(.configuration, "the key of a store cannot be read: \(error.message)")
        }
        guard let bytes = Self.bytes(hexadecimal: text) ?? Self.bytes(base64: text) else {
            throw Self.malformed("its text is neither")
        }
        try self.init(bytes)
    }

    private static func malformed(_ actual: String) -> TokenStoreError {
        TokenStoreError(
            .configuration,
            "the key of a store is invalid: expected 32 bytes in hexadecimal or base64, but \(actual); "
                + "create one with openssl rand -base64 32"
        )
    }

    private static func bytes(hexadecimal text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count == 2 * AESGCM.keyByteCount else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = value(of: digits[index]), let low = value(of: digits[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// Decodes 32 bytes in either base64 alphabet, with or without padding.
    private static func bytes(base64 text: String) -> [UInt8]? {
        var digits = Array(text.utf8)
        if digits.count == 44, digits.last == UInt8(ascii: "=") { digits.removeLast() }
        guard digits.count == 43 else { return nil }
        return Base64URL.decode(
            digits.map { digit in
                switch digit {
                case UInt8(ascii: "+"): UInt8(ascii: "-")
                case UInt8(ascii: "/"): UInt8(ascii: "_")
                default: digit
                }
            }
        )
    }
}
