import CountersignCrypto

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A secret value: a client secret, an API key, a password.
///
/// It prints as `<redacted>`, is not `Codable`, and is compared in constant time.
///
/// ```swift
/// let fromEnvironment = SecretValue.environment("CATALOG_SECRET")
/// let fromAVault = SecretValue(try await vault.read("catalog"))
/// ```
public struct SecretValue: Sendable {
    private enum Source: Sendable {
        case value(String)
        case environment(String)
    }

    private let source: Source

    /// Creates a secret from its value.
    public init(_ value: String) {
        source = .value(value)
    }

    /// A secret in an environment variable.
    ///
    /// The first call that needs it reads the variable. If it is missing or empty, that call fails with a ``TokenError`` of
    /// kind ``TokenError/Kind/configuration``.
    public static func environment(_ variable: String) -> SecretValue {
        SecretValue(source: .environment(variable))
    }

    private init(source: Source) {
        self.source = source
    }

    /// Returns the value, for the place that sends it.
    package func reveal() throws(TokenError) -> String {
        switch source {
        case .value(let value):
            return value
        case .environment(let variable):
            guard let value = getenv(variable), value.pointee != 0 else {
                throw TokenError(.configuration, "the environment variable \(variable) is missing or empty")
            }
            return String(cString: value)
        }
    }
}

extension SecretValue: Equatable {
    /// Compares two secrets in a time that does not depend on their values.
    public static func == (left: SecretValue, right: SecretValue) -> Bool {
        switch (left.source, right.source) {
        case (.value(let left), .value(let right)): constantTimeEqual(Array(left.utf8), Array(right.utf8))
        case (.environment(let left), .environment(let right)): left == right
        default: false
        }
    }
}

extension SecretValue: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var debugDescription: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
