import CountersignCrypto

/// Why a JSON Web Key, or a set of them, was refused.
///
/// The text names the member and what is wrong with it, and never quotes a value.
public struct JSONWebKeyError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The member that is to blame, `nil` when it is the key as a whole.
    public let member: String?

    /// What is wrong and what to do about it.
    public let detail: String

    init(_ member: String? = nil, _ detail: String) {
        self.member = member
        self.detail = detail
    }

    init(_ error: CryptoError) {
        self.init(nil, error.detail)
    }

    /// The member and the detail in one line.
    public var description: String {
        member.map { "JSON Web Key, member \"\($0)\": \(detail)" } ?? "JSON Web Key: \(detail)"
    }
}
