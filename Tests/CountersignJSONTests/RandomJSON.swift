@_spi(Generated) import CountersignJSON
import TestSupport

/// A generator of random values, including edge cases.
struct RandomJSON {
    var generator: SeededGenerator

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    mutating func value(depth: Int = 5) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 7), using: &generator) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &generator))
        case 2: return .int(Int64(truncatingIfNeeded: generator.next()))
        case 3: return .int(Int64.random(in: -10...10, using: &generator))
        case 4:
            let double = Double(bitPattern: generator.next())
            return .number(double.isFinite ? "\(double)" : "-0")
        case 5, 6: return .string(string())
        case 7: return .array((0..<Int.random(in: 0..<5, using: &generator)).map { _ in value(depth: depth - 1) })
        default:
            var members: [String: JSONValue] = [:]
            for _ in 0..<Int.random(in: 0..<5, using: &generator) { members[string()] = value(depth: depth - 1) }
            return .object(members)
        }
    }

    mutating func string() -> String {
        let alphabet: [Unicode.Scalar] = [
            "a", "b", "Z", " ", "/", "\"", "\\", "\u{0}", "\u{8}", "\n", "\r", "\t", "\u{C}", "\u{1F}", "\u{7F}", "é",
            "€", "\u{2028}",
            "\u{FEFF}", "\u{FFFF}", "👍", "\u{10FFFF}", "{", "]", ":", ",",
        ]
        var scalars = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0..<24, using: &generator) {
            scalars.append(alphabet[Int.random(in: 0..<alphabet.count, using: &generator)])
        }
        return String(scalars)
    }
}
