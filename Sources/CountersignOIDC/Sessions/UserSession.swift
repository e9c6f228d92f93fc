public import Countersign
import CountersignHTTP
import CountersignJSON

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A signed-in user, whose access tokens are kept current for the calls of generated clients.
///
/// ```swift
/// let session = try await client.session(for: result, in: store, id: "alice")
/// let notes = NotesAPI(user: session)
/// print(try await notes.listNotes())
/// await session.signOut()
/// ```
///
/// Tokens are renewed before they expire and after a 401. All callers share one refresh request, in this process and in
/// all processes that share the store. A new refresh token is stored before any caller receives the access token that
/// came with it.
///
/// A session ends only when the authorization server returns `invalid_grant`, or another error of
/// ``SessionConfiguration/endsSession``: calls then fail with `TokenError.Kind.sessionEnded`. After a sign-out they
/// fail with `TokenError.Kind.notSignedIn`. A server that is unreachable or fails does not end a session. A refresh
/// without a response is sent again by a later call.
public final class UserSession: Sendable, TokenSource {
    /// The state of a session.
    public enum State: Sendable, Hashable {
        /// The user is signed in.
        case active
        /// The authorization server ended the session with this error code: the user must sign in again.
        case ended(String)
        /// The user signed out, in this process or another one.
        case signedOut
    }

    /// The session of the user for whom the current task works.
    ///
    /// It serves code that does not pass the session as an argument.
    ///
    /// ```swift
    /// try await UserSession.$current.withValue(session) {
    ///     try await handle(request)
    /// }
    /// ```
    @TaskLocal public static var current: UserSession?

    let core: SessionCore
    private let cacheEntries = Locked<[SessionTokenCacheEntry.ID: SessionTokenCacheEntry]>([:])

    init(_ core: SessionCore) {
        self.core = core
    }

    // MARK: Properties

    /// The session's id, chosen by the program.
    public var id: String { core.entry.id }

    /// The session's identifier for logs: a digest of its ``id``, which reveals neither the id nor a cookie.
    ///
    /// ``SessionEvent/session`` has the same value, and the name of the session's store entry is `session.` followed by
    /// it. It gives no access to the session. Anyone who can guess the id can compute it.
    public var logID: String { core.logID }

    /// The user's claims from the authorization server.
    public var claims: UserClaims { core.record.claims }

    /// The user's identifier at the issuer (`sub`); empty if neither `openid` nor userinfo was requested.
    public var subject: String { claims.subject }

    /// The scopes that the user has granted, as the authorization server spells them.
    ///
    /// A server can grant more than it lists, and can list aliases. So a call is not rejected because its scope is
    /// missing here, but only if the server has answered that it does not grant a scope that was requested.
    public var grantedScopes: [String] { core.record.grantedScopes }

    /// Indicates whether tokens can be refreshed without the user.
    public var hasRefreshToken: Bool { core.record.refreshToken != nil }

    /// Indicates whether the sign-in returned an ID token.
    public var hasIDToken: Bool { core.record.idToken != nil }

    /// The time of the sign-in.
    public var signedInAt: Date { core.record.signedInAt }

    /// The state of the session, as far as this process knows.
    public var state: State {
        core.state.withLock { state in
            if state.isSignedOut { return .signedOut }
            if case .ended(let error) = state.session.record.state { return .ended(error) }
            return .active
        }
    }

    /// The status of the access token for the scopes and resources of the sign-in; nil if there is none.
    ///
    /// It reflects what this process knows: no request is sent and no token is renewed.
    public var tokenStatus: TokenStatus? {
        guard let token = core.record[.signIn] else { return nil }
        return TokenStatus(
            type: core.dpopKey == nil ? .bearer : .dpop,
            expiresIn: token.lifetime.map { $0 - core.clock.date().duration(since: token.requestedAt) }
        )
    }

    /// A stream of the session's events from now on, which ends when the user signs out.
    public var events: AsyncStream<SessionEvent> { core.events.stream() }

