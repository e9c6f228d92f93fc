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
    /// section 5 recommends. Several keys can have the same `kid`, for example one for each algorithm.
    ///
    /// - Throws: ``JSONWebKeyError`` if the text is not JSON, or if there is not exactly one array `keys`, or it has more
    ///   than 100 keys.
    public init(parsing json: String) throws(JSONWebKeyError) {
        try self.init(parsing: Array(json.utf8))
    }

    /// Parses a set from the bytes of a response; see ``init(parsing:)-(String)``.
    package init(parsing bytes: [UInt8]) throws(JSONWebKeyError) {
        let list: [JSONMembers]?
        do {
            list = try JSONMembers(parsing: bytes).objects("keys")
        } catch {
            throw JSONWebKeyError(.malformed, error.path.isEmpty ? nil : error.path, error.message)
        }
        guard let list else { throw JSONWebKeyError(.malformed, "keys", "expected an array of keys") }
        guard list.count <= Self.maximumCount else {
            throw JSONWebKeyError(.malformed, "keys", "the set has more than \(Self.maximumCount) keys")
        }
        keys = list.compactMap { try? JSONWebKey(JSONWebKeyReader($0)) }
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
