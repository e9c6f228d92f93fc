import Countersign
import TestSupport
import Testing

@Suite("Base64url")
struct Base64URLTests {
    @Test(
        "The vectors of RFC 4648 and RFC 7515 match, without padding",
        arguments: [
            ([], ""), (Array("f".utf8), "Zg"), (Array("fo".utf8), "Zm8"), (Array("foo".utf8), "Zm9v"),
            (Array("foob".utf8), "Zm9vYg"), (Array("fooba".utf8), "Zm9vYmE"), (Array("foobar".utf8), "Zm9vYmFy"),
            ([3, 236, 255, 224, 193], "A-z_4ME"),
        ] as [([UInt8], String)]
    )
    func knownAnswers(bytes: [UInt8], text: String) {
        #expect(Base64URL.encode(bytes) == text)
        #expect(Base64URL.decode(text) == bytes)
        #expect(Base64URL.encodedCount(bytes.count) == text.utf8.count)
        var appended: [UInt8] = [33]
        Base64URL.append(bytes, to: &appended)
        #expect(appended == [33] + Array(text.utf8))
    }

    @Test("All byte strings of up to two bytes, and long ones, survive a round trip")
    func roundTrip() {
        for a in UInt8.min...UInt8.max {
            #expect(Base64URL.decode(Base64URL.encode([a])) == [a])
            for b in UInt8.min...UInt8.max where Base64URL.decode(Base64URL.encode([a, b])) != [a, b] {
                Issue.record("[\(a), \(b)] differs after a round trip")
            }
        }
        var random = SeededGenerator(seed: 1)
        for count in 0..<200 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
        }
    }

    @Test(
        "Noncanonical and invalid texts are rejected",
        arguments: [
            "A", "AAAAA", "AB", "Zh", "Zm9", "Zm8=", "Zg==", "Zg=", "=", " Zg", "Zg\n", "Z g", "+-AA", "/_AA", "Zm9v.",
            "é",
            "Zm9vYmFyé", "Zg\u{0}",
        ]
    )
    func rejected(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test("Decoding is canonical: only one text decodes to the same bytes")
    func isCanonical() {
        let characters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/ .")
        for first in characters {
            for second in characters {
                let text = String([first, second])
                if let bytes = Base64URL.decode(text) { #expect(Base64URL.encode(bytes) == text) }
            }
        }
    }
}
