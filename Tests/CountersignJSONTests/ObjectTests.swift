@_spi(Generated) import CountersignJSON
import Testing

@Suite("JSON object cursor")
struct ObjectTests {
    @Test("Members are found in order, out of order, and repeatedly")
    func order() throws {
        let keys = ["a", "b", "c", "d"]
        let root = try parse(#"{"a":0,"b":1,"c":{"a":9,"x":[{}]},"d":3}"#)
        for first in keys {
            for second in keys {
                for third in keys {
                    var object = try root.object()
                    for key in [first, second, third] {
                        #expect(object.member(key)?.offset == root[key]?.offset)
                    }
                    #expect(object.member("x") == nil)
                    #expect(object.member(first)?.offset == root[first]?.offset)
                }
            }
        }
    }

    @Test("Missing keys, null and values are handled as documented by each reader")
    func absence() throws {
        var object = try parse(#"{"null":null,"one":1}"#).object()
        let optional: [Int?] = [try object.optional("one"), try object.optional("null"), try object.optional("none")]
        #expect(optional == [1, nil, nil])
        let defaults = [
            try object.value("one", default: 7), try object.value("null", default: 7),
            try object.value("none", default: 7),
        ]
        #expect(defaults == [1, 7, 7])
        let nullable: [Int?] = [try object.nullable("one"), try object.nullable("null")]
        #expect(nullable == [1, nil])
        let accepting: Int? = try object.value("null")
        #expect(accepting == nil)
        #expect(try object.value("null") == JSONValue.null)
        #expect(try object.value("one") as Int == 1)
    }

    @Test("A default is not computed if the key has a value")
    func lazyDefault() throws {
        var object = try parse(#"{"a":1}"#).object()
        var computed = 0
        func make() -> Int {
            computed += 1
            return 2
        }
        #expect(try object.value("a", default: make()) == 1)
        #expect(computed == 0)
    }

    struct Plain: JSONDecodable {
        init(json: JSONNode) throws(JSONDecodingError) {
            var object = try json.object()
            _ = try object.value("a") as Int
        }
    }

    struct AcceptingNull: JSONDecodable {
        init(json: JSONNode) throws(JSONDecodingError) {
            var object = try json.object()
            _ = try object.value("a") as Int?
        }
    }

    struct Nullable: JSONDecodable {
        init(json: JSONNode) throws(JSONDecodingError) {
            var object = try json.object()
            _ = try object.nullable("a") as Int?
        }
    }

    @Test("A missing required key is an error in every reader")
    func missing() throws {
        let text = "[\n{\"b\":1}]"
        let expected = JSONDecodingError(path: "[0].a", line: 2, column: 1, message: "the key is missing")
        #expect(try decodingError([Plain].self, text) == expected)
        #expect(try decodingError([AcceptingNull].self, text) == expected)
        #expect(try decodingError([Nullable].self, text) == expected)
    }

    @Test("Null is rejected for a required value")
    func null() throws {
        #expect(
            try decodingError([String: Int].self, #"{"a":null}"#)?.description
                == "a: expected an integer, found null (line 1, column 6)"
        )
        #expect(try [String: Int?](json: parse(#"{"a":null,"b":1}"#)) == ["a": nil, "b": 1])
        #expect(try [Int?](json: parse("[null,1]")) == [nil, 1])
    }

    @Test("Empty objects and empty keys are supported")
    func empty() throws {
        var empty = try parse("{}").object()
        #expect(empty.member("") == nil)
        var object = try parse(#"{"":1}"#).object()
        #expect(object.member("")?.int == 1)
        #expect(object.member("a") == nil)
    }

    @Test("Other members are collected, with the first value of duplicate keys")
    func others() throws {
        let object = try parse(#"{"a":1,"b":2,"c":3,"b":4}"#).object()
        #expect(try object.others(except: ["a"]) == ["b": 2, "c": 3])
        #expect(try object.others(except: []) == ["a": 1, "b": 2, "c": 3])
    }

    @Test("Only an object has a cursor")
    func kind() throws {
        for (text, found) in [
            ("[]", "an array"), ("1", "a number"), ("\"\"", "a string"), ("null", "null"), ("true", "a boolean"),
        ] {
            let root = try parse(text)
            let error = #expect(throws: JSONDecodingError.self) { try root.object() }
            #expect(error?.description == "the document: expected an object, found \(found) (line 1, column 1)")
        }
    }
}

@Suite("JSON decoding errors")
struct DecodingErrorTests {
    struct Item: JSONDecodable {
        var price: Double
        init(json: JSONNode) throws(JSONDecodingError) {
            var object = try json.object()
            price = try object.value("price")
        }
    }

    struct Order: JSONDecodable {
        var items: [Item]
        init(json: JSONNode) throws(JSONDecodingError) {
            var object = try json.object()
            items = try object.value("items")
        }
    }

    @Test("An error has the path, line and column of the value")
    func path() throws {
        let text = """
            {"note": "é",
             "items": [{"price": 1}, {"price": 2}, {"x": [1], "price": 3},
                       {"price": "secret"}]}
            """
        let error = try #require(try decodingError(Order.self, text))
        #expect(error.path == "items[3].price")
        #expect((error.line, error.column) == (3, 22))
        #expect(error.message == "expected a number, found a string")
        #expect(!error.description.contains("secret"))
    }

    static let paths: [(String, String)] = [
        ("0", ""), ("[0]", "[0]"), ("[1,[[0]]]", "[1][0][0]"), (#"{"a-b_c$":0}"#, "a-b_c$"), (#"{"a":{"b":0}}"#, "a.b"),
        (#"{"a b":0}"#, "[\"a b\"]"), (#"{"x":{"a.b":0}}"#, "x[\"a.b\"]"), (#"{"":0}"#, "[\"\"]"),
        (#"{"\n\u0000":0}"#, "[\"��\"]"),
        (#"{"\"":0}"#, "[\"�\"]"), (#"{"é":0}"#, "[\"é\"]"), (#"{"\u202e":0}"#, "[\"�\"]"), (#"{"@type":0}"#, "@type"),
        (#"{"\#(String(repeating: "k", count: 100))":0}"#, "[\"\(String(repeating: "k", count: 64))…\"]"),
    ]

    @Test("Paths quote and shorten unusual keys", arguments: paths)
    func rendersPath(text: String, path: String) throws {
        func zero(_ node: JSONNode) -> JSONNode? {
            if node.int == 0 { return node }
            for child in node.elements { if let found = zero(child) { return found } }
            for member in node.members { if let found = zero(member.value) { return found } }
            return nil
        }
        let node = try #require(zero(try parse(text)))
        #expect(JSONDecodingError(at: node, message: "").path == path)
    }

    @Test("Errors of standard types do not quote the value")
    func quotesNothing() throws {
        let texts = ["\"4711\"", "4711.5", "[4711.5]", "{\"4711\":1}", "47110000000000000000000", "47111e400"]
        for text in texts {
            let errors = [
                try decodingError(Bool.self, text), try decodingError(Int.self, text),
                try decodingError(Int32.self, text),
                try decodingError([Bool].self, text), try decodingError(CalendarDay.self, text),
            ]
            #expect(errors.allSatisfy { $0?.message.contains("4711") == false })
        }
    }
}
