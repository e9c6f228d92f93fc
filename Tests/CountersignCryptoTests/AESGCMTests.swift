import CountersignCrypto
import TestSupport
import Testing

@Suite("Sealing with AES-256-GCM")
struct AESGCMTests {
    private let key = [UInt8](0..<32)
    private let nonce = [UInt8](0..<12)

    @Test("The empty text under a zero key seals to the tag of the GCM specification's test case 13")
    func knownAnswer() throws {
        let zero = [UInt8](repeating: 0, count: 32)
        let sealed = try AESGCM.seal([], key: zero, nonce: [UInt8](repeating: 0, count: 12))
        #expect(sealed == bytes(hex: "530f8afbc74536b9a963b4f1c4cb738b"))
    }

    @Test("A sealed text opens to the plain one", arguments: [0, 1, 15, 16, 17, 1000])
    func roundTrip(count: Int) throws {
        let text = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let sealed = try AESGCM.seal(text, key: key, nonce: nonce, authenticating: [7])
        #expect(sealed.count == count + AESGCM.tagByteCount)
        #expect(try AESGCM.open(sealed, key: key, nonce: nonce, authenticating: [7]) == text)
    }

    @Test("Any flipped bit, in the text, the tag or what it authenticates, is noticed")
    func flippedBits() throws {
        let sealed = try AESGCM.seal([1, 2, 3], key: key, nonce: nonce, authenticating: [7])
        for bit in 0..<sealed.count * 8 {
            var changed = sealed
            changed[bit / 8] ^= 1 << (bit % 8)
            expectRefusal(.authenticationFailed) {
                try AESGCM.open(changed, key: key, nonce: nonce, authenticating: [7])
            }
        }
        expectRefusal(.authenticationFailed) { try AESGCM.open(sealed, key: key, nonce: nonce, authenticating: [6]) }
        expectRefusal(.authenticationFailed) { try AESGCM.open(sealed, key: key, nonce: nonce) }
    }

    @Test("Lengths that AES-256-GCM does not have are refused")
    func lengths() {
        expectRefusal(.invalidLength) { try AESGCM.seal([], key: [], nonce: nonce) }
        expectRefusal(.invalidLength) { try AESGCM.seal([], key: key + [0], nonce: nonce) }
        expectRefusal(.invalidLength) { try AESGCM.seal([], key: key, nonce: []) }
        for count in 0..<AESGCM.tagByteCount {
            expectRefusal(.authenticationFailed) {
                try AESGCM.open([UInt8](repeating: 0, count: count), key: key, nonce: nonce)
            }
        }
    }
}

/// Expects a ``CryptoError`` of that kind.
func expectRefusal<Result>(
    _ kind: CryptoError.Kind,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () throws -> Result
) {
    let error = #expect(throws: CryptoError.self, sourceLocation: sourceLocation) { try body() }
    #expect(error?.kind == kind, sourceLocation: sourceLocation)
}
