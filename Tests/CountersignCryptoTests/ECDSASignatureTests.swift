import CountersignCrypto
import TestSupport
import Testing

@Suite("The two forms of an ECDSA signature")
struct ECDSASignatureTests {
    /// `r‖s` with halves of four bytes, `nil` if the DER is refused.
    private func unpack(_ der: String) -> [UInt8]? {
        var raw = [UInt8](repeating: 0xEE, count: 8)
        let isStrict = bytes(hex: der).withUnsafeBytes { der in
            raw.withUnsafeMutableBytes { ECDSASignature.unpack(der: der, into: $0) }
        }
        return isStrict ? raw : nil
    }

    @Test(
        "Numbers of every length are padded to the full one, and come back from it",
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
        "What is not exactly one strict DER signature that fits is refused",
        arguments: [
            ("", "nothing"), ("30", "no length"), ("3000", "no numbers"), ("3003020101", "one number"),
            ("300602010102010200", "a byte behind"), ("3009020101020102020103", "a third number"),
            ("3007020101020102", "longer than the text"), ("3005020101020102", "shorter than the text"),
            ("3006020181020102", "a negative number"), ("300702020001020102", "a needless zero"),
            ("3005020002010 2", "an empty number"), ("308106020101020102", "a long form of a short length"),
            ("30820006020101020102", "a length of two bytes"), ("3080020101020102 0000", "an indefinite length"),
            ("3106020101020102", "another tag"), ("3006030101020102", "another tag inside"),
            ("300a020501020304050201 01", "a number that does not fit"), ("3006020101020201", "cut off"),
        ]
    )
    func refused(der: String, why: String) {
        #expect(unpack(der) == nil, "\(why)")
    }

    @Test("A signature of P-521, whose length takes two bytes, comes back")
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
