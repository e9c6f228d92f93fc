/// Why an ID token, or a logout token, was refused.
///
/// It names claims and never quotes their values; of a time it says by how much it is off.
public struct IDTokenError: Error, Sendable, Hashable {
    /// What was wrong.
    ///
    /// More reasons may come: end every `switch` with a `default`.
    public struct Kind: Hashable, Sendable, CustomStringConvertible {
        private enum Code: String {
            case missing, malformed, encrypted, nested, wrongType, criticalExtension, algorithmNotAllowed
            case unknownKey, ambiguousKey, invalidSignature
            case malformedClaims, duplicateClaim, missingClaim
            case wrongIssuer, wrongSubject, wrongAudience, foreignAudience, wrongAuthorizedParty
            case expired, issuedInTheFuture, notYetValid
            case wrongNonce, authenticationTooOld, wrongAuthenticationTime, wrongAuthenticationContext
            case wrongAccessTokenHash, notALogout, replayed
        }

        private let code: Code

        /// There is none: `openid` was asked for and no ID token came, or a request to log out brought no logout token.
        public static let missing = Kind(code: .missing)
        /// Not a JSON Web Signature in compact form.
        public static let malformed = Kind(code: .malformed)
        /// Encrypted (five parts), which is not supported.
        public static let encrypted = Kind(code: .encrypted)
        /// The signed text is another token (`cty`), which is not supported.
        public static let nested = Kind(code: .nested)
        /// The header says that it is a token of another kind (`typ`).
        public static let wrongType = Kind(code: .wrongType)
        /// The header demands something that is not understood (`crit`).
        public static let criticalExtension = Kind(code: .criticalExtension)
        /// The algorithm is not among those allowed: `none` and every one with a shared secret never are.
        public static let algorithmNotAllowed = Kind(code: .algorithmNotAllowed)
        /// The issuer publishes no key that the header means.
        public static let unknownKey = Kind(code: .unknownKey)
        /// The header names no key, and several could be meant.
        public static let ambiguousKey = Kind(code: .ambiguousKey)
        /// The signature is not the issuer's.
        public static let invalidSignature = Kind(code: .invalidSignature)
        /// The claims are not a JSON object, or one of them is not of its kind.
        public static let malformedClaims = Kind(code: .malformedClaims)
        /// A claim stands twice.
        public static let duplicateClaim = Kind(code: .duplicateClaim)
        /// A claim that must be there is not.
        public static let missingClaim = Kind(code: .missingClaim)
        /// `iss` is not the issuer that was asked.
        public static let wrongIssuer = Kind(code: .wrongIssuer)
        /// `sub` is empty, longer than 255 bytes, or not the user that it must be.
        public static let wrongSubject = Kind(code: .wrongSubject)
        /// `aud` does not name this client.
        public static let wrongAudience = Kind(code: .wrongAudience)
        /// `aud` names others besides, and `azp` does not say that the token was made for this client.
        public static let foreignAudience = Kind(code: .foreignAudience)
        /// `azp` names another client.
        public static let wrongAuthorizedParty = Kind(code: .wrongAuthorizedParty)
        /// `exp` has passed.
        public static let expired = Kind(code: .expired)
        /// `iat` lies in the future.
        public static let issuedInTheFuture = Kind(code: .issuedInTheFuture)
        /// `nbf` lies in the future.
        public static let notYetValid = Kind(code: .notYetValid)
        /// `nonce` is not the request's, or stands where none may be.
        public static let wrongNonce = Kind(code: .wrongNonce)
        /// The user authenticated longer ago than `max_age` allows.
        public static let authenticationTooOld = Kind(code: .authenticationTooOld)
        /// `auth_time` lies in the future, or has changed.
        public static let wrongAuthenticationTime = Kind(code: .wrongAuthenticationTime)
        /// `acr` is none of those that the request called essential.
        public static let wrongAuthenticationContext = Kind(code: .wrongAuthenticationContext)
        /// `at_hash` is not that of the access token.
        public static let wrongAccessTokenHash = Kind(code: .wrongAccessTokenHash)
        /// `events` does not say that it is a logout token.
        public static let notALogout = Kind(code: .notALogout)
        /// A logout token of that `jti` was taken before, or a refresh came with an ID token that is older than the last.
        public static let replayed = Kind(code: .replayed)

        /// The kind's name: a fixed word, fit for a metric's label.
        public var description: String { code.rawValue }
    }

    public let kind: Kind

    /// The claim or header member that is to blame.
    public let member: String?

    /// By how much the time that the claim names is past, or still to come; nil where that is not the kind.
    public let timeDifference: Duration?

    package init(_ kind: Kind, _ member: String? = nil, off timeDifference: Duration? = nil) {
        self.kind = kind
        self.member = member
        self.timeDifference = timeDifference
    }

    /// Whether it is for a clock to say.
    var isAboutTime: Bool { timeDifference != nil || kind == .authenticationTooOld }
}

extension IDTokenError: CustomStringConvertible {
    public var description: String {
        var text = member.map { "\(kind) (\($0))" } ?? kind.description
        if let timeDifference {
            text +=
                ", off by \(timeDifference.components.seconds) s: check the clocks of this machine and of the server"
        }
        return text
    }
}
