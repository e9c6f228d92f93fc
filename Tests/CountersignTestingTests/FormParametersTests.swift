import Testing

@testable import CountersignTesting

@Suite("Forms, base64url and dates")
struct FormParametersTests {
    @Test(
        "A form is decoded as RFC 6749 appendix B specifies",
        arguments: [
            ("a=1&b=2", ["a": ["1"], "b": ["2"]]), ("a=1&a=2", ["a": ["1", "2"]]), ("a=b=c", ["a": ["b=c"]]),
            ("a+b=c+d", ["a b": ["c d"]]), ("%C3%A9=%c3%a9", ["é": ["é"]]), ("a", ["a": [""]]),
            ("&&a=1&", ["a": ["1"]]),
            ("", [:]), ("%2B=%26%3D", ["+": ["&="]]),
        ]
    )
    func form(text: String, expected: [String: [String]]) throws {
        let form = try #require(FormParameters(Array(text.utf8)))
        #expect(Set(form.names) == Set(expected.keys))
        for (name, values) in expected { #expect(form.values(for: name) == values) }
    }

    @Test("A malformed form is rejected", arguments: ["a=%", "a=%4", "a=%zz", "a=%+1", "a=%-1", "%C3=1", "a=%FF"])
    func malformedForm(text: String) {
        #expect(FormParameters(Array(text.utf8)) == nil)
    }

    @Test(
        "Base64url is decoded strictly",
        arguments: [
            ("", []), ("AA", [0]), ("_-8", [255, 239]), ("AAAA", [0, 0, 0]), ("A", nil), ("AB", nil), ("AA==", nil),
            ("AA\n", nil), ("+/8", nil), ("AAAAA", nil), ("AAB", nil),
        ] as [(String, [UInt8]?)]
    )
    func base64URL(text: String, bytes: [UInt8]?) {
        #expect(Base64URLText.decode(text) == bytes)
        if let bytes { #expect(Base64URLText.encode(bytes) == text) }
    }

    @Test(
        "Dates in HTTP fields are formatted correctly, including leap days",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (951_827_696, "Tue, 29 Feb 2000 12:34:56 GMT"), (1_709_251_199, "Thu, 29 Feb 2024 23:59:59 GMT"),
            (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"), (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
            (1e300, "Fri, 31 Dec 9999 23:59:59 GMT"), (-1, "Thu, 01 Jan 1970 00:00:00 GMT"),
        ]
    )
    func date(seconds: Double, text: String) {
        #expect(HTTPDateText.format(unixSeconds: seconds) == text)
    }
}
