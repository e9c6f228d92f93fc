/// What a program may want of its sessions beyond the usual.
public struct SessionOptions: Sendable {
    /// Changes what is kept of a user's claims, whenever the authorization server says something: at sign-in, and when
    /// a refresh brings a new ID token or userinfo is asked again.
    ///
    /// It is given the new claims, and those kept before (nil at sign-in); what it returns is kept. `sub` stays as it
    /// is.
    public typealias ClaimsTransform = @Sendable (_ new: UserClaims, _ kept: UserClaims?) -> UserClaims

    /// What is kept of a user's claims; nil for all.
    public var claims: ClaimsTransform?

    /// What is told of everything that happens to the sessions, each by its ``UserSession/fingerprint``; see ``UserSession/events`` for the same as a stream.
    ///
    /// It is called at once, by whichever task it happens in: it must not block.
    public var onEvent: (@Sendable (SessionEvent) -> Void)?

    public init() {}

    func kept(_ new: UserClaims, after old: UserClaims?) -> UserClaims {
        guard let claims else { return new }
        return claims(new, old).withSubject(of: new)
    }
}

extension UserClaims {
    /// These claims about the user that others are about.
    func withSubject(of others: UserClaims) -> UserClaims {
        UserClaims(others["sub"].map { ["sub": $0] } ?? [:]).merging(self)
    }
}
