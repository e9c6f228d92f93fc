package import Countersign

/// The codes and the address that a user needs to sign in on another device (RFC 8628 section 3.2).
///
/// ```swift
/// let authorization = try await client.deviceAuthorization()
/// print("Open \(authorization.verificationURI) and type \(authorization.userCode)")
/// let result = try await client.complete(authorization)
/// ```
public struct DeviceAuthorization: Sendable {
    /// The code that the user types.
    public let userCode: String
    /// The URL that the user opens on the other device.
    public let verificationURI: String
    /// The URL with the code in it, for a QR code; nil if the server does not offer one.
    public let verificationURIComplete: String?
    /// The lifetime of the codes, counted from the request for them.
    public let expiresIn: Duration
    /// The minimum time between two polls.
    public let interval: Duration
    package let deviceCode: String
    /// The expiry of the codes on the runtime's clock.
    package let expiresAt: MonotonicInstant
    package let issuer: String
    package let scopes: [String]
}

extension DeviceAuthorization: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "DeviceAuthorization(\(issuer), <redacted>)" }
    public var debugDescription: String { description }
    /// A mirror without the codes: anyone with the user code can approve or hijack the sign-in.
    public var customMirror: Mirror { Mirror(self, children: ["issuer": issuer]) }
}
