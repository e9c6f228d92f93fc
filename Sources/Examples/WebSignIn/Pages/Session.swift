import Countersign
import CountersignOIDC

extension Page {
    /// The state of the user's session and access token, without secrets.
    static func session(_ session: UserSession, events: [EventLog.Entry], for visitor: Visitor) -> Page {
        Page(
            title: "Session",
            visitor: visitor,
            content: """
                <h1>Your session</h1>
                <p class="lead">The state of your session on the server. This page shows no secrets.</p>
                <section class="pair">
                <div class="card"><h2>Sign-in</h2><dl>
                <dt>State</dt><dd>\(state(session.state))</dd>
                <dt>User</dt><dd>\(visitor.name)<br><code>\(session.subject)</code></dd>
                <dt>Signed in</dt><dd>\(RelativeTime.html(of: session.signedInAt))</dd>
                <dt>Renewal</dt><dd>\(session.hasRefreshToken ? "with a refresh token" : "by signing in again")</dd>
                <dt>ID token</dt><dd>\(session.hasIDToken ? "validated" : "none")</dd>
                </dl></div>
                <div class="card"><h2>Access token</h2>\(token(session.tokenStatus))
                <h3>Granted scopes</h3><ul class="chips">\(session.grantedScopes.map { scope -> HTML in "<li>\(scope)</li>" })</ul>
                </div>
                </section>
                <section class="card"><h2>Recent events</h2>\(list(events))</section>
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
        // Rounded up, so that 0 means expired.
        let left = status.expiresIn.map { max(0, ($0 + .nanoseconds(999_999_999)).components.seconds) }
        return """
            <dl>
            <dt>Type</dt><dd id="token-type">\(status.type)</dd>
            <dt>Expires in</dt><dd><span id="token-seconds">\(left.map { "\($0)" } ?? "unknown")</span>\
            \(left == nil ? "" : " s")\(left == 0 ? " (renewed with the next call)" : "")</dd>
            </dl>
            """
    }

    private static func list(_ entries: [EventLog.Entry]) -> HTML {
        if entries.isEmpty { return #"<p class="empty">No events since you signed in.</p>"# }
        let items = entries.map { entry -> HTML in
            "<li><span>\(text(of: entry.event))</span>\(RelativeTime.html(of: entry.date))</li>"
        }
        return #"<ul class="events">\#(items)</ul>"#
    }

    private static func text(of event: SessionEvent) -> String {
        switch event.kind {
        case .refreshed: "Access token renewed"
        case .claimsChanged: "User claims changed"
        case .scopesNarrowed: "Fewer scopes granted"
        case .outcomeUnknown: "Refresh without a response"
        case .storeFailed: "Saving the session failed"
        case .ended: "Session ended by the identity provider"
        default: event.kind.description
        }
    }
}