    // MARK: Access tokens

    /// Returns the user's current access token, refreshing it if necessary.
    ///
    /// - Parameters:
    ///   - scopes: The scopes that the token is for. An error is thrown only for scopes that were requested and not
    ///     granted.
    ///   - resources: The resource indicators (RFC 8707), with a separate token for each set; empty for those of the
    ///     sign-in.
    ///   - forceRenewal: true to require a newer token than the current one.
    /// - Throws: `TokenError`, of kind `TokenError.Kind.missingScope` if a scope was requested and the authorization
    ///   server has not granted it. No request is sent in that case.
    public nonisolated(nonsending) func accessToken(
        scopes: [String] = [],
        resources: [String] = [],
        forceRenewal: Bool = false
    ) async throws(TokenError) -> AccessToken {
        let entry = try tokenCacheEntry(
            of: nil,
            scopes: scopes,
            tokenPerScopes: false,
            resources: resources,
            parameters: [:]
        )
        return forceRenewal ? try await entry.renewed(deadline: nil) : try await entry.token(deadline: nil)
    }

    public nonisolated(nonsending) func accessToken(
        for request: TokenSourceRequest
    ) async throws(TokenError) -> AccessToken {
        let entry = try tokenCacheEntry(
            of: nil,
            scopes: request.scopes,
            tokenPerScopes: false,
            resources: request.resources,
            parameters: [:]
        )
        if let rejected = request.rejectedToken { return try await entry.replacement(for: rejected, deadline: nil) }
        return request.forceRenewal ? try await entry.renewed(deadline: nil) : try await entry.token(deadline: nil)
    }

    /// Resends a refresh token whose outcome is unknown (`TokenError.Kind.outcomeUnknown`), without waiting.
    ///
    /// A later call does the same after a backoff, unless ``SignInConfiguration/refreshRetry-swift.property`` is
    /// ``SignInConfiguration/RefreshRetry/never``.
    ///
    /// This succeeds if the first request did not reach the authorization server. If it did, a server with refresh
    /// token rotation treats the second use as theft: it ends the session and revokes its tokens. Another process must
    /// not be sending the refresh token at the same time.
    ///
    /// - Returns: The new access token.
    /// - Throws: `TokenError`.
    @discardableResult
    public nonisolated(nonsending) func retryRefresh() async throws(TokenError) -> AccessToken {
        let entry = try tokenCacheEntry(
            of: nil,
            scopes: [],
            tokenPerScopes: false,
            resources: [],
            parameters: [:]
        )
        core.state.withLock { $0.isRetryRequested = true }
        defer { core.state.withLock { $0.isRetryRequested = false } }
        // All cache entries remember the same failure.
        for cached in cacheEntries.withLock({ Array($0.values) }) { cached.entry.clearFailure() }
        do throws(TokenError) {
            return try await entry.renewed(deadline: nil)
        } catch {
            // The error may be that of a refresh that started earlier and did not see the request to retry.
            guard error.kind == .outcomeUnknown, core.state.withLock({ $0.isRetryRequested }) else { throw error }
            entry.clearFailure()
            return try await entry.renewed(deadline: nil)
        }
    }

    // MARK: Userinfo

    /// Requests the user's claims from the userinfo endpoint, and stores them.
    ///
    /// - Returns: The stored claims.
    /// - Throws: ``SignInError``, of kind ``SignInError/Kind/userInfo`` if the response is about another user.
    @discardableResult
    public nonisolated(nonsending) func reloadUserInfo() async throws(SignInError) -> UserClaims {
        let token: AccessToken
        do throws(TokenError) {
            token = try await accessToken()
        } catch {
            throw SignInError(error)
        }
        let subject = subject
        let userInfo = try await core.client.userInfo(token, subject: subject.isEmpty ? nil : subject)
        await core.update(withUserInfo: userInfo)
        return claims
    }

    // MARK: Signing out

