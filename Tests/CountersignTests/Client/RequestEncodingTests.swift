import Foundation
import TestSupport
import Testing

@testable @_spi(Generated) import Countersign

@Suite("The encoding of arguments")
struct RequestEncodingTests {
    private func operation(_ path: String) -> APIOperation<Void, Never> {
        APIOperation("op", .get, path, returns: [.empty(.successful)])
    }

    @Test(
        "Each reserved character of a path parameter is encoded",
        arguments: [
            ("it_1", "/v1/items/it_1/x"), ("a/b", "/v1/items/a%2Fb/x"), ("a?b#c", "/v1/items/a%3Fb%23c/x"),
            ("%2f2", "/v1/items/%252f2/x"), ("ä b", "/v1/items/%C3%A4%20b/x"), ("~a.b-c_d", "/v1/items/~a.b-c_d/x"),
            ("a\r\nb", "/v1/items/a%0D%0Ab/x"), ("...", "/v1/items/.../x"),
        ]
    )
    func path(value: String, target: String) {
        var request = APIRequest(operation("/items/{id}/x"), basePath: "/v1")
        request.path(value)
        #expect(request.draft.target == target)
        #expect(request.draft.rejection == nil)
    }

    /// Returns the reason for which the arguments of a path are rejected; nil if they are accepted.
    private func rejection(_ path: String, _ values: [String]) -> String? {
        var request = APIRequest(operation(path), basePath: "/v1")
        for value in values { request.path(value) }
        return request.draft.rejection
    }

    @Test(
        "P42: a path parameter that a server would resolve to another path is rejected by its name",
        arguments: [
            "", ".", "..", "/", "\\", "//", "../admin/users", "..\\admin", "a/../b", "a\\..", "./a", "/..", "../",
            // Decoded by a second proxy, or by more of them.
            "%2e", "%2E%2e", ".%2e", "%2e%2e/admin", "..%2Fadmin", "..%5cadmin", "%252e%252e", "%25252e%25252e%25252fa",
            "%%32e.", "%2%65.", "%2F",
            // Path parameters of Tomcat, and text that ends or leaves a path that is parsed again.
            "..;/admin", "..;a=b/admin", "..?a", "a/..#b", "..\0", ".\t.", "..\n/a", " ..", ".. ", "%09..",
            "..%00.json",
        ]
    )
    func dots(value: String) {
        for (path, arguments, name) in [
            ("/items/{id}", [value], "id"), ("/items/{id}/x", [value], "id"),
            ("/{shop}/items/{item_id}.json", ["a", value], "item_id"), ("/{shop}{id}", [value, value], "shop"),
            ("/items", [value], ""),
        ] {
            let rejection = rejection(path, arguments)
            #expect(rejection?.hasPrefix("the path parameter '\(name)' is empty or has a segment '.' or '..'") == true)
            #expect(value.utf8.count < 3 || rejection?.contains(value) == false)
        }
    }

    private static let parts: [(path: String, values: [String], name: String)] = [
        ("/.{id}", ["."], "id"), ("/..{id}", ["/admin"], "id"), ("/{id}..", ["a/"], "id"), ("/.{id}", [";a"], "id"),
        ("/{x}{y}", ["%", "2e"], "y"), ("/{x}{y}", ["%2", "e."], "y"), ("/a/{x}{y}/b", ["a/%2", "e%2e"], "y"),
        ("/%2e{x}", ["%2e"], "x"), ("/{x}.", ["a/"], "x"),
    ]

    @Test(
        "P42: values that form a dot segment with the text or the values around them are rejected",
        arguments: parts
    )
    func neighbours(path: String, values: [String], name: String) {
        #expect(rejection(path, values)?.hasPrefix("the path parameter '\(name)' ") == true)
        #expect(rejection("/a" + path.dropFirst(), values.map { $0 + "x" }) == nil)
    }

    @Test(
        "Values with dots, slashes and percent signs that stay in their place are accepted",
        arguments: [
            "a.b", "...", "..a", "a..", "a..b", "a/b", "/a", "a/", "a//b", "C:\\x", "v1.2.3", "100%", "50%25", "a;b",
            ";", "#1",
            "?", "a?b", "group/project.git", ".well-known", "..well-known", "%", "%zz", "a@b.c", "ä", ". .",
            "\u{FF0E}\u{FF0E}",
        ]
    )
    func harmless(value: String) {
        for path in ["/items/{id}", "/items/{id}/x", "/a{id}", "/{id}.json"] {
            #expect(rejection(path, [value]) == nil)
        }
    }

