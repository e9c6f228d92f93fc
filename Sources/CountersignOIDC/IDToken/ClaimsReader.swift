import Countersign
@_spi(Generated) import CountersignJSON

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A typed reader of the claims of a token whose signature was verified.
struct ClaimsReader: Redacted {
    private let json: JSONNode

    /// Parses the payload of a token.
    init(_ payload: [UInt8]) throws(IDTokenError) {
        guard let document = try? JSONDocument(parsing: payload), document.root.kind == .object else {
            throw IDTokenError(.malformedClaims)
        }
        guard document.duplicateKey() == nil else { throw IDTokenError(.duplicateClaim) }
        json = document.root
    }

    /// Returns all claims.
    func all() throws(IDTokenError) -> UserClaims {
        do {
            return try UserClaims(json: json)
        } catch {
            throw IDTokenError(.malformedClaims)
        }
    }

    subscript(_ name: String) -> JSONNode? { json[name] }

    func string(_ name: String) throws(IDTokenError) -> String? {
        guard let node = json[name] else { return nil }
        guard let string = node.string else { throw IDTokenError(.malformedClaims, name) }
        return string
    }

    func requiredString(_ name: String) throws(IDTokenError) -> String {
        guard let string = try string(name) else { throw IDTokenError(.missingClaim, name) }
        return string
    }

    func strings(_ name: String) throws(IDTokenError) -> [String]? {
        guard let node = json[name] else { return nil }
        guard node.kind == .array else { throw IDTokenError(.malformedClaims, name) }
        var strings: [String] = []
        for element in node.elements {
            guard let string = element.string else { throw IDTokenError(.malformedClaims, name) }
            strings.append(string)
        }
        return strings
    }

    /// Returns a NumericDate (RFC 7519 section 2) between the years 1970 and 9999.
    func date(_ name: String) throws(IDTokenError) -> Date? {
        guard let node = json[name] else { return nil }
        guard let date = node.double.flatMap(Date.init(numericDate:)) else {
            throw IDTokenError(.malformedClaims, name)
        }
        return date
    }

    func requiredDate(_ name: String) throws(IDTokenError) -> Date {
        guard let date = try date(name) else { throw IDTokenError(.missingClaim, name) }
        return date
    }
}