    /// Signs the user out: in this process, in the store, and at the authorization server.
    ///
    /// From the start of the sign-out, no call uses a token of the session. A refresh that is running does not restore
    /// the session, and its tokens are revoked. Further calls have no effect.
    ///
    /// A program that ends after the sign-out must check ``SignOutResult/storeError``: if it is set, the user is still
    /// signed in at the next start.
    ///
    /// - Parameters:
    ///   - revoking: The tokens to revoke at the authorization server.
    ///   - state: A value that the browser returns after visiting ``SignOutResult/endSessionURL``.
    @discardableResult
    public nonisolated(nonsending) func signOut(
        revoking: TokensToRevoke = .refreshToken,
        state: String? = nil
    ) async -> SignOutResult {
        var result = await core.signOut(revoking: revoking)
        result.endSessionURL = await core.endSessionURL(idToken: result.idToken, state: state)
        return result
    }

    /// Removes the store entry of an id, even if it cannot be read.
    ///
    /// No token is revoked.
    ///
    /// Use it for a session that ``OIDCClient/session(id:in:configuration:)`` cannot return, for example because the
    /// store's encryption key is lost. Use ``signOut(revoking:state:)`` for all other sessions.
    ///
    /// - Throws: `TokenStoreError` if the store cannot remove the entry.
    public nonisolated(nonsending) static func remove(
        id: String,
        from store: any TokenStore
    ) async throws(TokenStoreError) {
        try await SessionStoreEntry(id, in: store).remove()
    }
}

extension UserSession: UserTokens {
    package func tokenCacheEntry(
        of issuer: String?,
        scopes: [String],
        tokenPerScopes: Bool,
        resources: [String],
        parameters: [String: String]
    ) throws(TokenError) -> TokenCacheEntry {
        if core.isSignedOut { throw TokenError(.notSignedIn, "the user has signed out") }
        try checkIssuer(issuer)
        let missingScopes = core.record.missingScopes(of: scopes)
        guard missingScopes.isEmpty else { throw SessionCore.missingScopes(missingScopes) }
        if let reserved = parameters.keys.sorted().first(where: Self.reservedParameters.contains) {
            throw TokenError(.configuration, "the token parameter '\(reserved)' is set by the runtime; remove it")
        }
        // The sign-in's own resources and parameters select the sign-in's token.
        let configuration = core.client.configuration
        let signIn = SessionTokenKey(resources: configuration.resources, parameters: configuration.parameters)
        var key = SessionTokenKey(
            scopes: tokenPerScopes ? scopes : nil,
            resources: resources,
            parameters: parameters
        )
        if key.hasResources(of: signIn) { key.resources = [] }
        if key.hasParameters(of: signIn) { key.parameters = [:] }
        let id = SessionTokenCacheEntry.ID(key: key, scopes: scopes.uniqueSortedByBytes())
        return cacheEntries.withLock { entries in
            if let cached = entries[id] { return cached.entry }
            let cached = SessionTokenCacheEntry(id, of: core)
            entries[id] = cached
            return cached.entry
        }
    }

    /// Rejects APIs of another issuer.
    ///
    /// Such an API could identify the user at this issuer by the token, and could use the token itself.
    private func checkIssuer(_ requiredIssuer: String?) throws(TokenError) {
        let issuers = [core.record.issuer, core.client.configuration.declaredIssuer]
        guard let requiredIssuer,
            !issuers.contains(where: { $0.utf8.elementsEqual(requiredIssuer.utf8) })
        else { return }
        throw TokenError(
            .configuration,
            """
            the user signed in at \(core.record.issuer), but the API expects users of \(requiredIssuer): sign in with \
            the sign-in configuration of the API's client, and set its issuer if yours has another URL
            """
        )
    }

    private static let reservedParameters = TokenEndpointRequest.reservedParameters.union(["refresh_token"])
}

extension UserSession: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "UserSession(\(state))" }
    public var debugDescription: String { description }
    /// Contains neither tokens nor claims.
    public var customMirror: Mirror { Mirror(self, children: ["state": state]) }
}
