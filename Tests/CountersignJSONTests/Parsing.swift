@_spi(Generated) import CountersignJSON

func parse(_ text: String, maximumDepth: Int = 64) throws(JSONSyntaxError) -> JSONNode {
    try JSONDocument(parsing: Array(text.utf8), limits: .init(maximumDepth: maximumDepth)).root
}

/// Returns the syntax error of a text, or `nil` if it is valid.
func syntaxError(_ bytes: [UInt8], maximumDepth: Int = 64) -> JSONSyntaxError? {
    do {
        _ = try JSONDocument(parsing: bytes, limits: .init(maximumDepth: maximumDepth))
        return nil
    } catch {
        return error
    }
}

/// Returns the error of decoding a text as a `T`, or `nil` if that succeeds.
func decodingError<T: JSONDecodable>(_ type: T.Type, _ text: String) throws(JSONSyntaxError) -> JSONDecodingError? {
    let root = try parse(text)
    do {
        _ = try T(json: root)
        return nil
    } catch {
        return error
    }
}

/// Returns the JSON text of a value.
func written(_ value: some JSONEncodable) -> String {
    var writer = JSONWriter()
    writer.value(value)
    return String(decoding: writer.bytes, as: UTF8.self)
}
