/// A cursor that reads an object member by member.
///
/// Reading members in document order takes constant time each. Otherwise the cursor scans from the member that was read
/// last. For a duplicate key, which of its values is read is unspecified; see ``JSONDocument/duplicateKey()``.
@_spi(Generated)
public struct JSONObject: Sendable {
    let document: JSONDocument
    /// The index of the object itself.
    let index: Int
    let end: Int
    /// The index of the key after the member that was read last.
    var cursor: Int

    /// The object as a node.
    public var node: JSONNode { JSONNode(document: document, index: index) }

    /// Returns the value of a key, or `nil` if the key is missing.
    public mutating func member(_ key: String) -> JSONNode? {
        guard let index = find(key) else { return nil }
        return JSONNode(document: document, index: index)
    }

    /// Reads the value of a required key.
    ///
    /// - Throws: ``JSONDecodingError`` if the key is missing or its value is not a `T`. `null` is only valid if `T` accepts
    ///   it.
    public mutating func value<T: JSONDecodable>(_ key: String) throws(JSONDecodingError) -> T {
        guard let index = find(key) else { throw JSONDecodingError(missing: key, in: node) }
        return try T(json: JSONNode(document: document, index: index))
    }

    /// Reads the value of a key, or returns `default` if the key is missing or `null`.
    ///
    /// - Throws: ``JSONDecodingError`` if the value is not a `T`.
    public mutating func value<T: JSONDecodable>(
        _ key: String,
        default: @autoclosure () -> T
    ) throws(JSONDecodingError) -> T {
        try optional(key) ?? `default`()
    }

    /// Reads the value of a key, or returns `nil` if the key is missing or `null`.
    ///
    /// - Throws: ``JSONDecodingError`` if the value is not a `T`.
    public mutating func optional<T: JSONDecodable>(_ key: String) throws(JSONDecodingError) -> T? {
        guard let index = find(key) else { return nil }
        let node = JSONNode(document: document, index: index)
        return node.isNull ? nil : try T(json: node)
    }

    /// Reads the value of a required key, or returns `nil` for `null`.
    ///
    /// - Throws: ``JSONDecodingError`` if the key is missing or its value is not a `T`.
    public mutating func nullable<T: JSONDecodable>(_ key: String) throws(JSONDecodingError) -> T? {
        guard let index = find(key) else { throw JSONDecodingError(missing: key, in: node) }
        let node = JSONNode(document: document, index: index)
        return node.isNull ? nil : try T(json: node)
    }

    /// Reads the value of a key, or returns `nil` if the key is missing and ``Nullable/null`` for `null`.
    ///
    /// - Throws: ``JSONDecodingError`` if the value is neither a `T` nor `null`.
    public mutating func optionalNullable<T: JSONDecodable>(_ key: String) throws(JSONDecodingError) -> Nullable<T>? {
        guard let index = find(key) else { return nil }
        return try Nullable<T>(json: JSONNode(document: document, index: index))
    }

    /// Reads all members whose keys are not in `keys`; for keys that are equal for `String`, the first value.
    ///
    /// - Throws: ``JSONDecodingError`` if a value is not a `T`.
    public func others<T: JSONDecodable>(except keys: [String]) throws(JSONDecodingError) -> [String: T] {
        try others(except: keys) { json throws(JSONDecodingError) in try T(json: json) }
    }

    func others<T>(
        except keys: [String],
        read: (JSONNode) throws(JSONDecodingError) -> T
    ) throws(JSONDecodingError) -> [String: T] {
        var others: [String: T] = [:]
        let members = node.members
        others.reserveCapacity(max(0, members.underestimatedCount - keys.count))
        for (key, value) in members {
            let name = key.string ?? ""
            if keys.containsBytes(of: name) { continue }
            if let first = others.updateValue(try read(value), forKey: name) { others[name] = first }
        }
        return others
    }

    /// Returns the index of a key's value, and moves the cursor behind it.
    private mutating func find(_ key: String) -> Int? {
        let found = withUTF8(of: key) { name in
            if cursor < end, document.isKey(cursor, name) { return cursor as Int? }
            return document.firstKey(name, from: cursor, to: end)
                ?? document.firstKey(name, from: index + 1, to: cursor)
        }
        guard let found else { return nil }
        cursor = document.end(of: found + 1)
        return found + 1
    }
}

@_spi(Generated)
extension JSONNode {
    /// Returns a cursor that reads an object.
    ///
    /// - Throws: ``JSONDecodingError`` if this is not an object.
    public func object() throws(JSONDecodingError) -> JSONObject {
        guard kind == .object else { throw JSONDecodingError(at: self, expected: "an object") }
        return JSONObject(document: document, index: index, end: document.end(of: index), cursor: index + 1)
    }
}
