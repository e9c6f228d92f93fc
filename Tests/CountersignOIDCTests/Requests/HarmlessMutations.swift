import TestSupport

/// A generator of JSON objects that are unusual and harmless: whatever is in them, the needed members are valid.
///
/// It adds members of any type, invalid UTF-8, escapes, numbers and nesting, repeats and nulls members that nobody needs,
/// and changes the order, the white space and the spelling of names.
struct HarmlessMutations {
    /// A member and the texts that its value may have, as JSON.
    typealias Member = (name: String, values: [String])

    private var generator: SeededGenerator

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    /// Returns the text of a document with an object, sometimes after a byte order mark.
    mutating func document(needed: [Member], unusual: [Member]) -> [UInt8] {
        let mark: [UInt8] = chance(20) ? [0xEF, 0xBB, 0xBF] : []
        return mark + object(needed: needed, unusual: unusual)
    }

    /// Returns the text of an object.
    ///
    /// - Parameters:
    ///   - needed: The members that the object has in any case, with the values that must be read.
    ///   - unusual: The members that it may have, with values of which any must be accepted.
    mutating func object(needed: [Member], unusual: [Member]) -> [UInt8] {
        var members: [[UInt8]] = []
        for member in needed {
            let text = pick(member.values)
            members.append(name(member.name) + Array(text.utf8))
            // A repetition that says the same.
            if chance(20) { members.append(name(member.name) + Array(text.utf8)) }
        }
        for member in unusual where chance(2) {
            members.append(name(member.name) + Array(pick(member.values).utf8))
        }
        for _ in 0..<Int.random(in: 0...4, using: &generator) {
            let extra = Array("\"".utf8) + pick(Self.names) + Array("\"".utf8) + space() + Array(":".utf8) + space()
            members.append(extra + value())
            if chance(4) { members.append(extra + value()) }
        }
        members.shuffle(using: &generator)
        var text = space() + Array("{".utf8)
        for (position, member) in members.enumerated() {
            if position > 0 { text += Array(",".utf8) }
            text += space() + member + space()
        }
        return text + Array("}".utf8) + space()
    }

    /// Returns an object with a list of these values, in any order.
    mutating func object(named name: String, of values: [[UInt8]]) -> [UInt8] {
        let list = Array(values.shuffled(using: &generator).joined(separator: Array(", ".utf8)))
        var members = [self.name(name) + Array("[".utf8) + list + Array("]".utf8)]
        if chance(2) { members.append(Array("\"".utf8) + pick(Self.names) + Array("\":".utf8) + value()) }
        members.shuffle(using: &generator)
        return Array("{".utf8) + Array(members.joined(separator: Array(",".utf8))) + Array("}".utf8)
    }

    /// Returns a valid name, sometimes with an escape, and the colon after it.
    private mutating func name(_ name: String) -> [UInt8] {
        var text = Array(name.utf8)
        if chance(8), let place = text.indices.randomElement(using: &generator) {
            let digits = String(text[place], radix: 16)
            text.replaceSubrange(place...place, with: Array("\\u00\(digits)".utf8))
        }
        return Array("\"".utf8) + text + Array("\"".utf8) + space() + Array(":".utf8) + space()
    }

    /// Returns a value that nobody needs.
    private mutating func value(depth: Int = 3) -> [UInt8] {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &generator) {
        case 0: return Array(pick(Self.words).utf8)
        case 1, 2: return Array("\"".utf8) + pick(Self.texts) + Array("\"".utf8)
        case 3: return Array(pick(Self.nesting).utf8)
        case 4: return Array("null".utf8)
        case 5: return list("[", "]") { $0.value(depth: depth - 1) }
        default:
            return list("{", "}") { generator in
                Array("\"".utf8) + generator.pick(Self.names) + Array("\":".utf8) + generator.value(depth: depth - 1)
            }
        }
    }

    private mutating func list(_ open: String, _ close: String, _ element: (inout Self) -> [UInt8]) -> [UInt8] {
        var text = Array(open.utf8)
        for position in 0..<Int.random(in: 0...3, using: &generator) {
            if position > 0 { text += Array(",".utf8) }
            text += space() + element(&self)
        }
        return text + Array(close.utf8)
    }

    private mutating func space() -> [UInt8] {
        Array(pick(["", "", "", " ", "\n", "\r\n\t "]).utf8)
    }

    private mutating func chance(_ count: Int) -> Bool {
        Int.random(in: 0..<count, using: &generator) == 0
    }

    private mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &generator)]
    }

    private static let words = [
        "true", "false", "null", "0", "-1", "1e999", "1E-999", "3.50", "12345678901234567890", "NaN", "Infinity",
        "-Infinity",
        "01", "+1", ".5", "1.", "undefined", "None", "True", "nul", "0x1F",
    ]

    /// The contents of strings, valid and invalid.
    private static let texts: [[UInt8]] =
        [
            "", "x", "Bearer", "null", #"\""#, #"\\"#, #"\u0000"#, #"\ud83d\ude00"#, #"\ud800"#, #"\udc00\ud800"#,
            #"\x41"#,
            #"\u12"#, #"\u"#, #"\'"#, "{", "}", "]", ",", ":", "é", "\u{202E}", "\u{FEFF}", "\n", "\t", "\0",
            "access_token",
        ].map { Array($0.utf8) } + [
            [0xE9], [0xC3], [0xFF, 0xFE], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0xF4, 0x90, 0x80, 0x80],
        ]

    /// Names that nobody needs.
    private static let names: [[UInt8]] =
        [
            "", "extra", "access_token ", "Access_Token", "access_tok\u{212A}en", "error_", "warning", "ext_expires_in",
            "team",
            "not_before", #"\u"#, #"\ud800"#, #"x\""#, "é", "e\u{301}", "_links", "{",
            String(repeating: "n", count: 300),
        ].map { Array($0.utf8) } + [[0xE9], [0xFF], [0x61, 0xC3]]

    private static let nesting = [
        String(repeating: "[", count: 63) + String(repeating: "]", count: 63),
        String(repeating: "[", count: 400) + String(repeating: "]", count: 400),
        String(repeating: #"{"a":"#, count: 90) + "1" + String(repeating: "}", count: 90),
    ]
}
