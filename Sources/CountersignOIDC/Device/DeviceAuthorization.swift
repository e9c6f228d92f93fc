package import Countersign

/// What a user is shown who signs in with another device (RFC 8628 section 3.2).
///
/// ```swift
/// let authorization = try await client.deviceAuthorization()
/// print("Open \(authorization.verificationURI) and type \(authorization.userCode)")
/// let result = try await client.complete(authorization)
/// ```
public struct DeviceAuthorization: Sendable {
    /// What the user types there.
    public let userCode: String
    /// Where the user goes with another device.
    public let verificationURI: String
    /// The same with the code in it, for a QR code.
    public let verificationURIComplete: String?
    /// How long the codes are good, from when they were asked for.
    public let lifetime: Duration
    /// How long to wait between two questions.
    public let interval: Duration
    package let deviceCode: String
    /// When the codes end, on the runtime's clock.
    package let expiresAt: MonotonicInstant
    package let issuer: String
    package let scopes: [String]
}

extension DeviceAuthorization: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "DeviceAuthorization(\(issuer), <redacted>)" }
    public var debugDescription: String { description }
    /// Without the codes: whoever has the user code can approve or hijack the sign-in.
    public var customMirror: Mirror { Mirror(self, children: ["issuer": issuer]) }
}
