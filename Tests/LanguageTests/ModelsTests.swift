@_spi(Generated) import Countersign
import CountersignTesting
import Foundation
import Testing

@Suite("Models on the wire", .timeLimit(.minutes(15)))
struct ModelsTests {
    private static let scalars = """
        {"text":"a","flag":true,"count":1,"small":-2,"large":9007199254740993,"ratio":0.1,"exact":0.1,\
        "price":19.99,"day":"2024-02-29","at":"1985-04-12T23:20:50.520Z",\
        "batch":"6ba7b810-9dad-11d1-80b4-00c04fd430c8","link":"https://example.com/a?b=c#d","data":"AAEC/w==",\
        "any":{"a":[null,true,1.50]}}
        """

    // MARK: Scalars

    @Test("Every scalar is decoded, and encoded as it was received")
    func scalars() async throws {
        let exchange = ModelsExchange(Self.scalars)
        let value = try await exchange.client.scalars(body: .init(text: Self.scalars))
        #expect(try exchange.sent() == Self.scalars)
        #expect(value.large == 9_007_199_254_740_993)
        #expect(value.price == Decimal(string: "19.99"))
        #expect(value.day == CalendarDay(year: 2024, month: 2, day: 29))
        #expect(value.at == Date(timeIntervalSince1970: 482_196_050.52))
        #expect(value.batch == UUID(uuidString: "6BA7B810-9DAD-11D1-80B4-00C04FD430C8"))
        #expect(value.link == URL(string: "https://example.com/a?b=c#d"))
        #expect(value.data == Data([0, 1, 2, 255]))
        #expect(value.any == .object(["a": [nil, true, .number("1.50")]]))
    }

