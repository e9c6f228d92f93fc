import Countersign
import CountersignJSON

/// The claims of a token whose signature has been checked, read one by one and each only as what it must be.
struct ClaimsReader: Redacted {
    private let json: JSONNode

    /// Reads a payload.
    init(_ payload: [UInt8]) throws(IDTokenError) {
        guard let document = try? JSONDocument(parsing: payload), document.root.kind == .object else {
            throw IDTokenError(.malformedClaims)
        }
        guard document.duplicateKey() == nil else { throw IDTokenError(.duplicateClaim) }
        json = document.root
    }

    /// All of them.
    func all() throws(IDTokenError) -> UserClaims {
        do {
            return try UserClaims(json: json)
        } catch {
            throw IDTokenError(.malformedClaims)
        }
    }

    subscript(_ name: String) -> JSONNode? { json[name] }

    func text(_ name: String) throws(IDTokenError) -> String? {
        guard let node = json[name] else { return nil }
        guard let text = node.string else { throw IDTokenError(.malformedClaims, name) }
        return text
    }

    func requiredText(_ name: String) throws(IDTokenError) -> String {
        guard let text = try text(name) else { throw IDTokenError(.missingClaim, name) }
        return text
    }

    /// The texts of an array.
    func texts(_ name: String) throws(IDTokenError) -> [String]? {
        guard let node = json[name] else { return nil }
        guard node.kind == .array else { throw IDTokenError(.malformedClaims, name) }
        var texts: [String] = []
        for element in node.elements {
            guard let text = element.string else { throw IDTokenError(.malformedClaims, name) }
            texts.append(text)
        }
        return texts
    }

    /// A NumericDate (RFC 7519 section 2), between 1970 and 9999.
    func date(_ name: String) throws(IDTokenError) -> Duration? {
        guard let node = json[name] else { return nil }
        guard let seconds = node.double, 0...253_402_300_799 ~= seconds else {
            throw IDTokenError(.malformedClaims, name)
        }
        return .seconds(seconds)
    }

    func requiredDate(_ name: String) throws(IDTokenError) -> Duration {
        guard let date = try date(name) else { throw IDTokenError(.missingClaim, name) }
        return date
    }
}
