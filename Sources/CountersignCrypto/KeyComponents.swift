/// The numbers of a public key, big-endian, as in a JSON Web Key (RFC 7518 section 6, RFC 8037).
package enum KeyComponents: Sendable, Hashable {
    /// A point of an elliptic curve, whose coordinates have the full length of the curve.
    case ec(curve: EllipticCurve, x: [UInt8], y: [UInt8])
    /// An RSA modulus and public exponent, without leading zeros.
    case rsa(n: [UInt8], e: [UInt8])
    /// An Ed25519 public key of 32 bytes.
    case okp(x: [UInt8])

    /// The algorithms for a key of this type, the default one first.
    package var algorithms: [SignatureAlgorithm] {
        switch self {
        case .ec(let curve, _, _): [curve.algorithm]
        case .rsa: [.rs256, .ps256]
        case .okp: [.edDSA]
        }
    }
}

/// A NIST curve, with its name in RFC 7518 section 6.2.1.1.
package enum EllipticCurve: String, Sendable, Hashable, CaseIterable {
    case p256 = "P-256"
    case p384 = "P-384"
    case p521 = "P-521"

    /// The signature algorithm of the curve (RFC 7518 section 3.4).
    package var algorithm: SignatureAlgorithm {
        switch self {
        case .p256: .es256
        case .p384: .es384
        case .p521: .es512
        }
    }

    /// The length in bytes of a coordinate and of each half of a signature.
    package var coordinateByteCount: Int {
        switch self {
        case .p256: 32
        case .p384: 48
        case .p521: 66
        }
    }

    /// The name of the curve in OpenSSL.
    var groupName: String {
        switch self {
        case .p256: "prime256v1"
        case .p384: "secp384r1"
        case .p521: "secp521r1"
        }
    }
}

/// The numbers of a private key, for importing a ``SigningKey`` from a JSON Web Key.
///
/// It prints as `<redacted>`. Do not store it.
package struct PrivateKeyComponents: Sendable, CustomStringConvertible, CustomReflectable {
    /// The factors of an RSA key, which speed up signing (RFC 7518 section 6.3.2).
    package struct Factors: Sendable, CustomStringConvertible, CustomReflectable {
        let p, q, dp, dq, qi: [UInt8]

        package init(p: [UInt8], q: [UInt8], dp: [UInt8], dq: [UInt8], qi: [UInt8]) {
            (self.p, self.q, self.dp, self.dq, self.qi) = (p, q, dp, dq, qi)
        }

        package var description: String { "<redacted>" }
        package var customMirror: Mirror { Mirror(self, children: []) }
    }

    let publicComponents: KeyComponents
    let d: [UInt8]
    let factors: Factors?

    /// Creates the components from the public numbers, `d`, and the factors of an RSA key if they are known.
    package init(_ publicComponents: KeyComponents, d: [UInt8], factors: Factors? = nil) {
        self.publicComponents = publicComponents
        self.d = d
        self.factors = factors
    }

    package var description: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
