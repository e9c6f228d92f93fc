@_spi(Generated) import CountersignJSON
import Testing

@Suite("Nullable")
struct NullableTests {
    @Test(
        "A missing member, null and a value differ",
        arguments: [("{}", nil), (#"{"a":null}"#, .null), (#"{"a":"x"}"#, "x")] as [(String, Nullable<String>?)]
    )
    func threeStates(text: String, value: Nullable<String>?) throws {
        var object = try parse(text).object()
        #expect(try object.optionalNullable("a") == value)
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("a", value)
        writer.endObject()
        #expect(String(decoding: writer.bytes, as: UTF8.self) == text)
    }

    @Test("Literals create values")
    func literals() {
        #expect(("x" as Nullable<String>).value == "x")
        #expect((1 as Nullable<Int>).value == 1)
        #expect((1.5 as Nullable<Double>).value == 1.5)
        #expect((true as Nullable<Bool>).value == true)
        let null = Nullable<Int>.null
        #expect(null.value == nil)
    }

    @Test("A value of another kind is rejected with its path")
    func wrong() throws {
        var object = try parse(#"{"a":1}"#).object()
        let error = #expect(throws: JSONDecodingError.self) { try object.optionalNullable("a") as Nullable<String>? }
        #expect(error?.path == "a")
    }
}
