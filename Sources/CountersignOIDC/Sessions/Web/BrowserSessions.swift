public import Countersign
import CountersignHTTP

/// The signed-in users of a web back end: finds the session of a browser, and of a user.
///
/// The browser gets an opaque cookie, made anew at every sign-in; tokens stay on the server, in the store. The cookies
/// are `HttpOnly`, `SameSite=Lax` and, over https, `Secure` with the prefix `__Host-`.
///
/// ```swift
/// let sessions = BrowserSessions(client, store: store)
///
/// // GET /sign-in
/// let start = try await sessions.beginSignIn(returnTo: "/notes", cookies: request.cookie)
/// respond(302, location: start.url, setCookie: start.setCookie)
///
/// // GET /callback
/// let done = try await sessions.finishSignIn(callback: .query(request.query), cookies: request.cookie)
/// respond(302, location: done.returnTo, setCookie: done.setCookie)
///
/// // GET /notes
/// guard let browser = try await sessions.session(cookies: request.cookie), browser.session.state == .active
/// else { return redirect("/sign-in") }
/// let notes = try await NotesAPI(user: browser.session).listNotes()
/// respond(200, notes, setCookie: browser.setCookie)       // or the user is signed out after the idle time
/// ```
///
/// The other routes, and which failure to answer with which status, are in <doc:KeepingUsersSignedIn>.
///
/// Behind several processes it works as behind one, with a store that they share.
public final class BrowserSessions: Sendable {
    let client: OIDCClient
    let configuration: Configuration
    let documents: StoredDocuments
    let index: SessionIndex
    let logouts: LogoutTombstones
    let cache = SessionCache()

    /// - Parameters:
    ///   - client: Who signs users in; its configuration names the redirect URI.
    ///   - store: Where sessions are kept, and what is known of browsers.
    ///   - configuration: How long users stay signed in, and the like.
    public init(_ client: OIDCClient, store: any TokenStore, configuration: Configuration = Configuration()) {
        self.client = client
        self.configuration = configuration
        documents = StoredDocuments(store: store)
        index = SessionIndex(documents: documents, clock: client.runtime.clock)
        logouts = LogoutTombstones(documents: documents, clock: client.runtime.clock)
    }

    var clock: any RuntimeClock { client.runtime.clock }

    /// Whether cookies go over TLS only: everywhere but with a redirect URI on this machine.
    private var isSecure: Bool {
        guard let url = client.configuration.redirectURI.flatMap({ try? HTTP.URL($0) }) else { return true }
        return url.origin.isSecure
    }

    var sessionCookie: Cookie { Cookie(configuration.cookieName, isSecure: isSecure) }

    /// The cookie of a sign-in under way.
    ///
    /// With `form_post` another site's page posts the answer, and browsers send no `Lax` cookie along.
    var signInCookie: Cookie {
        let isPosted = client.configuration.responseMode == .formPost
        return Cookie(
            configuration.cookieName + "-signin",
            isSecure: isSecure || isPosted,
            sameSite: isPosted ? .none : .lax
        )
    }

    // MARK: Finding sessions

    /// The session of a browser; nil when nobody is signed in there.
    ///
    /// The session's life slides: where it was prolonged, ``BrowserSession/setCookie`` tells the browser.
    ///
    /// - Parameter cookies: The value of the request's `Cookie` field; several fields are joined by `; `. A name that
    ///   stands there twice is no cookie of ours.
    /// - Throws: `TokenError` when the store could not say.
    public nonisolated(nonsending) func session(cookies: String?) async throws(TokenError) -> BrowserSession? {
        guard let secret = sessionCookie.secret(in: cookies) else { return nil }
        let id = BrowserSecret.digest(secret)
        guard let (record, version) = try await browser(id) else { return nil }
        guard let session = try await userSession(id) else { return nil }
        let setCookie = await prolong(record, version, id, secret)
        return BrowserSession(session: session, setCookie: setCookie, secret: secret)
    }

    /// The sessions of a user, at all browsers: to work for the user without one.
    ///
    /// - Parameter subject: The user's identifier at the issuer (`sub`).
    /// - Throws: `TokenError` when the store could not say.
    public nonisolated(nonsending) func sessions(of subject: String) async throws(TokenError) -> [UserSession] {
        try await sessions(of: .subject(subject, issuer: try client.issuer()))
    }

    nonisolated(nonsending) func sessions(of key: SessionIndex.Key) async throws(TokenError) -> [UserSession] {
        let ids: [String]
        do {
            ids = try await index.sessions(of: key)
        } catch {
            throw TokenError(error)
        }
        var sessions: [UserSession] = []
        for id in ids where try await browser(id) != nil {
            if let session = try await userSession(id) { sessions.append(session) }
        }
        return sessions
    }

    /// A browser that is still signed in.
    private nonisolated(nonsending) func browser(
        _ id: String
    ) async throws(TokenError) -> (record: BrowserRecord, version: StoreVersion)? {
        let found: (BrowserRecord, StoreVersion)?
        do throws(TokenStoreError) {
            found = try await documents.load(BrowserRecord.entryName(of: id))
        } catch {
            throw TokenError(error)
        }
        // Sites of several issuers may share a store: a browser of one is nobody at the others.
        guard let (record, version) = found, record.issuer == (try client.issuer()) else { return nil }
        let now = clock.unixTime()
        guard now < record.endsAt, now < record.lastSeen + configuration.idleTimeout else { return nil }
        return (record, version)
    }

    /// The one object in this process for a session.
    private nonisolated(nonsending) func userSession(_ id: String) async throws(TokenError) -> UserSession? {
        if let session = cache.session(id) { return session.state == .signedOut ? nil : session }
        guard let loaded = try await client.session(id: id, in: documents.store, options: configuration.sessions) else {
            return nil
        }
        let session = cache.keep(loaded)
        // A sign-out since the browser was asked for has found nothing to sign out here; one from now on does.
        guard try await browser(id) != nil else {
            _ = session.core.signOutHere()
            return nil
        }
        return session
    }

    /// Lets the life of a browser's session slide, though not with every request: a tenth of it may pass unnoticed.
    private nonisolated(nonsending) func prolong(
        _ record: BrowserRecord,
        _ version: StoreVersion,
        _ id: String,
        _ secret: String
    ) async -> String? {
        let now = clock.unixTime()
        guard now - record.lastSeen >= configuration.idleTimeout / 10 else { return nil }
        var record = record
        record.lastSeen = now
        do throws(TokenStoreError) {
            try await documents.save(
                record,
                as: BrowserRecord.entryName(of: id),
                replacing: version,
                until: end(of: record)
            )
        } catch {
            // Another request of the browser was first, or the next one will be.
            return nil
        }
        return sessionCookie.setting(secret, for: end(of: record) - now)
    }

    /// When a browser is signed out that is not seen any more.
    func end(of record: BrowserRecord) -> Duration {
        min(record.endsAt, record.lastSeen + configuration.idleTimeout)
    }
}
