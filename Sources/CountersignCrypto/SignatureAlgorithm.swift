/// A digital signature algorithm of JSON Web Signatures (RFC 7518 section 3.1, RFC 8037 section 3.1).
///
/// The raw value is the `alg` parameter of a header.
public enum SignatureAlgorithm: String, Sendable, Hashable, CaseIterable {
    /// ECDSA with P-256 and SHA-256.
    case es256 = "ES256"
    /// ECDSA with P-384 and SHA-384.
    case es384 = "ES384"
    /// ECDSA with P-521 and SHA-512.
    case es512 = "ES512"
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    case rs256 = "RS256"
    /// RSASSA-PSS with SHA-256, MGF1 with SHA-256 and a salt of 32 bytes.
    case ps256 = "PS256"
    /// Ed25519, which headers, keys and metadata name `EdDSA` or `Ed25519` (RFC 9864 section 2.2).
    case edDSA = "EdDSA"

    /// The names of the algorithm, the most widely known one first.
    package var names: [String] {
        self == .edDSA ? [rawValue, "Ed25519"] : [rawValue]
    }

    /// Creates the algorithm that has a name.
    package init?(named name: String) {
        let named = Self.allCases.first { algorithm in
            algorithm.names.contains { $0.utf8.elementsEqual(name.utf8) }
        }
        guard let named else { return nil }
        self = named
    }

    /// Returns the name of the algorithm in a list, such as the supported algorithms of a server.
    ///
    /// - Returns: nil if the list has none of its names.
    package func name(in list: [String]) -> String? {
        names.first { name in list.contains { $0.utf8.elementsEqual(name.utf8) } }
    }

    /// The hash function of the algorithm; `nil` for Ed25519, which signs the message itself.
    var digest: Digest? {
        switch self {
        case .es256, .rs256, .ps256: .sha256
        case .es384: .sha384
        case .es512: .sha512
        case .edDSA: nil
        }
    }
}
