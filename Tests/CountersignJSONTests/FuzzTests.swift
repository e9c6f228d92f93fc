@_spi(Generated) import CountersignJSON
import FoundationEssentials
import TestSupport
import Testing

@Suite("Hostile JSON")
struct FuzzTests {
    static let seeds = [
        #"{"id":"it_1","name":"S\u00e4ge \ud83d\udc4d","tags":["a","b"],"price":{"amount":24.95,"n":-1e-7},"x":null,"y":[true,false,[[]]]}"#,
        "\u{FEFF}[\"é€👍\\n\\\\\", 0.5e+10, {\"a\":{\"a\":[{}]}}, \"2020-02-29T23:59:60.123456789+01:00\", \"aGVsbG8=\", 123456789012345678901]",
        #"[9223372036854775808,-0,1e400,"\"\/\b\f\n\r\t","long enough to be read eight bytes at a time",{"":{"":""}}]"#,
    ]

    /// Reads all values of a document as every type.
    static func walk(_ node: JSONNode) -> Int {
        var sum = node.offset
        sum &+= node.string?.utf8.count ?? 0
        sum &+= node.int ?? 0
        sum &+= node.double == nil ? 0 : 1
        sum &+= (try? Decimal(json: node)) == nil ? 0 : 1
        sum &+= (try? Date(json: node)) == nil ? 0 : 1
        sum &+= (try? Data(json: node)) == nil ? 0 : 1
        for element in node.elements { sum &+= walk(element) }
        for member in node.members { sum &+= walk(member.value) &+ walk(member.key) }
        return sum
    }

    @Test("No mutation of a document crashes the reader, and accepted documents survive a round trip")
    func mutations() throws {
        var random = SeededGenerator(seed: 42)
        let alphabet =
            Array("{}[]\",:\\u0123456789abcdefDd8-+.eE \n\u{1F}truefalsn".utf8) + [0x80, 0xC3, 0xED, 0xF4, 0xFF]
        let seeds = Self.seeds.map { Array($0.utf8) }
        var accepted = 0
        for round in 0..<100_000 {
            var bytes = seeds[round % seeds.count]
            for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                let byte = alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
                switch Int.random(in: 0..<5, using: &random) {
                case 0: bytes[index] = byte
                case 1: bytes.insert(byte, at: index)
                case 2: bytes.remove(at: index)
                case 3: bytes.removeSubrange(index...)
                default: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                }
            }
            let document: JSONDocument
            do {
                document = try JSONDocument(parsing: bytes)
            } catch {
                #expect((0...bytes.count).contains(error.offset))
                continue
            }
            accepted += 1
            if round % 8 > 0 { continue }
            #expect(String(validating: bytes, as: UTF8.self) != nil)
            _ = Self.walk(document.root)
            _ = document.duplicateKey()
            let value = try JSONValue(json: document.root)
            #expect(try JSONValue(json: parse(written(value))) == value)
        }
        #expect(accepted > 10_000)
    }

    @Test("Every proper prefix of a document is rejected")
    func prefixes() {
        for seed in Self.seeds {
            let bytes = Array(seed.utf8)
            for length in 0..<bytes.count {
                #expect(syntaxError(Array(bytes.prefix(length)))?.offset ?? .max <= length)
            }
            #expect(syntaxError(bytes) == nil)
        }
    }

    @Test("Numbers of a million digits are read correctly", .timeLimit(.minutes(15)))
    func longNumbers() throws {
        let digits = String(repeating: "7", count: 1_000_000)
        #expect(try parse("0.\(digits)").double == 7.0 / 9)
        #expect(try parse("\(digits)e-999999").double == 70.0 / 9)
        #expect(try parse(digits).double == nil)
        #expect(try parse(digits).int == nil)
        #expect(try parse("1\(String(repeating: "0", count: 1_000_000))e-1000000").int == 1)
        #expect(try parse("1e\(digits)").int == nil)
        #expect(try decodingError(Decimal.self, digits) != nil)
        #expect(try JSONValue(json: parse(digits)) == .number(digits))
    }

    @Test("Decoding as every type returns a value or throws an error with a message")
    func everyType() throws {
        var random = RandomJSON(seed: 3)
        for _ in 0..<500 {
            let text = written(random.value())
            let root = try parse(text)
            for type in [
                String.self, Bool.self, Int.self, Int32.self, Int64.self, Float.self, Double.self, Decimal.self,
                Date.self,
                UUID.self, URL.self, Data.self, CalendarDay.self, [Int].self, [String: String].self, Int?.self,
                JSONValue.self,
            ] as [any JSONDecodable.Type] {
                do {
                    _ = try type.init(json: root)
                } catch {
                    #expect(!error.message.isEmpty)
                }
            }
        }
    }
}