    @Test("P42: no accepted value leaves its place, decoded up to four times, for 100,000 random values")
    func places() {
        var generator = SeededGenerator(seed: 4242)
        let pieces = [
            ".", ".", "..", "/", "\\", "%", "2", "e", "E", "5", "c", "f", ";", "?", "#", " ", "\t", "\0", "ä", "-", "a",
            "x=1",
            "%2e", "%2F", "%5C", "%25",
        ]
        func value() -> String {
            (0..<Int.random(in: 0...6, using: &generator)).map { _ in
                pieces[Int.random(in: 0..<pieces.count, using: &generator)]
            }.joined()
        }
        let paths = [
            ("/items/{id}", 1), ("/items/{id}/x", 1), ("/items/{id}.json", 1), ("/a{x}{y}", 2), ("/{x}{y}", 2),
            ("/.{x}", 1), ("/{x}.{y}/z", 2), ("/{x}-{y}", 2), ("/{x}/{y}", 2),
        ]
        var (accepted, climbed) = (0, 0)
        for round in 0..<100_000 {
            let (path, count) = paths[round % paths.count]
            var request = APIRequest(operation(path), basePath: "/v1")
            for _ in 0..<count { request.path(value()) }
            guard request.draft.rejection == nil else { continue }
            accepted += 1
            var target = Array(request.draft.target.utf8)
            for _ in 0...4 {
                if Self.climbs(target) {
                    climbed += 1
                    Issue.record("\(request.draft.target)")
                }
                target = Self.decodedOnce(target)
            }
        }
        #expect((20_000...90_000).contains(accepted))
        Promise.seen(42, "\(climbed) of \(accepted) accepted paths had a dot segment, decoded up to four times")
    }

    /// Returns true if a path has a dot segment, also for a server that drops what follows `;`.
    private static func climbs(_ path: [UInt8]) -> Bool {
        path.split { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }.contains { segment in
            let name = segment.prefix { $0 != UInt8(ascii: ";") }
            return name.elementsEqual(".".utf8) || name.elementsEqual("..".utf8)
        }
    }

    /// Decodes each percent-encoded byte once, as a proxy does.
    private static func decodedOnce(_ path: [UInt8]) -> [UInt8] {
        var decoded: [UInt8] = []
        var rest = path[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16),
                rest.count >= 2, rest.first != UInt8(ascii: "+")
            {
                decoded.append(code)
                rest = rest.dropFirst(2)
            } else {
                decoded.append(byte)
            }
        }
        return decoded
    }

    @Test("A value of 64 KiB of nested escapes is decoded in linear time")
    func nested() {
        let value = "%" + String(repeating: "25", count: 30_000) + "2e%2e"
        #expect(rejection("/items/{id}", [value]) != nil)
        #expect(rejection("/items/{id}", ["x" + value]) == nil)
    }

    @Test("Queries are encoded, nil values are omitted, lists are repeated")
    func query() {
        var request = APIRequest(operation("/items"), basePath: "")
        request.query("tag", "a&b=c")
        request.query("none", nil as String?)
        request.query("n", 7)
        request.query("ids[]", [1, 2])
        #expect(request.draft.target == "/items?tag=a%26b%3Dc&n=7&ids%5B%5D=1&ids%5B%5D=2")
    }

    @Test("A number that is not finite, or a date that no format can represent, is rejected by its name")
    func unrepresentable() {
        let date = Date(timeIntervalSince1970: 1e300)
        let cases: [(String, (inout APIRequest<Void, Never>) -> Void)] = [
            ("query parameter 'n'", { $0.query("n", Double.nan) }),
            ("query parameter 'n'", { $0.query("n", -Double.infinity) }),
            ("query parameter 'n'", { $0.query("n", Float.infinity as Float?) }),
            ("query parameter 'n'", { $0.query("n", Decimal.nan) }),
            ("query parameter 'n'", { $0.query("n", [1, Double.nan]) }),
            ("query parameter 'n'", { $0.query("n", [1, Double.nan], style: .comma) }),
            ("query parameter 'n'", { $0.query("n", date) }),
            ("query parameter 'n'", { $0.query("n", date.parameter(as: .unixSeconds)) }),
            ("path parameter 'id'", { $0.path(Double.infinity) }), ("path parameter 'id'", { $0.path(date) }),
            ("header field X-N", { $0.header("X-N", Float.nan) }),
            ("header field X-N", { $0.header("X-N", [Double.nan]) }),
            ("header field X-N", { $0.header("X-N", date.parameter(as: .httpDate)) }),
            ("form parameter 'n'", { $0.form("n", Double.nan) }), ("form parameter 'n'", { $0.form("n", [date]) }),
        ]
        for (place, add) in cases {
            var request = APIRequest(operation("/items/{id}"), basePath: "")
            add(&request)
            #expect(request.draft.rejection == "the \(place) must be a finite number, or a date of the years 0 to 9999")
        }
        var request = APIRequest(operation("/items/{id}"), basePath: "")
        request.path(-0.5)
        request.query("n", Double.greatestFiniteMagnitude)
        request.query("d", Date(timeIntervalSince1970: 0).parameter(as: .unixMilliseconds))
        #expect(request.draft.rejection == nil)
        #expect(request.draft.target == "/items/-0.5?n=1.7976931348623157e%2B308&d=0")
    }

    @Test("A header value that could end its line is rejected", arguments: ["a\r\nb", "a\nb", "a\0b"])
    func header(value: String) {
        var request = APIRequest(operation("/items"), basePath: "")
        request.header("X-Trace", value)
        #expect(request.draft.rejection != nil)
        #expect(!request.draft.fields.contains("X-Trace"))
    }

    @Test("Several placeholders are replaced in their order")
    func order() {
        var request = APIRequest(operation("/a/{x}/b/{y}.json"), basePath: "")
        request.path(1)
        request.path(2)
        #expect(request.draft.target == "/a/1/b/2.json")
    }
}
