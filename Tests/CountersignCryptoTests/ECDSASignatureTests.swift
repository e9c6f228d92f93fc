import CountersignCrypto
import TestSupport
import Testing

@Suite("ECDSA signature forms")
struct ECDSASignatureTests {
    /// Returns `r‖s` with halves of four bytes, or `nil` if the DER is rejected.
    private func unpack(_ der: String) -> [UInt8]? {
        var raw = [UInt8](repeating: 0xEE, count: 8)
        let isStrict = bytes(hex: der).withUnsafeBytes { der in
            raw.withUnsafeMutableBytes { ECDSASignature.unpack(der: der, into: $0) }
        }
        return isStrict ? raw : nil
    }

    @Test(
        "Numbers of all lengths are padded, and survive a round trip",
        arguments: [
            ("3006020101020102", "0000000100000002"),
            ("3006020100020100", "0000000000000000"),
            ("3008020200800202 00ff", "00000080000000ff"),
            ("300a0204010203040202 0100", "0102030400000100"),
            ("300e020500ffffffff020500800000 00", "ffffffff80000000"),
        ]
    )
    func strict(der: String, raw: String) {
        #expect(unpack(der) == bytes(hex: raw))
        #expect(bytes(hex: raw).withUnsafeBytes { ECDSASignature.der(raw: $0) } == bytes(hex: der))
    }

    @Test(
        "Anything but exactly one strict DER signature that fits is rejected",
        arguments: [
            ("", "empty"), ("30", "no length"), ("3000", "no numbers"), ("3003020101", "one number"),
            ("300602010102010200", "a trailing byte"), ("3009020101020102020103", "a third number"),
            ("3007020101020102", "longer than the text"), ("3005020101020102", "shorter than the text"),
            ("3006020181020102", "a negative number"), ("300702020001020102", "a redundant zero"),
            ("3005020002010 2", "an empty number"), ("308106020101020102", "a long form of a short length"),
            ("30820006020101020102", "a length of two bytes"), ("3080020101020102 0000", "an indefinite length"),
            ("3106020101020102", "another tag"), ("3006030101020102", "another tag inside"),
            ("300a020501020304050201 01", "a number that does not fit"), ("3006020101020201", "truncated"),
        ]
    )
    func rejected(der: String, reason: String) {
        #expect(unpack(der) == nil, "\(reason)")
    }

    @Test("A P-521 signature, whose length needs two bytes, survives a round trip")
    func longForm() {
        let raw = [UInt8](repeating: 0xFF, count: 132)
        let der = raw.withUnsafeBytes { ECDSASignature.der(raw: $0) }
        #expect(der.prefix(3) == [0x30, 0x81, 138])
        var unpacked = [UInt8](repeating: 0, count: 132)
        #expect(
            der.withUnsafeBytes { der in unpacked.withUnsafeMutableBytes { ECDSASignature.unpack(der: der, into: $0) } }
        )
        #expect(unpacked == raw)
    }
}
