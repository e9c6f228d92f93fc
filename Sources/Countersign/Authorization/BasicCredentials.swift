#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A user name and a password, for APIs that are protected by HTTP's Basic scheme (RFC 7617).
public struct BasicCredentials: Sendable {
    public let user: String
    private let password: Secret

    /// The credentials of one user.
    ///
    /// - Parameters:
    ///   - user: The user name; it cannot have a colon (RFC 7617 section 2).
    ///   - password: The password.
    public init(user: String, password: Secret) {
        self.user = user
        self.password = password
    }

    func authorization() throws(TokenError) -> String {
        guard !user.utf8.contains(UInt8(ascii: ":")) else {
            throw TokenError(.configuration, "the user name has a colon, which RFC 7617 forbids")
        }
        return "Basic \(Data("\(user):\(try password.reveal())".utf8).base64EncodedString())"
    }
}
