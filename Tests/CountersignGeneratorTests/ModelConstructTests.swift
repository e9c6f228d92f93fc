import Testing

@testable import CountersignGenerator

@Suite("Constructs of models")
struct ModelConstructTests {
    private func source(of types: String, returns type: String = "T", conformances: String = "[]") throws -> String {
        try generate(
            """
            client: TestAPI
            server: https://api.example.com
            conformances: \(conformances)
            types: { \(types) }
            operations: { a: { post: /a, body: \(type), returns: \(type) } }
            """
        )
    }

    @Test(
        "A field is decoded and encoded as declared",
        arguments: [
            ("nullable string", "x: String?", "nullable(\"x\")", "nullableField(\"x\", x)"),
            ("optional string", "x: String?", "optional(\"x\")", "field(\"x\", x)"),
            (
                "optional nullable string", "x: Countersign.Nullable<String>?", "optionalNullable(\"x\")",
                "field(\"x\", x)"
            ),
            ("Maybe", "x: String?", "nullable(\"x\")", "nullableField(\"x\", x)"),
            ("optional Maybe", "x: Countersign.Nullable<String>?", "optionalNullable(\"x\")", "field(\"x\", x)"),
            (
                "{ timestamp: unixSeconds }", "x: Date", "value(\"x\", as: .unixSeconds)",
                "field(\"x\", x, as: .unixSeconds)"
            ),
            (
                "{ nullable: { list: { timestamp: httpDate } } }", "x: [Date]?", "nullable(\"x\", as: .httpDate)",
                "nullableField(\"x\", x, as: .httpDate)"
            ),
            (
                "{ type: optional nullable int, default: 3 }", "x: Countersign.Nullable<Int>? = .value(3)",
                "optionalNullable(\"x\") ?? .value(3)", "field(\"x\", x)"
            ),
            ("list of nullable int", "x: [Int?]", "value(\"x\")", "field(\"x\", x)"),
        ]
    )
    func fields(type: String, property: String, read: String, written: String) throws {
        let source = try source(of: "T: { fields: { x: \(type) } }, Maybe: nullable string")
        #expect(source.contains("        var \(property)\n"), "\(source)")
        #expect(source.contains("        x = try object.\(read)\n"), "\(source)")
        #expect(source.contains("        json.\(written)\n"), "\(source)")
    }

    @Test("A field of one direction is optional and documented if its type is used in both")
    func only() throws {
        let source = try source(
            of: "T: { fields: { x: { type: int, only: request }, y: { type: int, only: response } } }"
        )
        #expect(
            source.contains(
                """
                        /// Only in requests: nil in responses.
                        var x: Int?
                        /// Only in responses: ignored in requests.
                        var y: Int?

                """
            )
        )
        #expect(source.contains("        x = nil\n        y = try object.optional(\"y\")\n"))
        #expect(source.contains("json.field(\"x\", x)\n        json.endObject()"))
    }

    @Test("Uses of a deprecated field warn, but the generated file itself has no warning")
    func deprecated() throws {
        let source = try source(
            of: "T: { fields: { x: { type: int, description: Old., deprecated: Use y. }, y: int } }"
        )
        #expect(
            source.contains(
                """
                        fileprivate var _x: Int

                        /// Old.
                        @available(*, deprecated, message: "Use y.")
                        var x: Int {
                            get { _x }
                            set { _x = newValue }
                        }

                """
            ),
            "\(source)"
        )
        #expect(source.contains("            self._x = x\n"))
        #expect(source.contains("        _x = try object.value(\"x\")\n"))
        #expect(source.contains("        json.field(\"x\", _x)\n"))
    }

    @Test("A closed `oneOf` has no case for unknown values")
    func closed() throws {
        let types = "T: { oneOf: { a: A }, discriminator: kind, closed: true }, A: { fields: { x: int } }"
        #expect(try !source(of: types).contains("unrecognized"))
        #expect(
            try source(of: types.replacing(", closed: true", with: ""))
                .contains("case unrecognized(String, Countersign.JSONValue)")
        )
    }

    @Test("Codable is generated for every type if the schema requests it, and otherwise for none")
    func codable() throws {
        let types = "T: { fields: { x: E, y: Unused } }, E: { enum: [a] }, Unused: { wraps: string }"
        #expect(try !source(of: types).contains(": Codable {"))
        let source = try source(of: types, conformances: "[Codable]")
        for name in ["T", "E", "Unused"] {
            #expect(source.contains("nonisolated extension TestAPI.\(name): Codable {"))
        }
    }

    @Test("An exact error without a body comes before a range with a problem")
    func nothing() throws {
        let source = try generate(
            types: "{ P: { fields: { x: int } } }",
            operations: "  a: { get: /a, returns: nothing, errors: { 4xx: P, 404: nothing } }"
        )
        #expect(source.contains("errors: [.withoutProblem(404), .json(.clientError)]"), "\(source)")
    }
}
