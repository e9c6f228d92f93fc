#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A user name and a password, for APIs with the Basic scheme of HTTP (RFC 7617).
public struct BasicCredentials: Sendable {
    public let user: String
    private let password: SecretValue

    /// Creates the credentials of a user.
    ///
    /// - Parameters:
    ///   - user: The user name. It must not contain a colon (RFC 7617 section 2).
    ///   - password: The password.
    public init(user: String, password: SecretValue) {
        self.user = user
        self.password = password
    }

    /// Returns the value of the `Authorization` field.
    func authorization() throws(TokenError) -> String {
        guard !user.utf8.contains(UInt8(ascii: ":")) else {
            throw TokenError(.configuration, "the user name contains a colon, which RFC 7617 forbids")
        }
        return "Basic \(Data("\(user):\(try password.reveal())".utf8).base64EncodedString())"
    }
}
