public import Countersign
import CountersignHTTP

/// A signed-in user: what a generated client takes, so that its calls carry the user's current token.
///
/// ```swift
/// let session = try await client.session(for: result, in: store, id: "alice")
/// let notes = NotesAPI(user: session)
/// print(try await notes.listNotes())
/// await session.signOut()
/// ```
///
/// Tokens are renewed before they expire and after a 401, by one request whoever needs them, in this process and in all
/// that share the store. A new refresh token is stored before anybody gets the access token that came with it.
///
/// A session ends when the authorization server says so (`invalid_grant`), and by nothing else: calls then fail with
/// `TokenError.Kind.sessionEnded`. After a sign-out they fail with `TokenError.Kind.notSignedIn`. A server that
/// cannot be reached, or fails, ends nothing.
public final class UserSession: Sendable, TokenSource {
    /// What has become of a session.
    public enum State: Sendable, Hashable {
        case active
        /// The authorization server ended it, by this error code: the user must sign in again.
        case ended(String)
        /// The user has signed out, here or elsewhere.
        case signedOut
    }

    /// The session on whose behalf the current task works, for code that does not pass it around.
    ///
    /// ```swift
    /// try await UserSession.$current.withValue(session) {
    ///     try await handle(request)
    /// }
    /// ```
    @TaskLocal public static var current: UserSession?

    let core: SessionCore
    private let slots = Locked<[SessionSlot.ID: SessionSlot]>([:])

    init(_ core: SessionCore) {
        self.core = core
    }

    // MARK: What is known

    /// Which session it is, as the program named it.
    public var id: String { core.entry.id }

    /// What a log may call the session: a digest of the ``id``, from which neither that nor a cookie can be had.
    ///
    /// ``SessionEvent/session`` says it, and the session's entry in the store is called `session.` and it. It is good
    /// for nothing but to tell sessions apart; who can guess the id can recognise it.
    public var logID: String { SessionRecord.fingerprint(of: id) }

    /// What the authorization server has said of the user.
    public var claims: UserClaims { core.record.claims }

    /// The user's identifier at the issuer; empty when nobody has said who it is.
    public var subject: String { claims.subject }

    /// The scopes that the user has granted.
    public var grantedScopes: [String] { core.record.grantedScopes }

    /// Whether tokens can be renewed without the user.
    public var hasRefreshToken: Bool { core.record.refreshToken != nil }

    /// Whether the sign-in brought an ID token.
    public var hasIDToken: Bool { core.record.idToken != nil }

    /// When the user signed in, since 1 January 1970 UTC.
    public var signedInAt: Duration { core.record.signedInAt }

    /// What has become of the session, as far as this process knows.
    public var state: State {
        core.state.withLock { state in
            if state.isSignedOut { return .signedOut }
            if case .ended(let error) = state.memory.record.state { return .ended(error) }
            return .active
        }
    }

    /// What happens to the session from now on; the stream ends when the user signs out.
    public var events: AsyncStream<SessionEvent> { core.events.stream() }

    // MARK: Tokens

    /// The user's current access token.
    ///
    /// - Parameters:
    ///   - scopes: What it is needed for: all of it must be granted.
    ///   - resources: What it is for (RFC 8707), with a token of its own for each; empty for what the sign-in was for.
    ///   - renew: Whether it must be newer than the one known so far.
    /// - Throws: `TokenError`, of kind `TokenError.Kind.missingScope` when the user has not granted a scope;
    ///   nothing is sent then.
    public nonisolated(nonsending) func accessToken(
        scopes: [String] = [],
        resources: [String] = [],
        renew: Bool = false
    ) async throws(TokenError) -> AccessToken {
        let slot = try slot(of: nil, scopes: scopes, tokenPerScopes: false, resources: resources, parameters: [:])
        return renew ? try await slot.renewed(deadline: nil) : try await slot.token(deadline: nil)
    }

    public nonisolated(nonsending) func accessToken(
        for request: TokenSourceRequest
    ) async throws(TokenError) -> AccessToken {
        let slot = try slot(
            of: nil,
            scopes: request.scopes,
            tokenPerScopes: false,
            resources: request.resources,
            parameters: [:]
        )
        if let refused = request.refused { return try await slot.replacement(for: refused, deadline: nil) }
        return request.renew ? try await slot.renewed(deadline: nil) : try await slot.token(deadline: nil)
    }

