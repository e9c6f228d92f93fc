import Countersign
import CountersignOIDC

extension Page {
    /// What the site keeps of the user's session, without anything secret of it.
    static func session(_ session: UserSession, events: [EventLog.Entry], for visitor: Visitor) -> Page {
        Page(
            title: "Session",
            visitor: visitor,
            content: """
                <h1>Your session</h1>
                <p class="lead">What this site keeps on its server while you are signed in. No secret is shown here.</p>
                <section class="pair">
                <div class="card"><h2>Sign-in</h2><dl>
                <dt>State</dt><dd>\(state(session.state))</dd>
                <dt>User</dt><dd>\(visitor.name)<br><code>\(session.subject)</code></dd>
                <dt>Signed in</dt><dd>\(Age.html(ofUnixTime: session.signedInAt))</dd>
                <dt>Renewal</dt><dd>\(session.hasRefreshToken ? "with a refresh token" : "by signing in again")</dd>
                <dt>ID token</dt><dd>\(session.hasIDToken ? "validated" : "none")</dd>
                </dl></div>
                <div class="card"><h2>Access token</h2>\(token(session.tokenStatus))
                <h3>Granted scopes</h3><ul class="chips">\(session.grantedScopes.map { scope -> HTML in "<li>\(scope)</li>" })</ul>
                </div>
                </section>
                <section class="card"><h2>Lately</h2>\(list(events))</section>
                """
        )
    }

    private static func state(_ state: UserSession.State) -> HTML {
        switch state {
        case .active: #"<span class="pill good">active</span>"#
        case .ended(let code): #"<span class="pill bad">ended</span> <code>\#(code)</code>"#
        case .signedOut: #"<span class="pill bad">signed out</span>"#
        }
    }

    private static func token(_ status: TokenStatus?) -> HTML {
        guard let status else { return #"<p class="empty">None yet.</p>"# }
        // Rounded up: 0 is over.
        let left = status.remaining.map { max(0, ($0 + .nanoseconds(999_999_999)).components.seconds) }
        return """
            <dl>
            <dt>Type</dt><dd id="token-type">\(status.type)</dd>
            <dt>Time left</dt><dd><span id="token-seconds">\(left.map { "\($0)" } ?? "unknown")</span>\
            \(left == nil ? "" : " s")\(left == 0 ? ": renewed with the next call" : "")</dd>
            </dl>
            """
    }

    private static func list(_ entries: [EventLog.Entry]) -> HTML {
        if entries.isEmpty { return #"<p class="empty">Nothing since you signed in.</p>"# }
        let items = entries.map { entry -> HTML in
            "<li><span>\(text(of: entry.event))</span>\(Age.html(ofUnixTime: entry.time))</li>"
        }
        return #"<ul class="events">\#(items)</ul>"#
    }

    private static func text(of event: SessionEvent) -> String {
        switch event.kind {
        case .refreshed: "The access token was renewed"
        case .claimsChanged: "Your identity provider changed what it says of you"
        case .scopesNarrowed: "A permission was taken back"
        case .outcomeUnknown: "A renewal was not answered"
        case .storeFailed: "The session could not be stored, and goes on from memory"
        case .ended: "Your identity provider ended the session"
        default: event.kind.description
        }
    }
}
