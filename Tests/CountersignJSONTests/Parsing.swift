import CountersignJSON

func parse(_ text: String, maximumDepth: Int = 64) throws(JSONSyntaxError) -> JSONNode {
    try JSONDocument(parsing: Array(text.utf8), limits: .init(maximumDepth: maximumDepth)).root
}

/// The syntax error of a text; `nil` when it parses.
func syntaxError(_ bytes: [UInt8], maximumDepth: Int = 64) -> JSONSyntaxError? {
    do {
        _ = try JSONDocument(parsing: bytes, limits: .init(maximumDepth: maximumDepth))
        return nil
    } catch {
        return error
    }
}

/// The error of decoding a text as a `T`; `nil` when it is one.
func decodingError<T: JSONDecodable>(_ type: T.Type, _ text: String) throws(JSONSyntaxError) -> JSONDecodingError? {
    let root = try parse(text)
    do {
        _ = try T(json: root)
        return nil
    } catch {
        return error
    }
}

func written(_ value: some JSONEncodable) -> String {
    var writer = JSONWriter()
    writer.value(value)
    return String(decoding: writer.bytes, as: UTF8.self)
}

/// A generator with a fixed seed (SplitMix64), so that a failure can be seen again.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