    @Test(
        "The variants of a value that real servers send are decoded to the same value",
        arguments: [
            (#""count":1"#, #""count":1.0"#), (#""count":1"#, #""count":1e0"#), (#""count":1"#, #""count":10E-1"#),
            (#""small":-2"#, #""small":-2.00"#), (#""price":19.99"#, #""price":1999e-2"#),
            (#""exact":0.1"#, #""exact":1E-1"#), (#""text":"a""#, #""text":"\u0061""#),
            (#""at":"1985-04-12T23:20:50.520Z""#, #""at":"1985-04-13T00:20:50.52+01:00""#),
            (#""batch":"6ba7b810"#, #""batch":"6BA7B810"#),
            (#""flag":true"#, #""new":{"a":[]},"flag":true,"newer":null"#),
        ]
    )
    func variants(usual: String, written: String) async throws {
        try #require(Self.scalars.contains(usual))
        let exchange = ModelsExchange(Self.scalars.replacing(usual, with: written))
        let value = try await exchange.client.scalars(body: .init(text: Self.scalars))
        #expect(try value == .init(text: Self.scalars))
    }

    @Test("Text is preserved: surrogate pairs, escapes, zeros")
    func text() async throws {
        let exchange = ModelsExchange(
            Self.scalars.replacing(#""text":"a""#, with: #""text":"\ud83d\udc4d \u0000 \/ é\n""#)
        )
        var body = try ModelsAPI.Scalars(text: Self.scalars)
        body.text = "👍 \0 / é\n\"\\"
        let value = try await exchange.client.scalars(body: body)
        #expect(value.text == "👍 \0 / é\n")
        #expect(try exchange.sent().contains(#"{"text":"👍 \u0000 / é\n\"\\","#))
    }

    @Test(
        "A value of another type is rejected, and the error has its path but not the value",
        arguments: [
            (#""text":"a""#, #""text":771"#, "text"), (#""flag":true"#, #""flag":771"#, "flag"),
            (#""count":1"#, #""count":771.5"#, "count"), (#""small":-2"#, #""small":77100000000"#, "small"),
            (#""large":9007199254740993"#, #""large":"771""#, "large"), (#""ratio":0.1"#, #""ratio":771e60"#, "ratio"),
            (#""exact":0.1"#, #""exact":771e400"#, "exact"), (#""price":19.99"#, #""price":"771""#, "price"),
            (#""day":"2024-02-29""#, #""day":"7710-02-30""#, "day"),
            (#""at":"1985-04-12T23:20:50.520Z""#, #""at":771"#, "at"),
            (#""batch":"6ba7b810"#, #""batch":"x771"#, "batch"), (#""link":"https"#, #""link":"http 771"#, "link"),
            (#""data":"AAEC/w==""#, #""data":"77l1?""#, "data"), (#""text":"a","#, "", "text"),
            (#""text":"a""#, #""text":null"#, "text"),
        ]
    )
    func wrongKinds(usual: String, written: String, path: String) async throws {
        try #require(Self.scalars.contains(usual))
        let exchange = ModelsExchange(Self.scalars.replacing(usual, with: written))
        let error = try await failure { () async throws(ModelsAPI.Failure) in
            try await exchange.client.scalars(body: try! .init(text: Self.scalars))
        }
        #expect(error.kind == .undecodableResponse)
        #expect(error.description.contains(": \(path): "), "\(error)")
        #expect(!error.description.contains("771"), "\(error)")
    }

    @Test(
        "Numbers and dates that JSON cannot represent are rejected before anything is sent",
        arguments: ["ratio", "exact", "price", "at"]
    )
    func unwritable(field: String) async throws {
        var body = try ModelsAPI.Scalars(text: Self.scalars)
        switch field {
        case "ratio": body.ratio = .infinity
        case "exact": body.exact = .nan
        case "price": body.price = .nan
        default: body.at = Date(timeIntervalSince1970: 1e15)
        }
        let exchange = ModelsExchange()
        let sent = body
        let error = try await failure { () async throws(ModelsAPI.Failure) in
            try await exchange.client.scalars(body: sent)
        }
        #expect(error.kind == .invalidRequest)
        #expect(error.description.contains(field))
        #expect(exchange.transport.requests.isEmpty)
    }

    @Test("Nested lists and maps are preserved, with maps in the order of their keys")
    func collections() async throws {
        let text = """
            {"texts":["a","b"],"prices":[0.10,1],"days":["2024-01-01"],"holes":[1,null,3],"map":{"b":"2","a":"1"},\
            "nested":{"x":{"y":[1,2],"z":[]},"w":{}},"sparse":{"b":null,"a":"1"},"blobs":{"a":"AA=="}}
            """
        let exchange = ModelsExchange(text)
        let value = try await exchange.client.collections(body: .init(text: text))
        #expect(value.holes == [1, nil, 3])
        #expect(value.nested == ["x": ["y": [1, 2], "z": []], "w": [:]])
        #expect(value.sparse == ["a": "1", "b": nil as String?])
        #expect(
            try exchange.sent() == """
                {"texts":["a","b"],"prices":[0.1,1],"days":["2024-01-01"],"holes":[1,null,3],"map":{"a":"1","b":"2"},\
                "nested":{"w":{},"x":{"y":[1,2],"z":[]}},"sparse":{"a":"1","b":null},"blobs":{"a":"AA=="}}
                """
        )
    }

    @Test("P59: a key that looks like a credential is masked in the path of an error")
    func credentialKeys() async throws {
        let key = "sk_live_51Habcdefghijklmnop"
        let text = #"{"texts":[],"prices":[],"holes":[],"map":{"\#(key)":1},"nested":{},"sparse":{},"blobs":{}}"#
        let exchange = ModelsExchange(text)
        let error = try await failure { () async throws(ModelsAPI.Failure) in
            try await exchange.client.collections(
                body: .init(texts: [], prices: [], holes: [], map: [:], nested: [:], sparse: [:], blobs: [:])
            )
        }
        #expect(error.description.contains("expected a string"), "\(error)")
        #expect(!error.description.contains("51Habc") && !error.message.contains("51Habc"), "\(error)")
    }

    @Test("The error of a nested element has the whole path")
    func path() async throws {
        let text = #"{"texts":[],"prices":[],"holes":[],"map":{},"nested":{"x":{"y":[1,"2"]}},"sparse":{},"blobs":{}}"#
        let exchange = ModelsExchange(text)
        let error = try await failure { () async throws(ModelsAPI.Failure) in
            try await exchange.client.collections(
                body: .init(texts: [], prices: [], holes: [], map: [:], nested: [:], sparse: [:], blobs: [:])
            )
        }
        #expect(error.description.contains("nested.x.y[1]: expected an integer"), "\(error)")
    }

    // MARK: Absent and null

    @Test(
        "Missing and null fields are decoded as declared",
        arguments: [
            (#"{"required":"a","cleared":null}"#, nil, nil, nil, 7, 8),
            (
                #"{"required":"a","cleared":null,"maybe":null,"patch":null,"fallback":null,"loose":null}"#, nil, nil,
                .null, 7, 8
            ),
            (#"{"required":"a","cleared":"c","maybe":"m","patch":"p","fallback":1,"loose":2}"#, "m", "c", "p", 1, 2),
        ] as [(String, String?, String?, Nullable<String>?, Int, Int?)]
    )
    func presence(
        response: String,
        maybe: String?,
        cleared: String?,
        patch: Nullable<String>?,
        fallback: Int,
        loose: Int?
    ) async throws {
        let exchange = ModelsExchange(response)
        let value = try await exchange.client.presence(body: .init(required: "", cleared: nil))
        #expect(value.maybe == maybe)
        #expect(value.cleared == cleared)
        #expect(value.patch == patch)
        #expect(value.fallback == fallback)
        #expect(value.loose == loose)
        #expect(value.elsewhere == nil)
        #expect(try exchange.sent() == #"{"required":"","cleared":null,"fallback":7,"loose":8}"#)
    }

    @Test("A missing nullable field is an error, because it is required")
    func missingNullable() async throws {
        let exchange = ModelsExchange(#"{"required":"a"}"#)
        let error = try await failure { () async throws(ModelsAPI.Failure) in
            try await exchange.client.presence(body: .init(required: "", cleared: nil))
        }
        #expect(error.description.contains("cleared: the key is missing"), "\(error)")
    }

    @Test(
        "A patch distinguishes unchanged, cleared and set fields when decoded and encoded",
        arguments: [
            ("{}", ModelsAPI.Patch()),
            (
                #"{"note":null,"size":null,"due":null,"level":null}"#,
                .init(note: .null, size: .null, due: .null, level: .null)
            ),
            (
                #"{"note":"a","size":3,"due":"1970-01-01T00:00:00Z","level":2}"#,
                .init(note: "a", size: 3, due: .value(Date(timeIntervalSince1970: 0)), level: .value(.high))
            ),
        ]
    )
    func patch(text: String, value: ModelsAPI.Patch) async throws {
        let exchange = ModelsExchange(text)
        #expect(try await exchange.client.patch(body: value) == value)
        #expect(try exchange.sent() == text)
    }

    @Test("The fields of an inline body are parameters, and its additional properties one more")
    func inlinePatch() async throws {
        let exchange = ModelsExchange("", "", "")
        try await exchange.client.patchInline()
        try await exchange.client.patchInline(note: .null, at: Date(timeIntervalSince1970: 1.5), others: ["x": [1]])
        try await exchange.client.patchInline(note: "a", others: ["note": "not this one"])
        #expect(try exchange.sent(0) == "{}")
        #expect(try exchange.sent(1) == #"{"note":null,"at":1,"x":[1]}"#)
        #expect(try exchange.sent(2) == #"{"note":"a"}"#)
    }

    // MARK: Included fields and additional properties

    @Test("Included, one-way, renamed and deprecated fields and additional properties are coded as declared")
    func order() async throws {
        let audit = #""created_at":"2024-01-01T00:00:00Z","deleted_at":null"#
        let exchange = ModelsExchange(
            """
            {"id":7.0,\(audit),"note":null,"secret":"never read","revision":3,"old_ref":"r","@odata.etag":"e",\
            "z":1,"a":{"b":null},"z":2}
            """
        )
        let sent = ModelsAPI.Order(
            id: 7,
            createdAt: Date(timeIntervalSince1970: 1_704_067_200),
            deletedAt: nil,
            note: "n",
            secret: "s",
            revision: 9,
            others: ["b": 2, "a": "x", "note": "not this one"]
        )
        let order = try await exchange.client.order(body: sent)
        #expect(try exchange.sent() == #"{"id":7,\#(audit),"note":"n","secret":"s","a":"x","b":2}"#)
        #expect(order.id == 7)
        #expect(order.createdAt == sent.createdAt)
        #expect(order.secret == nil)
        #expect(order.revision == 3)
        #expect(order.etag == "e")
        #expect(order.others == ["z": 1, "a": ["b": nil]])
        // The deprecated field is still decoded and encoded.
        #expect(
            order
                != {
                    var other = order; other.etag = nil; return other
                }()
        )
        #expect(try JSONValue(encoding: order).text.contains(#""old_ref":"r""#))
    }

    @Test("An additional property of the wrong type is an error with its name")
    func others() async throws {
        let exchange = ModelsExchange(#"{"of":"a","b":1,"c":2e0}"#, #"{"of":"a","b":"1"}"#)
        let scores = ModelsAPI.Scores(of: "a", others: ["c": 2, "b": 1])
        #expect(try await exchange.client.scores(body: scores) == scores)
        #expect(try exchange.sent() == #"{"of":"a","b":1,"c":2}"#)
        let error = try await failure { () async throws(ModelsAPI.Failure) in
            try await exchange.client.scores(body: scores)
        }
        #expect(error.description.contains("b: expected an integer, found a string"), "\(error)")
    }

    // MARK: Errors

    @Test("An error declared without a body has a status and no problem, with any body")
    func nothing() async throws {
        for (status, body, kind) in [
            (404, "", .unexpectedStatus), (404, #"{"code":"c"}"#, .unexpectedStatus), (400, #"{"code":"c"}"#, .problem),
            (410, "", .unexpectedStatus),
        ] as [(HTTP.Status, String, CallErrorKind)] {
            let exchange = ModelsExchange(body, status: status)
            let error = try await failure { () async throws(ModelsAPI.Failure) in
                try await exchange.client.patchInline()
            }
            #expect(error.kind == kind)
            #expect(error.status == status)
            #expect(error.problem?.code == (kind == .problem ? "c" : nil))
        }
    }
}

extension JSONValue {
    /// The JSON as text.
    var text: String {
        var writer = JSONWriter()
        writer.value(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
