import CountersignCrypto

/// The reason why an ID token or a logout token was rejected.
///
/// The error names claims but does not quote their values. For a time, it says how far it is off; for an algorithm, it
/// names the token's and the allowed ones.
public struct IDTokenError: Error, Sendable, Hashable {
    /// The kind of an ``IDTokenError``.
    ///
    /// More kinds may be added: end every `switch` with a `default`.
    public struct Kind: Hashable, Sendable, CustomStringConvertible {
        private enum Code: String {
            case missing, malformed, encrypted, nested, wrongType, criticalExtension, algorithmNotAllowed
            case unknownKey, ambiguousKey, invalidSignature
            case malformedClaims, duplicateClaim, missingClaim
            case wrongIssuer, wrongSubject, wrongAudience, untrustedAudience, wrongAuthorizedParty
            case expired, issuedInTheFuture, notYetValid
            case wrongNonce, authenticationTooOld, wrongAuthenticationTime, wrongAuthenticationContext
            case wrongAccessTokenHash, notALogoutToken, replayed
        }

        private let code: Code

        /// There is no token: `openid` was requested but no ID token was issued, or a logout request has no logout token.
        public static let missing = Kind(code: .missing)
        /// The token is not a JSON Web Signature in compact form.
        public static let malformed = Kind(code: .malformed)
        /// The token is encrypted (five parts), which is not supported.
        public static let encrypted = Kind(code: .encrypted)
        /// The payload is another token (`cty`), which is not supported.
        public static let nested = Kind(code: .nested)
        /// The header names another type of token (`typ`).
        public static let wrongType = Kind(code: .wrongType)
        /// The header requires an extension that is not supported (`crit`).
        public static let criticalExtension = Kind(code: .criticalExtension)
        /// The algorithm is not among the allowed ones.
        ///
        /// `none` and algorithms with a shared secret are never allowed.
        public static let algorithmNotAllowed = Kind(code: .algorithmNotAllowed)
        /// The issuer publishes no key that matches the header.
        public static let unknownKey = Kind(code: .unknownKey)
        /// The header names no key, and several keys match.
        public static let ambiguousKey = Kind(code: .ambiguousKey)
        /// The signature was not made with the issuer's key.
        public static let invalidSignature = Kind(code: .invalidSignature)
        /// The claims are not a JSON object, or a claim has the wrong type.
        public static let malformedClaims = Kind(code: .malformedClaims)
        /// A claim occurs twice.
        public static let duplicateClaim = Kind(code: .duplicateClaim)
        /// A required claim is missing.
        public static let missingClaim = Kind(code: .missingClaim)
        /// `iss` is not the client's issuer.
        public static let wrongIssuer = Kind(code: .wrongIssuer)
        /// `sub` is empty, longer than 255 bytes, or not the expected user.
        public static let wrongSubject = Kind(code: .wrongSubject)
        /// `aud` does not contain this client, or differs from the previous ID token's.
        public static let wrongAudience = Kind(code: .wrongAudience)
        /// `aud` contains other clients, and `azp` does not say that the token was issued to this one.
        public static let untrustedAudience = Kind(code: .untrustedAudience)
        /// `azp` names another client.
        public static let wrongAuthorizedParty = Kind(code: .wrongAuthorizedParty)
        /// `exp` has passed.
        public static let expired = Kind(code: .expired)
        /// `iat` is in the future.
        public static let issuedInTheFuture = Kind(code: .issuedInTheFuture)
        /// `nbf` is in the future.
        public static let notYetValid = Kind(code: .notYetValid)
        /// `nonce` is not the request's, or is present in a token that must not have one.
        public static let wrongNonce = Kind(code: .wrongNonce)
        /// The user authenticated longer ago than `max_age` allows.
        public static let authenticationTooOld = Kind(code: .authenticationTooOld)
        /// `auth_time` is in the future, or differs from the previous ID token's.
        public static let wrongAuthenticationTime = Kind(code: .wrongAuthenticationTime)
        /// `acr` is not one of the required authentication contexts.
        public static let wrongAuthenticationContext = Kind(code: .wrongAuthenticationContext)
        /// `at_hash` is not the hash of the access token.
        public static let wrongAccessTokenHash = Kind(code: .wrongAccessTokenHash)
        /// `events` has no back-channel logout event.
        public static let notALogoutToken = Kind(code: .notALogoutToken)
        /// A logout token with this `jti` was accepted before, or a refreshed ID token is older than the previous one.
        public static let replayed = Kind(code: .replayed)

