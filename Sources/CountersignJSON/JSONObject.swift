/// A cursor over the members of an object, for reading it member by member.
///
/// Members that are asked for in the document's order are found at once, others by a scan that starts where the last one
/// was found. A repeated key gives one of its values, not always the first; see ``JSONDocument/duplicateKey()``.
public struct JSONObject: Sendable {
    let document: JSONDocument
    /// The index of the object itself.
    let index: Int
    let end: Int
    /// The index of the key after the one found last.
    var cursor: Int

    /// The object.
    public var node: JSONNode { JSONNode(document: document, index: index) }

    /// The value of a key; `nil` when the object lacks it.
    public mutating func member(_ key: String) -> JSONNode? {
        guard let index = find(key) else { return nil }
        return JSONNode(document: document, index: index)
    }

    /// Reads the value of a key.
    ///
    /// - Throws: when the key is missing, or its value is not a `T`; `null` is one only where `T` says so.
    public mutating func value<T: JSONDecodable>(_ key: String) throws(JSONDecodingError) -> T {
        guard let index = find(key) else { throw JSONDecodingError(missing: key, in: node) }
        return try T(json: JSONNode(document: document, index: index))
    }

    /// Reads the value of a key, or takes `default` when the key is missing or `null`.
    ///
    /// - Throws: when the value is something else than a `T`.
    public mutating func value<T: JSONDecodable>(
        _ key: String,
        default: @autoclosure () -> T
    ) throws(JSONDecodingError) -> T {
        try optional(key) ?? `default`()
    }

    /// Reads the value of a key, or gives `nil` when the key is missing or `null`.
    ///
    /// - Throws: when the value is something else than a `T`.
    public mutating func optional<T: JSONDecodable>(_ key: String) throws(JSONDecodingError) -> T? {
        guard let index = find(key) else { return nil }
        let node = JSONNode(document: document, index: index)
        return node.isNull ? nil : try T(json: node)
    }

    /// Reads the value of a key that must be there, and gives `nil` for `null`.
    ///
    /// - Throws: when the key is missing, or its value is something else than a `T`.
    public mutating func nullable<T: JSONDecodable>(_ key: String) throws(JSONDecodingError) -> T? {
        guard let index = find(key) else { throw JSONDecodingError(missing: key, in: node) }
        let node = JSONNode(document: document, index: index)
        return node.isNull ? nil : try T(json: node)
    }

    /// Reads the value of a key, or gives `nil` when the key is missing; `null` is one of the values.
    ///
    /// - Throws: when the value is something else than a `T` or `null`.
    public mutating func optionalNullable<T: JSONDecodable>(_ key: String) throws(JSONDecodingError) -> Nullable<T>? {
        guard let index = find(key) else { return nil }
        return try Nullable<T>(json: JSONNode(document: document, index: index))
    }

    /// Reads all members whose keys are not in `keys`; of a repeated key the first.
    ///
    /// - Throws: when a value is not a `T`.
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
            if keys.contains(name) { continue }
            if let first = others.updateValue(try read(value), forKey: name) { others[name] = first }
        }
        return others
    }

    /// The index of a key's value.
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

extension JSONNode {
    /// The cursor for reading an object.
    ///
    /// - Throws: when this is something else.
    public func object() throws(JSONDecodingError) -> JSONObject {
        guard kind == .object else { throw JSONDecodingError(at: self, expected: "an object") }
        return JSONObject(document: document, index: index, end: document.end(of: index), cursor: index + 1)
    }
}
