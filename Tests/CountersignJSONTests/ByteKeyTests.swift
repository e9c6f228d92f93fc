@_spi(Generated) @testable import CountersignJSON
import Testing

@Suite("Texts that are equal for String and differ in bytes")
struct ByteKeyTests {
    /// Pairs of different texts that `String` considers equal.
    static let pairs = [
        ("K", "\u{212A}"), (";", "\u{37E}"), ("`", "\u{1FEF}"), ("é", "e\u{301}"), ("Å", "\u{212B}"),
        ("a\u{323}\u{302}", "a\u{302}\u{323}"),
    ]

    @Test("Keys differ, and texts without repetitions keep both", arguments: pairs)
    func keys(left: String, right: String) {
        #expect(left == right)
        #expect(ByteKey(left) != ByteKey(right))
        #expect([left, right, left].uniqueSortedByBytes().count == 2)
        #expect(![left].containsBytes(of: right) && [left].containsBytes(of: left))
    }

    @Test("A JSON value keeps both members, and reads, writes and compares them as bytes", arguments: pairs)
    func members(left: String, right: String) throws {
        let text = "{\"\(left)\":1,\"\(right)\":2}"
        let value = try JSONValue(json: parse(text))
        guard case .object(var members) = value else {
            Issue.record("not an object")
            return
        }
        #expect(members.count == 2 && members.keys.count == 2)
        #expect(value[left] == 1 && value[right] == 2)
        #expect(try JSONValue(json: parse(value.description)) == value)
        members[right] = nil
        #expect(members[left] == 1 && members[right] == nil)
        #expect(JSONValue.string(left) != .string(right))
        #expect(Set([JSONValue.string(left), .string(right), .object([left: 1]), .object([right: 1])]).count == 4)
    }

    @Test("The other members of an object are those whose keys differ in bytes from the known ones", arguments: pairs)
    func others(left: String, right: String) throws {
        let object = try parse("{\"\(left)\":1,\"\(right)\":2}").object()
        let others: [String: Int] = try object.others(except: [left])
        #expect(others.values.map { $0 } == [2])
        var writer = JSONWriter()
        writer.beginObject()
        writer.fields([right: 2], except: [left])
        writer.endObject()
        #expect(Array(writer.bytes) == Array("{\"\(right)\":2}".utf8))
    }
}