        /// The kind's name: a fixed word, suitable for a metric label.
        public var description: String { code.rawValue }

        fileprivate var message: String {
            switch code {
            case .missing: "the token is missing"
            case .malformed: "the token is not a JSON Web Signature in compact form"
            case .encrypted: "encrypted tokens are not supported"
            case .nested: "nested tokens are not supported"
            case .wrongType: "the header names another type of token"
            case .criticalExtension: "the header requires an unsupported extension"
            case .algorithmNotAllowed: "the signature algorithm is not allowed"
            case .unknownKey: "the issuer publishes no key that matches the header"
            case .ambiguousKey: "the header names no key, and several keys match"
            case .invalidSignature: "the signature is invalid"
            case .malformedClaims: "the claims are not a JSON object, or a claim has the wrong type"
            case .duplicateClaim: "a claim occurs twice"
            case .missingClaim: "a required claim is missing"
            case .wrongIssuer: "the issuer is not the client's"
            case .wrongSubject: "the subject is invalid, or not the expected user"
            case .wrongAudience: "the audience does not contain this client, or has changed"
            case .untrustedAudience: "the audience contains other clients, and azp is missing"
            case .wrongAuthorizedParty: "the authorized party is another client"
            case .expired: "the token has expired"
            case .issuedInTheFuture: "the token was issued in the future"
            case .notYetValid: "the token is not valid yet"
            case .wrongNonce: "the nonce is not the request's"
            case .authenticationTooOld: "the user authenticated longer ago than max_age allows"
            case .wrongAuthenticationTime: "the authentication time is in the future, or has changed"
            case .wrongAuthenticationContext: "the authentication context is not a required one"
            case .wrongAccessTokenHash: "the hash is not the access token's"
            case .notALogoutToken: "the token has no back-channel logout event"
            case .replayed: "the token was used before, or is older than the previous one"
            }
        }
    }

    /// The kind of the error.
    public let kind: Kind

    /// The claim or header member that caused the error.
    public let member: String?

    /// The difference between the claim's time and the current time; nil if the error is not about a time.
    public let timeDifference: Duration?

    /// The algorithm that the token has and those that are allowed.
    private let algorithms: String?

    package init(_ kind: Kind, _ member: String? = nil, timeDifference: Duration? = nil) {
        self.kind = kind
        self.member = member
        self.timeDifference = timeDifference
        algorithms = nil
    }

    /// Creates the error for an algorithm that is not allowed.
    ///
    /// - Parameter name: The `alg` of the header, which may be any text.
    init(algorithm name: String, allowing algorithms: Set<SignatureAlgorithm>) {
        kind = .algorithmNotAllowed
        member = "alg"
        timeDifference = nil
        let isName =
            1...20 ~= name.utf8.count
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "+"):
                    true
                default: false
                }
            }
        let allowed = algorithms.flatMap(\.names).sorted().joined(separator: ", ")
        self.algorithms =
            "the token has \(isName ? name : "an unknown one"), allowed are \(allowed.isEmpty ? "none" : allowed)"
    }

    /// The reason and, for a time that is off, what to check.
    public var message: String {
        if let algorithms {
            return "\(kind.message): \(algorithms); compare idTokenAlgorithms with the server's metadata"
        }
        guard let timeDifference else { return kind.message }
        let seconds = timeDifference.components.seconds
        return "\(kind.message), off by \(seconds) s: check the clocks of this machine and of the server"
    }

    /// True if another clock could give another result.
    var dependsOnClock: Bool { timeDifference != nil || kind == .authenticationTooOld }
}

extension IDTokenError: CustomStringConvertible {
    public var description: String {
        member.map { "\(kind) (\($0)): \(message)" } ?? "\(kind): \(message)"
    }
}
