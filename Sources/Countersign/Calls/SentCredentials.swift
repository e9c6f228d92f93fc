#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The tokens, keys, passwords and proofs that a call has sent.
///
/// An API may repeat them in its response. No error text may contain eight characters in a row of any of them (P59).
struct SentCredentials: Redacted, Sendable {
    private(set) var values: [String] = []

    /// Adds the credentials of one attempt.
    mutating func add(from request: HTTP.Request, _ attached: Authorization.Attached) {
        if let token = attached.token { add(token.value) }
        for value in attached.staticCredentials { add(value) }
        for name in [HTTP.FieldName.authorization, .dpop, .cookie] {
            for value in request.fields.values(for: name) { add(value) }
        }
    }

    mutating func add(_ value: String) {
        guard !values.contains(where: { $0.utf8.elementsEqual(value.utf8) }) else { return }
        values.append(value)
        // "Basic" credentials are base64 of a user name and a password: a server may decode them and repeat the password.
        let parts = value.utf8.split(separator: UInt8(ascii: " "), maxSplits: 1).map { String(Substring($0)) }
        guard parts.count == 2, parts[0].lowercased() == "basic", let bytes = Data(base64Encoded: parts[1])
        else { return }
        values.append(String(decoding: bytes.drop { $0 != UInt8(ascii: ":") }.dropFirst(), as: UTF8.self))
    }
}
