/// Why an ID token, or a logout token, was refused.
///
/// It names claims and never quotes their values; of a time it says by how much it is off.
public struct IDTokenError: Error, Sendable, Hashable {
    /// What was wrong.
    ///
    /// More reasons may come: end every `switch` with a `default`.
    public struct Reason: Hashable, Sendable, CustomStringConvertible {
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
        public static let missing = Reason(code: .missing)
        /// Not a JSON Web Signature in compact form.
        public static let malformed = Reason(code: .malformed)
        /// Encrypted (five parts), which is not supported.
        public static let encrypted = Reason(code: .encrypted)
        /// The signed text is another token (`cty`), which is not supported.
        public static let nested = Reason(code: .nested)
        /// The header says that it is a token of another kind (`typ`).
        public static let wrongType = Reason(code: .wrongType)
        /// The header demands something that is not understood (`crit`).
        public static let criticalExtension = Reason(code: .criticalExtension)
        /// The algorithm is not among those allowed: `none` and every one with a shared secret never are.
        public static let algorithmNotAllowed = Reason(code: .algorithmNotAllowed)
        /// The issuer publishes no key that the header means.
        public static let unknownKey = Reason(code: .unknownKey)
        /// The header names no key, and several could be meant.
        public static let ambiguousKey = Reason(code: .ambiguousKey)
        /// The signature is not the issuer's.
        public static let invalidSignature = Reason(code: .invalidSignature)
        /// The claims are not a JSON object, or one of them is not of its kind.
        public static let malformedClaims = Reason(code: .malformedClaims)
        /// A claim stands twice.
        public static let duplicateClaim = Reason(code: .duplicateClaim)
        /// A claim that must be there is not.
        public static let missingClaim = Reason(code: .missingClaim)
        /// `iss` is not the issuer that was asked.
        public static let wrongIssuer = Reason(code: .wrongIssuer)
        /// `sub` is empty, longer than 255 bytes, or not the user that it must be.
        public static let wrongSubject = Reason(code: .wrongSubject)
        /// `aud` does not name this client.
        public static let wrongAudience = Reason(code: .wrongAudience)
        /// `aud` names others besides, and `azp` does not say that the token was made for this client.
        public static let foreignAudience = Reason(code: .foreignAudience)
        /// `azp` names another client.
        public static let wrongAuthorizedParty = Reason(code: .wrongAuthorizedParty)
        /// `exp` has passed.
        public static let expired = Reason(code: .expired)
        /// `iat` lies in the future.
        public static let issuedInTheFuture = Reason(code: .issuedInTheFuture)
        /// `nbf` lies in the future.
        public static let notYetValid = Reason(code: .notYetValid)
        /// `nonce` is not the request's, or stands where none may be.
        public static let wrongNonce = Reason(code: .wrongNonce)
        /// The user authenticated longer ago than `max_age` allows.
        public static let authenticationTooOld = Reason(code: .authenticationTooOld)
        /// `auth_time` lies in the future, or has changed.
        public static let wrongAuthenticationTime = Reason(code: .wrongAuthenticationTime)
        /// `acr` is none of those that the request called essential.
        public static let wrongAuthenticationContext = Reason(code: .wrongAuthenticationContext)
        /// `at_hash` is not that of the access token.
        public static let wrongAccessTokenHash = Reason(code: .wrongAccessTokenHash)
        /// `events` does not say that it is a logout token.
        public static let notALogout = Reason(code: .notALogout)
        /// A logout token of that `jti` was taken before, or a refresh came with an ID token that is older than the last.
        public static let replayed = Reason(code: .replayed)

        /// The reason's name: a fixed word, fit for a metric's label.
        public var description: String { code.rawValue }
    }

    public let reason: Reason

    /// The claim or header member that is to blame.
    public let member: String?

    /// By how much the time that the claim names is past, or still to come; nil where that is not the reason.
    public let timeDifference: Duration?

    package init(_ reason: Reason, _ member: String? = nil, off timeDifference: Duration? = nil) {
        self.reason = reason
        self.member = member
        self.timeDifference = timeDifference
    }

    /// Whether it is for a clock to say.
    var isAboutTime: Bool { timeDifference != nil || reason == .authenticationTooOld }
}

extension IDTokenError: CustomStringConvertible {
    public var description: String {
        var text = member.map { "\(reason) (\($0))" } ?? reason.description
        if let timeDifference {
            text +=
                ", off by \(timeDifference.components.seconds) s: check the clocks of this machine and of the server"
        }
        return text
    }
}
