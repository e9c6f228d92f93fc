import CountersignHTTP
import Testing

@Suite("HTTP fields and methods")
struct HTTPFieldsTests {
    @Test("Names are equal and have equal hashes in every spelling")
    func names() {
        let name: HTTP.FieldName = "dpop-NONCE"
        #expect(name == .dpopNonce)
        #expect(name.hashValue == HTTP.FieldName.dpopNonce.hashValue)
        #expect(name.rawName == "dpop-NONCE")
        #expect(HTTP.FieldName("DPoP") != .dpopNonce)
        // "^" and "~" differ in the same bit as upper and lower case letters.
        #expect(HTTP.FieldName("a^") != HTTP.FieldName("a~"))
    }

    @Test(
        "A text that is not a token is neither a field name nor a method",
        arguments: ["", " ", "a b", "a:", "a\r\n", "\u{E4}", "a\u{0}", "(x)", "a/b", "a@b", "a{b", "a[b"]
    )
    func tokens(text: String) {
        #expect(HTTP.FieldName(text) == nil)
        #expect(HTTP.Method(rawValue: text) == nil)
    }

    @Test(
        "A value with a control character is not valid",
        arguments: [
            ("", true), ("a b", true), ("a\tb", true), ("\u{E4}", true), ("a\rb", false), ("a\nb", false),
            ("a\r\nX: y", false), ("\u{0}", false), ("\u{1B}[0m", false), ("\u{7F}", false),
        ]
    )
    func values(value: String, isValid: Bool) {
        #expect(HTTP.Field.isValidValue(value) == isValid)
    }

    @Test("Repeated fields are joined in the subscript and separate otherwise")
    func joined() {
        var fields: HTTP.Fields = ["Accept": "a", "X": "1", "ACCEPT": "b"]
        #expect(fields[.accept] == "a, b")
        #expect(fields.values(for: .accept) == ["a", "b"])
        #expect(fields[.date] == nil)
        #expect(fields.map(\.name.rawName) == ["Accept", "X", "ACCEPT"])
        fields.append(name: .accept, value: "")
        #expect(fields[.accept] == "a, b, ")
    }

    @Test("Setting a field replaces all fields of that name at the position of the first; nil removes them")
    func set() {
        var fields: HTTP.Fields = ["X": "0", "Accept": "a", "Y": "1", "accept": "b"]
        fields["ACCEPT"] = "c"
        #expect(fields.map(\.value) == ["0", "c", "1"])
        fields["Z"] = "2"
        #expect(fields.map(\.value) == ["0", "c", "1", "2"])
        fields[.accept] = nil
        #expect(fields.map(\.value) == ["0", "1", "2"])
    }

    @Test("Methods are safe and idempotent as in RFC 9110")
    func methods() {
        #expect([HTTP.Method.get, .head, .options].allSatisfy { $0.isSafe && $0.isIdempotent })
        #expect([HTTP.Method.put, .delete].allSatisfy { !$0.isSafe && $0.isIdempotent })
        #expect([HTTP.Method.post, .patch].allSatisfy { !$0.isSafe && !$0.isIdempotent })
        #expect(HTTP.Method(rawValue: "get") != .get)
    }
}
