import CountersignCrypto
public import CountersignJSON

/// Public keys for signatures in the form of a JSON Web Key Set (RFC 7517 section 5).
public struct JSONWebKeySet: Sendable, Hashable {
    /// The keys, in the order they were given.
    public let keys: [JSONWebKey]

    /// How many keys a set may have; each is checked, which takes time.
    private static let maximumCount = 100

    /// A set to publish.
    public init(_ keys: [JSONWebKey]) {
        self.keys = keys
    }

    /// Reads a set from JSON.
    ///
    /// Keys that are not for signatures, of another type or algorithm, or not sound are left out, as RFC 7517 section 5
    /// asks for: a server may use more than this library does.
    ///
    /// - Throws: ``JSONWebKeyError`` for a text that is not JSON or has a member twice, that has no array `keys`, that
    ///   has more than 100 keys, or two usable ones of one `kid`: nobody could say which one a signature means.
    public init(parsing json: String) throws(JSONWebKeyError) {
        try self.init(parsing: Array(json.utf8))
    }

    /// Reads a set from the bytes of a response; see ``init(parsing:)-(String)``.
    package init(parsing bytes: [UInt8]) throws(JSONWebKeyError) {
        let root = try JSONWebKeyReader.root(of: bytes)
        guard let list = root["keys"], list.kind == .array else {
            throw JSONWebKeyError("keys", "a key set is an object with an array of keys")
        }
        var keys: [JSONWebKey] = []
        var names: Set<String> = []
        for (position, element) in list.elements.enumerated() {
            guard position < Self.maximumCount else {
                throw JSONWebKeyError("keys", "more than \(Self.maximumCount) keys")
            }
            guard let key = try? JSONWebKey(json: element) else { continue }
            if let name = key.keyID, !names.insert(name).inserted {
                throw JSONWebKeyError("kid", "two keys of the set have the same name")
            }
            keys.append(key)
        }
        self.keys = keys
    }

    /// The set as JSON text, with public members only.
    public var json: String {
        var writer = JSONWriter(capacity: 512 * keys.count)
        encode(to: &writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

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