    /// Sends a refresh token again whose outcome is unknown (`TokenError.Kind.outcomeUnknown`).
    ///
    /// It works when the first request never reached the authorization server. When it did, a server that rotates
    /// refresh tokens takes the second one for a theft: it ends the session, and every token of it. So it is for the
    /// program to decide, best when the access token's time is over and the user would have to sign in again anyway.
    ///
    /// - Returns: The new access token.
    /// - Throws: `TokenError`.
    @discardableResult
    public nonisolated(nonsending) func retryRefresh() async throws(TokenError) -> AccessToken {
        let slot = try slot(of: nil, scopes: [], tokenPerScopes: false, resources: [], parameters: [:])
        core.state.withLock { $0.mayRetry = true }
        defer { core.state.withLock { $0.mayRetry = false } }
        // All of them had the same answer, and remember it.
        for known in slots.withLock({ Array($0.values) }) { known.slot.forgive() }
        do throws(TokenError) {
            return try await slot.renewed(deadline: nil)
        } catch {
            // It may have been a refresh that had begun before.
            guard error.kind == .outcomeUnknown, core.state.withLock({ $0.mayRetry }) else { throw error }
            slot.forgive()
            return try await slot.renewed(deadline: nil)
        }
    }

    /// Asks the userinfo endpoint anew what there is to know of the user, and keeps it.
    ///
    /// - Returns: The claims as they are kept.
    /// - Throws: ``SignInError``, of kind ``SignInError/Kind/userInfo`` when the answer is about somebody else.
    @discardableResult
    public nonisolated(nonsending) func reloadUserInfo() async throws(SignInError) -> UserClaims {
        let token: AccessToken
        do throws(TokenError) {
            token = try await accessToken()
        } catch {
            throw SignInError(error)
        }
        let subject = subject
        let told = try await core.client.userInfo(token, subject: subject.isEmpty ? nil : subject)
        await core.keep(told)
        return claims
    }

    // MARK: The end

    /// Removes what a store has under an id, whether it can be read or not; nothing is revoked.
    ///
    /// It is for a session that ``OIDCClient/session(id:in:options:)`` cannot give: the key of the store is lost, say.
    /// Another is ended by ``signOut(revoking:state:)``.
    ///
    /// - Throws: `TokenStoreError` when the store could not remove it.
    public nonisolated(nonsending) static func remove(
        id: String,
        from store: any TokenStore
    ) async throws(TokenStoreError) {
        try await SessionEntry(id, in: store).remove()
    }

    /// Signs the user out: here, in the store, and at the authorization server.
    ///
    /// From the first moment on no call carries a token of the session, and a refresh that is under way does not bring
    /// it back: what it gets is revoked. A second time nothing happens.
    ///
    /// A program that ends afterwards looks at ``SignOutResult/storeError``: if there is one, its next run finds the user signed
    /// in.
    ///
    /// - Parameters:
    ///   - revoking: Which tokens the authorization server is told to revoke.
    ///   - state: What the browser brings back from ``SignOutResult/endSessionURL``.
    @discardableResult
    public nonisolated(nonsending) func signOut(
        revoking: TokensToRevoke = .refreshToken,
        state: String? = nil
    ) async -> SignOutResult {
        var result = await core.signOut(revoking: revoking)
        result.endSessionURL = await core.endSessionURL(idToken: result.idToken, state: state)
        return result
    }
}

extension UserSession: UserTokens {
    package func slot(
        of issuer: String?,
        scopes: [String],
        tokenPerScopes: Bool,
        resources: [String],
        parameters: [String: String]
    ) throws(TokenError) -> TokenCacheEntry {
        if core.isSignedOut { throw TokenError(.notSignedIn, "the user has signed out") }
        try checkIssuer(issuer)
        let granted = core.record.grantedScopes
        let missing = scopes.filter { !granted.contains($0) }
        guard missing.isEmpty else { throw SessionCore.missing(missing) }
        if let reserved = parameters.keys.sorted().first(where: Self.reservedParameters.contains) {
            throw TokenError(.configuration, "the token parameter '\(reserved)' is set by the runtime")
        }
        // What the sign-in was for is what the usual token is for.
        let configuration = core.client.configuration
        let id = SessionSlot.ID(
            key: SessionTokenKey(
                scopes: tokenPerScopes ? scopes : nil,
                resources: Set(resources) == Set(configuration.resources) ? [] : resources,
                parameters: parameters == configuration.parameters ? [:] : parameters
            ),
            scopes: Set(scopes).sorted()
        )
        return slots.withLock { slots in
            if let slot = slots[id] { return slot.slot }
            let slot = SessionSlot(id, of: core)
            slots[id] = slot
            return slot.slot
        }
    }

    /// Refuses APIs of another issuer: this one's token would tell them who the user is here, and could be used by them.
    private func checkIssuer(_ wanted: String?) throws(TokenError) {
        let own = [core.record.issuer, core.client.configuration.declaredIssuer]
        guard let wanted, !own.contains(where: { $0.utf8.elementsEqual(wanted.utf8) }) else { return }
        throw TokenError(
            .configuration,
            """
            the user signed in at \(core.record.issuer), and the API is for users of \(wanted): sign in with the \
            configuration that the API's client has, and set its issuer where that is another
            """
        )
    }

    private static let reservedParameters = EndpointRequest.reservedParameters.union(["refresh_token"])
}

extension UserSession: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "UserSession(\(state))" }
    public var debugDescription: String { description }
    /// Without tokens, and without what is known of a person.
    public var customMirror: Mirror { Mirror(self, children: ["state": state]) }
}
