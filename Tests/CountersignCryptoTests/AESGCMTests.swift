import CountersignCrypto
import TestSupport
import Testing

@Suite("AES-256-GCM")
struct AESGCMTests {
    private let key = [UInt8](0..<32)
    private let nonce = [UInt8](0..<12)

    @Test("An empty text with a zero key has the tag of test case 13 of the GCM specification")
    func knownAnswer() throws {
        let zero = [UInt8](repeating: 0, count: 32)
        let sealed = try AESGCM.seal([], key: zero, nonce: [UInt8](repeating: 0, count: 12))
        #expect(sealed == bytes(hex: "530f8afbc74536b9a963b4f1c4cb738b"))
    }

    @Test("A sealed text opens to the plaintext", arguments: [0, 1, 15, 16, 17, 1000])
    func roundTrip(count: Int) throws {
        let text = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let sealed = try AESGCM.seal(text, key: key, nonce: nonce, authenticating: [7])
        #expect(sealed.count == count + AESGCM.tagByteCount)
        #expect(try AESGCM.open(sealed, key: key, nonce: nonce, authenticating: [7]) == text)
    }

    @Test("A flipped bit in the text, the tag or the authenticated data is detected")
    func flippedBits() throws {
        let sealed = try AESGCM.seal([1, 2, 3], key: key, nonce: nonce, authenticating: [7])
        for bit in 0..<sealed.count * 8 {
            var changed = sealed
            changed[bit / 8] ^= 1 << (bit % 8)
            expectError(.authenticationFailed) {
                try AESGCM.open(changed, key: key, nonce: nonce, authenticating: [7])
            }
        }
        expectError(.authenticationFailed) { try AESGCM.open(sealed, key: key, nonce: nonce, authenticating: [6]) }
        expectError(.authenticationFailed) { try AESGCM.open(sealed, key: key, nonce: nonce) }
    }

    @Test("Invalid lengths of keys and nonces are rejected")
    func lengths() {
        expectError(.invalidLength) { try AESGCM.seal([], key: [], nonce: nonce) }
        expectError(.invalidLength) { try AESGCM.seal([], key: key + [0], nonce: nonce) }
        expectError(.invalidLength) { try AESGCM.seal([], key: key, nonce: []) }
        for count in 0..<AESGCM.tagByteCount {
            expectError(.authenticationFailed) {
                try AESGCM.open([UInt8](repeating: 0, count: count), key: key, nonce: nonce)
            }
        }
    }
}

/// Expects a ``CryptoError`` of a kind.
func expectError<Result>(
    _ kind: CryptoError.Kind,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () throws -> Result
) {
    let error = #expect(throws: CryptoError.self, sourceLocation: sourceLocation) { try body() }
    #expect(error?.kind == kind, sourceLocation: sourceLocation)
}
