@testable import CountersignSchema
import Testing

@Suite("Recursive types")
struct RecursiveTypeTests {
    /// Types, and the fields and cases of them that are indirect.
    static let schemas: [(String, [String])] = [
        ("A: { fields: { next: optional A } }", ["A.next"]),
        ("A: { fields: { next: nullable A, other: optional nullable A } }", ["A.next", "A.other"]),
        ("A: { fields: { children: list of A, named: map of A } }", []),
        ("A: { fields: { b: optional B } }, B: { fields: { a: optional A } }", ["B.a"]),
        ("A: { fields: { b: optional B } }, B: { fields: { c: C } }, C: { fields: { a: A } }", ["C.a"]),
        ("A: { fields: { b: N } }, N: optional A", ["A.b"]),
        ("A: { fields: { w: optional W } }, W: { wraps: A }", ["A.w"]),
        (
            "A: { oneOf: { leaf: L, both: B }, discriminator: kind }, L: { fields: { x: int } }, "
                + "B: { fields: { left: A, right: A } }", ["B.left", "B.right"]
        ),
        ("A: { fields: { b: optional B, c: optional B } }, B: { fields: { x: int } }", []),
    ]

    @Test("Exactly the fields and cases that need indirection are marked", arguments: schemas)
    func marksFields(_ types: String, _ expected: [String]) throws {
        let text =
            "client: X\nserver: https://x.example\ntypes: { \(types) }\n"
            + "operations: { get: { get: /a, returns: A } }\n"
        var marked: [String] = []
        for type in try #require(parsedSchema(text)).types {
            switch type.kind {
            case .structure(let structure):
                marked += structure.fields.filter(\.isIndirect).map { "\(type.name).\($0.name)" }
            case .oneOf(let oneOf): marked += oneOf.cases.filter(\.isIndirect).map { "\(type.name).\($0.tag)" }
            default: break
            }
        }
        #expect(marked == expected)
    }
}
