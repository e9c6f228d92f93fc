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
            ("%2e", "/v1/items/%252e/x"), ("ä b", "/v1/items/%C3%A4%20b/x"), ("~a.b-c_d", "/v1/items/~a.b-c_d/x"),
            ("a\r\nb", "/v1/items/a%0D%0Ab/x"), ("...", "/v1/items/.../x"),
        ]
    )
    func path(value: String, target: String) {
        var request = APIRequest(operation("/items/{id}/x"), basePath: "/v1")
        request.path(value)
        #expect(request.draft.target == target)
        #expect(request.draft.rejection == nil)
    }

    @Test("A path parameter that would change the path is rejected by name", arguments: ["", ".", ".."])
    func dots(value: String) {
        for (path, arguments, name) in [
            ("/items/{id}", [value], "id"), ("/{shop}/items/{item_id}.json", ["a", value], "item_id"),
            ("/{shop}{id}", [value, value], "shop"), ("/items", [value], ""),
        ] {
            var request = APIRequest(operation(path), basePath: "")
            for argument in arguments { request.path(argument) }
            #expect(request.draft.rejection == "the path parameter '\(name)' must not be empty, '.' or '..'")
        }
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
