public import Countersign
import CountersignHTTP

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The signed-in users of a web back end: signs users in and out, and finds the session of a browser or a user.
///
/// Browsers receive an opaque session cookie, with a new value at every sign-in. Tokens stay on the server, in the
/// store. The cookies are `HttpOnly`, `SameSite=Lax` and, over https, `Secure` with the prefix `__Host-`.
///
/// ```swift
/// let sessions = BrowserSessions(client, store: store)
///
/// // GET /sign-in
/// let start = try await sessions.beginSignIn(returnTo: "/notes", cookies: request.cookie)
/// respond(302, location: start.url, setCookies: start.setCookies)
///
/// // GET /callback
/// let done = try await sessions.finishSignIn(callback: .query(request.query), cookies: request.cookie)
/// respond(302, location: done.returnTo, setCookies: done.setCookies)
///
/// // GET /notes
/// guard let browser = try await sessions.session(cookies: request.cookie), browser.session.state == .active
/// else { return redirect("/sign-in") }
/// let notes = try await NotesAPI(user: browser.session).listNotes()
/// respond(200, notes, setCookie: browser.setCookie)       // required: it extends the idle timeout
/// ```
///
/// The other routes, and the status for each failure, are in <doc:KeepingUsersSignedIn>.
///
/// Several processes can serve the same users if they share the store.
public final class BrowserSessions: Sendable {
    let client: OIDCClient
    let configuration: SessionConfiguration
    let documents: JSONDocumentStore
    let index: SessionIndex
    let tombstones: LogoutTombstones
    let cache = UserSessionCache()
    /// The work under way that a shutdown waits for.
    let work: WorkTracker

    /// Creates the sessions of a web back end.
    ///
    /// - Parameters:
    ///   - client: The client that signs users in. Its configuration contains the redirect URI.
    ///   - store: The store that keeps sessions and the state of browsers.
    ///   - configuration: The configuration of the sessions.
    public init(
        _ client: OIDCClient,
        store: any TokenStore,
        configuration: SessionConfiguration = SessionConfiguration()
    ) {
        self.client = client
        self.configuration = configuration
        work = WorkTracker(in: client.runtime.work)
        documents = JSONDocumentStore(store: store)
        index = SessionIndex(documents: documents, clock: client.runtime.clock)
        tombstones = LogoutTombstones(documents: documents, clock: client.runtime.clock)
    }

    var clock: any RuntimeClock { client.runtime.clock }

    // MARK: Cookies

    /// True unless the redirect URI is an http URL of this machine.
    private var isSecure: Bool {
        guard let url = client.configuration.redirectURI.flatMap({ try? HTTP.URL($0) }) else { return true }
        return url.origin.isSecure
    }

    /// The cookie of a signed-in browser.
    var sessionCookie: SessionCookie { SessionCookie(configuration.cookieName, isSecure: isSecure) }

    /// The cookies of a browser that is signing in.
    ///
    /// With `form_post`, a page of the authorization server posts the response, and browsers do not send `Lax` cookies
    /// with it.
    var signInCookies: SignInCookies {
        let isPosted = client.configuration.responseMode == .formPost
        return SignInCookies(
            configuration.cookieName,
            isSecure: isSecure || isPosted,
            sameSite: isPosted ? .none : .lax
        )
    }

    // MARK: Finding sessions

    /// Returns the session of a browser; nil if no user is signed in there.
    ///
    /// Requests extend the idle timeout. ``BrowserSession/setCookie`` then contains the renewed cookie.
    ///
    /// - Parameter cookies: The value of the request's `Cookie` field; several fields are joined by `; `. If the
    ///   session cookie appears twice, it is ignored.
    /// - Throws: `TokenError` if the store failed.
    public nonisolated(nonsending) func session(cookies: String?) async throws(TokenError) -> BrowserSession? {
        guard let secret = sessionCookie.secret(in: cookies) else { return nil }
        let id = BrowserSecret.digest(secret)
        guard let (record, version) = try await signedInBrowser(id) else { return nil }
        guard let session = try await userSession(id) else { return nil }
        let expiry = await extendIdleTimeout(of: record, version: version, id: id)
        return BrowserSession(
            session: session,
            setCookie: expiry.map { sessionCookie.setCookie(secret, maxAge: $0.duration(since: clock.date())) },
            secret: secret
        )
    }

    /// Returns the sessions of a user in all browsers, for work in the background.
    ///
    /// - Parameters:
    ///   - subject: The user's identifier at the issuer (`sub`).
    ///   - issuer: The issuer of the user's tenant at a multi-tenant server (``IDToken/issuer``); nil for the client's
    ///     issuer.
    /// - Throws: `TokenError` if the store failed.
    public nonisolated(nonsending) func sessions(
        of subject: String,
        issuer: String? = nil
    ) async throws(TokenError) -> [UserSession] {
        let issuer = if let issuer { issuer } else { try client.issuer() }
        let key = SessionIndex.Key.subject(subject, issuer: issuer)
        let ids: [String]
        do throws(TokenStoreError) {
            ids = try await index.sessions(for: key)
        } catch {
            throw TokenError(error)
        }
        var sessions: [UserSession] = []
        for id in ids where try await signedInBrowser(id) != nil {
            if let session = try await userSession(id) { sessions.append(session) }
        }
        return sessions
    }

    /// Returns the record of a browser; nil if it is not signed in.
    private nonisolated(nonsending) func signedInBrowser(
        _ id: String
    ) async throws(TokenError) -> (record: BrowserSessionRecord, version: StoreVersion)? {
        let stored: (BrowserSessionRecord, StoreVersion)?
        do throws(TokenStoreError) {
            stored = try await documents.load(BrowserSessionRecord.entryName(of: id))
        } catch {
            throw TokenError(error)
        }
        // Sites with different issuers can share a store. A cookie of one site must not be valid at another.
        guard let (record, version) = stored, record.issuer.utf8.elementsEqual(try client.issuer().utf8)
        else { return nil }
        guard clock.date() < record.expiry(idleTimeout: configuration.idleTimeout) else { return nil }
        return (record, version)
    }

    /// Returns the session object that all requests in this process share.
    private nonisolated(nonsending) func userSession(_ id: String) async throws(TokenError) -> UserSession? {
        if let session = cache.session(for: id) { return session.state == .signedOut ? nil : session }
        guard
            let loaded = try await client.session(
                id: id,
                in: documents.store,
                configuration: configuration,
                requiresKey: true,
                work: work
            )
        else { return nil }
        let session = cache.add(loaded)
        // A sign-out after the first check of the browser found no session in the cache. One that starts now does.
        guard try await signedInBrowser(id) != nil else {
            _ = session.core.signOutLocally()
            return nil
        }
        return session
    }

    /// Extends the idle timeout, at most once in a tenth of it, so that not every request writes to the store.
    ///
    /// - Returns: The new expiry; nil if it was not extended.
    private nonisolated(nonsending) func extendIdleTimeout(
        of record: BrowserSessionRecord,
        version: StoreVersion,
        id: String
    ) async -> Date? {
        let now = clock.date()
        guard now.duration(since: record.lastSeenAt) >= configuration.idleTimeout / 10 else { return nil }
        var record = record
        record.lastSeenAt = now
        let expiry = record.expiry(idleTimeout: configuration.idleTimeout)
        do throws(TokenStoreError) {
            try await documents.save(
                record,
                as: BrowserSessionRecord.entryName(of: id),
                replacing: version,
                until: expiry
            )
        } catch {
            // Another request has extended the timeout, or the next one will.
            return nil
        }
        return expiry
    }
}
