@_spi(Generated) import Countersign
import CountersignTesting
import Foundation
import Testing

@Suite("Enumerations, timestamps and unions on the wire", .timeLimit(.minutes(15)))
struct ModelsKindsTests {
    @Test("Enumerations are decoded by their values; an open one preserves unknown values")
    func enumerations() async throws {
        let exchange = ModelsExchange(
            #"{"level":2.0,"priority":-1,"colour":"mauve","stock":"off","levels":[1,7,2e0]}"#
        )
        let value = try await exchange.client.enumerations(
            body: .init(
                level: .unrecognized(5),
                priority: .urgent,
                colour: .darkBlue,
                stock: .inStock,
                levels: [.low, .unrecognized(-3)]
            )
        )
        #expect(
            try exchange.sent() == """
                {"level":5,"priority":9,"colour":"dark_blue","stock":"in-stock","levels":[1,-3],"usual":2,\
                "state":"in-stock"}
                """
        )
        #expect(value.level == .high)
        #expect(value.priority == .calm)
        #expect(value.colour == .unrecognized("mauve"))
        #expect(value.stock == .gone)
        #expect(value.levels == [.low, .unrecognized(7), .high])
        #expect(value.usual == .high)
        #expect(value.state == .inStock)
        #expect(ModelsAPI.Priority.allCases == [.calm, .urgent])
    }

    @Test(
        "An unknown value of a closed enumeration, or one of another type, is an error that does not quote it",
        arguments: [
            (#""priority":771"#, "priority"), (#""stock":"s771""#, "stock"), (#""level":"771""#, "level"),
            (#""level":1.5"#, "level"), (#""colour":771"#, "colour"),
        ]
    )
    func closed(written: String, path: String) async throws {
        let usual = #""level":1,"priority":-1,"colour":"red","stock":"off""#
        let field = try #require(usual.split(separator: ",").first { $0.hasPrefix("\"\(path)\"") })
        let exchange = ModelsExchange("{\(usual.replacing(field, with: written)),\"levels\":[]}")
        let error = try await failure { () async throws(ModelsAPI.Failure) in
            try await exchange.client.enumerations(
                body: .init(level: .low, priority: .calm, colour: .red, stock: .gone, levels: [])
            )
        }
        #expect(error.description.contains(": \(path): "), "\(error)")
        #expect(!error.description.contains("771"), "\(error)")
    }

    // MARK: Timestamps

    private static let times = """
        {"rfc":"2023-11-14T22:13:20.250Z","seconds":1700000000,"millis":1700000000250,\
        "http":"Tue, 14 Nov 2023 22:13:20 GMT","cleared":null,"list":[0,-1],"map":{"a":"Thu, 01 Jan 1970 00:00:00 GMT"},\
        "named":1,"wrapped":2}
        """

    @Test("Every timestamp format is decoded and encoded")
    func times() async throws {
        let exchange = ModelsExchange(Self.times)
        let value = try await exchange.client.times(body: .init(text: Self.times))
        #expect(try exchange.sent() == Self.times)
        #expect(value.rfc == Date(timeIntervalSince1970: 1_700_000_000.25))
        #expect(value.millis == value.rfc)
        #expect(value.seconds == Date(timeIntervalSince1970: 1_700_000_000))
        #expect(value.http == value.seconds)
        #expect(value.maybe == nil && value.cleared == nil && value.patch == nil)
        #expect(value.list == [Date(timeIntervalSince1970: 0), Date(timeIntervalSince1970: -1)])
        #expect(value.map == ["a": Date(timeIntervalSince1970: 0)])
        #expect(value.named == Date(timeIntervalSince1970: 1))
        #expect(value.wrapped == .init(rawValue: Date(timeIntervalSince1970: 2)))
    }

    @Test("Optional, nullable and patched timestamps have the declared format, and seconds are rounded down")
    func absentTimes() async throws {
        let text = Self.times.replacing(
            #""cleared":null"#,
            with: #""maybe":1.7e9,"cleared":-1,"patch":null"#
        )
        let exchange = ModelsExchange(text)
        var body = try ModelsAPI.Times(text: text)
        #expect(body.maybe == body.seconds)
        #expect(body.cleared == Date(timeIntervalSince1970: -0.001))
        #expect(body.patch == .null)
        body.patch = .value(Date(timeIntervalSince1970: 1.9996))
        body.maybe = Date(timeIntervalSince1970: -0.5)
        body.list = []
        _ = try await exchange.client.times(body: body)
        #expect(try exchange.sent().contains(#""maybe":-1,"cleared":-1,"patch":2,"list":[],"#))
    }

    @Test(
        "A timestamp in another format is rejected",
        arguments: [
            (#""seconds":1700000000"#, #""seconds":"1700000000""#), (#""seconds":1700000000"#, #""seconds":1e300"#),
            (#""millis":1700000000250"#, #""millis":253402300800000"#),
            (#""http":"Tue, 14 Nov 2023"#, #""http":"Tue, 31 Nov 2023"#),
            (#""http":"Tue, 14 Nov 2023 22:13:20 GMT""#, #""http":1700000000"#),
            (#""http":"Tue, 14 Nov 2023 22:13:20 GMT""#, #""http":"2023-11-14T22:13:20Z""#),
            (#""wrapped":2"#, #""wrapped":"2023-11-14T22:13:20Z""#), (#""list":[0"#, #""list":[null"#),
        ]
    )
    func wrongTimes(usual: String, written: String) throws {
        try #require(Self.times.contains(usual))
        #expect(throws: JSONDecodingError.self) {
            try ModelsAPI.Times(text: Self.times.replacing(usual, with: written))
        }
    }

    // MARK: Unions (oneOf)

    @Test(
        "A union is decoded by its discriminator and encoded with it",
        arguments: [
            (#"{"kind":"circle","radius":1.5}"#, .circle(.init(radius: 1.5))),
            (#"{"kind":"square","side":2,"a":1}"#, .square(.init(side: 2, others: ["a": 1]))),
            (
                #"{"kind":"group","first":{"kind":"circle","radius":1},"more":[{"kind":"group","first":{"kind":"x"},"more":[]}]}"#,
                .group(
                    .init(
                        first: .circle(.init(radius: 1)),
                        more: [.group(.init(first: .unrecognized("x", ["kind": "x"]), more: []))]
                    )
                )
            ),
            (#"{"kind":"tagged","note":"n"}"#, .tagged(.init(kind: "tagged", note: "n"))),
            (#"{"deep":[{}],"kind":"blob"}"#, .unrecognized("blob", ["kind": "blob", "deep": [[:]]])),
        ] as [(String, ModelsAPI.Shape)]
    )
    func shapes(text: String, shape: ModelsAPI.Shape) async throws {
        let exchange = ModelsExchange(text)
        #expect(try await exchange.client.shape(body: shape) == shape)
        #expect(try exchange.sent() == text)
    }

    @Test("A type with the discriminator as a field is encoded with the discriminator of its case")
    func ownTag() async throws {
        let exchange = ModelsExchange("null")
        _ = try await exchange.client.shape(body: .tagged(.init(kind: "circle", note: "n")))
        #expect(try exchange.sent() == #"{"kind":"tagged","note":"n"}"#)
        #expect(try JSONValue(encoding: ModelsAPI.Tagged(kind: "x", note: "n")) == ["kind": "x", "note": "n"])
    }

    @Test("The discriminator is found at any position")
    func late() async throws {
        let exchange = ModelsExchange(#"{"side":2,"a":1,"kind":"square"}"#, "null")
        let square = ModelsAPI.Shape.square(.init(side: 2, others: ["a": 1]))
        #expect(try await exchange.client.shape(body: square) == square)
        #expect(try await exchange.client.shape(body: square) == nil)
    }

    @Test(
        "A union without its discriminator, or a closed one with an unknown discriminator, is an error",
        arguments: [
            (#"{"shape":{"radius":1}}"#, "shape.kind: the key is missing"),
            (#"{"shape":{"kind":1}}"#, "shape.kind: expected a string"),
            (#"{"shape":[]}"#, "shape: expected an object"),
            (#"{"shape":{"kind":"circle"}}"#, "shape.radius: the key is missing"),
            (#"{"shape":{"kind":"x"},"payment":{"type":"p771"}}"#, "payment: unknown discriminator"),
        ]
    )
    func wrongShapes(text: String, message: String) async throws {
        let exchange = ModelsExchange(text)
        let error = try await failure { () async throws(ModelsAPI.Failure) in
            try await exchange.client.drawing(body: .init(shape: .circle(.init(radius: 1)), payment: .cash(.init())))
        }
        #expect(error.kind == .undecodableResponse)
        #expect(error.description.contains(message), "\(error)")
        #expect(!error.description.contains("771"))
        #expect(try exchange.sent() == #"{"shape":{"kind":"circle","radius":1},"payment":{"type":"cash"}}"#)
    }

    // MARK: Recursive types

    @Test("A recursive type is decoded and encoded up to the maximum depth of JSON")
    func recursion() async throws {
        let depth = 60
        let text =
            String(repeating: #"{"value":1,"next":"#, count: depth)
            + #"{"value":0,"children":[{"value":2,"children":[]}]}"#
            + String(repeating: #","children":[]}"#, count: depth)
        let exchange = ModelsExchange(text)
        let node = try await exchange.client.node(body: .init(text: text))
        #expect(try exchange.sent() == text)
        var last = node
        while let next = last.next { last = next }
        #expect(last == .init(value: 0, children: [.init(value: 2)]))
    }

    @Test("A body that is nested too deeply is rejected without a crash")
    func depth() async throws {
        for nested in [
            String(repeating: #"{"value":1,"next":"#, count: 100_000), String(repeating: "[", count: 100_000),
            String(repeating: #"{"value":1,"children":["#, count: 100_000),
        ] {
            let exchange = ModelsExchange(nested)
            let error = try await failure { () async throws(ModelsAPI.Failure) in
                try await exchange.client.node(body: .init(value: 1))
            }
            #expect(error.kind == .undecodableResponse)
        }
    }

    @Test("The elements of a list type that are declared inline have a type with a name")
    func table() async throws {
        let text = #"[{"cells":[{"is":"text","text":"a"},{"is":"table","rows":[{"cells":[]}]}]}]"#
        let exchange = ModelsExchange(text)
        let table: [ModelsAPI.TableElement] = [
            .init(cells: [.text(.init(text: "a")), .table(.init(rows: [.init(cells: [])]))])
        ]
        #expect(try await exchange.client.table(body: table) == table)
        #expect(try exchange.sent() == text)
    }

    // MARK: Parameters

    @Test("Every scalar is encoded as text in paths, queries and header fields")
    func parameters() async throws {
        let exchange = ModelsExchange("")
        let instant = Date(timeIntervalSince1970: 1_700_000_000.25)
        try await exchange.client.find(
            level: .unrecognized(7),
            at: instant,
            text: "a b&c=d/é",
            flag: false,
            count: -1,
            small: 2,
            large: 9_007_199_254_740_993,
            ratio: 0.1,
            exact: 1e-7,
            price: #require(Decimal(string: "19.99")),
            day: #require(CalendarDay(year: 2024, month: 2, day: 29)),
            since: instant,
            batch: #require(UUID(uuidString: "6BA7B810-9DAD-11D1-80B4-00C04FD430C8")),
            link: #require(URL(string: "https://example.com/?a=b")),
            data: Data([251, 255]),
            id: 5,
            moment: .init(rawValue: instant),
            colours: [.red, .unrecognized("x,y")],
            until: instant,
            instants: [instant, Date(timeIntervalSince1970: 0)],
            name: "n",
            ifModifiedSince: instant,
            xPriority: .urgent
        )
        let request = try #require(exchange.transport.requests.first)
        #expect(
            request.url.string == """
                https://api.example.com/find/7/1700000000?text=a%20b%26c%3Dd%2F%C3%A9&flag=false&count=-1&small=2\
                &large=9007199254740993&ratio=0.1&exact=1e-07&price=19.99&day=2024-02-29\
                &since=2023-11-14T22%3A13%3A20.250Z&batch=6ba7b810-9dad-11d1-80b4-00c04fd430c8\
                &link=https%3A%2F%2Fexample.com%2F%3Fa%3Db&data=%2B%2F8%3D&id=5&moment=1700000000\
                &colours=red&colours=x%2Cy&until=1700000000250&at=1700000000&at=0&name=n
                """
        )
        #expect(request.fields["If-Modified-Since"] == "Tue, 14 Nov 2023 22:13:20 GMT")
        #expect(request.fields["X-Priority"] == "9")
    }
}
