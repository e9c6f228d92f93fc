import Countersign
@_spi(Generated) import CountersignJSON

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A typed reader of the claims of a token whose signature was verified.
///
/// A claim that is null counts as missing.
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

    /// The value of a claim; nil if it is missing or null.
    subscript(_ name: String) -> JSONNode? { json[name].flatMap { $0.isNull ? nil : $0 } }

    // MARK: Claims that validation relies on

    func string(_ name: String) throws(IDTokenError) -> String? {
        guard let node = self[name] else { return nil }
        guard let string = node.string else { throw IDTokenError(.malformedClaims, name) }
        return string
    }

    func requiredString(_ name: String) throws(IDTokenError) -> String {
        guard let string = try string(name) else { throw IDTokenError(.missingClaim, name) }
        return string
    }

    func strings(_ name: String) throws(IDTokenError) -> [String]? {
        guard let node = self[name] else { return nil }
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
        guard let node = self[name] else { return nil }
        guard let date = node.double.flatMap(Date.init(numericDate:)) else {
            throw IDTokenError(.malformedClaims, name)
        }
        return date
    }

    func requiredDate(_ name: String) throws(IDTokenError) -> Date {
        guard let date = try date(name) else { throw IDTokenError(.missingClaim, name) }
        return date
    }

    // MARK: Claims that are only passed on

    /// Returns a claim that is a string; nil if it has another type.
    func text(_ name: String) -> String? { self[name]?.string }

    /// Returns the strings of an array, or a single string.
    func texts(_ name: String) -> [String] { json.texts(name) }

    /// Returns a NumericDate that is a number or a string; nil if it is anything else.
    func time(_ name: String) -> Date? { json.time(name) }
}

extension JSONNode {
    /// Returns the strings of an array in a member, or its single string.
    func texts(_ name: String) -> [String] {
        guard let node = self[name] else { return [] }
        return node.string.map { [$0] } ?? node.elements.compactMap(\.string)
    }

    /// Returns the NumericDate in a member, as a number or, as some servers send it, a string.
    func time(_ name: String) -> Date? {
        guard let node = self[name] else { return nil }
        return (node.double ?? node.string.flatMap(Double.init)).flatMap(Date.init(numericDate:))
    }
}
