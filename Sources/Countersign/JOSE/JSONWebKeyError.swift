import CountersignCrypto

/// Why a JSON Web Key, or a set of them, was refused.
///
/// The text names the member and what is wrong with it, and never quotes a value.
public struct JSONWebKeyError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The member that is to blame, `nil` when it is the key as a whole.
    public let member: String?

    /// What is wrong and what to do about it.
    public let message: String

    init(_ member: String? = nil, _ message: String) {
        self.member = member
        self.message = message
    }

    init(_ error: CryptoError) {
        self.init(nil, error.message)
    }

    /// The member and the message in one line.
    public var description: String {
        member.map { "JSON Web Key, member \"\($0)\": \(message)" } ?? "JSON Web Key: \(message)"
    }
}
