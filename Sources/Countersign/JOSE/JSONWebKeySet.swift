import CountersignCrypto
@_spi(Generated) public import CountersignJSON

/// A set of public signature keys (RFC 7517 section 5).
public struct JSONWebKeySet: Sendable, Hashable {
    /// The keys in the order of the set.
    public let keys: [JSONWebKey]

    /// The maximum number of keys.
    ///
    /// The check of each key takes time.
    private static let maximumCount = 100

    /// Creates a set, for example to publish it.
    public init(_ keys: [JSONWebKey]) {
        self.keys = keys
    }

    /// Parses a set from JSON.
    ///
    /// Keys that are invalid, not for signatures, or of an unsupported type or algorithm are ignored, as RFC 7517
    /// section 5 recommends.
    ///
    /// - Throws: ``JSONWebKeyError`` if the text is not JSON or has a duplicate member, if there is no array `keys` or it
    ///   has more than 100 elements, or if two usable keys have the same `kid`.
    public init(parsing json: String) throws(JSONWebKeyError) {
        try self.init(parsing: Array(json.utf8))
    }

    /// Parses a set from the bytes of a response; see ``init(parsing:)-(String)``.
    package init(parsing bytes: [UInt8]) throws(JSONWebKeyError) {
        let root = try JSONWebKeyReader.root(of: bytes)
        guard let list = root["keys"], list.kind == .array else {
            throw JSONWebKeyError(.malformed, "keys", "expected an array of keys")
        }
        var keys: [JSONWebKey] = []
        var names: Set<ByteKey> = []
        for (position, element) in list.elements.enumerated() {
            guard position < Self.maximumCount else {
                throw JSONWebKeyError(.malformed, "keys", "the set has more than \(Self.maximumCount) keys")
            }
            guard let key = try? JSONWebKey(json: element) else { continue }
            if let name = key.keyID, !names.insert(ByteKey(name)).inserted {
                throw JSONWebKeyError(.malformed, "kid", "two keys of the set have the same identifier")
            }
            keys.append(key)
        }
        self.keys = keys
    }

    /// The set as JSON, with public members only.
    public var json: String {
        var writer = JSONWriter(capacity: 512 * keys.count)
        encode(to: &writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

@_spi(Generated)
extension JSONWebKeySet: JSONEncodable {
    /// Writes the set, with public members only.
    public func encode(to json: inout JSONWriter) {
        json.beginObject()
        json.key("keys")
        json.beginArray()
        for key in keys { json.value(key) }
        json.endArray()
        json.endObject()
    }
}
