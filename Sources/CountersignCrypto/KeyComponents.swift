/// The numbers a public key consists of, big-endian, as a JSON Web Key has them (RFC 7518 section 6, RFC 8037).
package enum KeyComponents: Sendable, Hashable {
    /// A point of an elliptic curve; both coordinates have the curve's full length.
    case ec(curve: EllipticCurve, x: [UInt8], y: [UInt8])
    /// An RSA modulus and public exponent, without leading zeros.
    case rsa(n: [UInt8], e: [UInt8])
    /// An Ed25519 public key, 32 bytes.
    case okp(x: [UInt8])

    /// The algorithms a key of this kind can be used with, the usual one first.
    package var algorithms: [SignatureAlgorithm] {
        switch self {
        case .ec(let curve, _, _): [curve.algorithm]
        case .rsa: [.rs256, .ps256]
        case .okp: [.edDSA]
        }
    }
}

/// A NIST curve, by the name RFC 7518 section 6.2.1.1 gives it.
package enum EllipticCurve: String, Sendable, Hashable, CaseIterable {
    case p256 = "P-256"
    case p384 = "P-384"
    case p521 = "P-521"

    /// The one algorithm that signs with this curve (RFC 7518 section 3.4).
    package var algorithm: SignatureAlgorithm {
        switch self {
        case .p256: .es256
        case .p384: .es384
        case .p521: .es512
        }
    }

    /// The length of a coordinate and of each half of a signature.
    package var coordinateByteCount: Int {
        switch self {
        case .p256: 32
        case .p384: 48
        case .p521: 66
        }
    }

    /// OpenSSL's name of the curve.
    var groupName: String {
        switch self {
        case .p256: "prime256v1"
        case .p384: "secp384r1"
        case .p521: "secp521r1"
        }
    }
}

/// The numbers a private key consists of, on their way from a JSON Web Key into a ``SigningKey``.
///
/// It prints as `<redacted>`; hold it no longer than the import takes.
package struct PrivateKeyComponents: Sendable, CustomStringConvertible, CustomReflectable {
    /// What RSA keeps beside the private exponent to sign faster (RFC 7518 section 6.3.2).
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

    /// The public numbers, `d`, and for RSA the factors if they are known.
    package init(_ publicComponents: KeyComponents, d: [UInt8], factors: Factors? = nil) {
        self.publicComponents = publicComponents
        self.d = d
        self.factors = factors
    }

    package var description: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
