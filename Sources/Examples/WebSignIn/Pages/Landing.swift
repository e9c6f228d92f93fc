extension Page {
    /// The start page before sign-in.
    static let landing = Page(
        title: "Welcome",
        content: """
            <section class="hero">
            <div>
            <h1>Your private notes</h1>
            <p class="lead">Sign in to write notes that only you can read.</p>
            <a class="button" href="/sign-in">Sign in</a>
            </div>
            <div class="sheet" aria-hidden="true"><p>Call the printer</p><p>Book a table for four</p>
            <p>Buy train tickets</p></div>
            </section>
            <section class="trio">
            <div><h2>Single sign-on</h2><p>You sign in at your identity provider. This site never sees your password.</p></div>
            <div><h2>No tokens in the browser</h2><p>Access tokens and refresh tokens stay on the server.</p></div>
            <div><h2>Complete sign-out</h2><p>Signing out ends the session here and at your identity provider.</p></div>
            </section>
            """
    )

    /// The start page of a signed-in user.
    static func greeting(_ visitor: Visitor) -> Page {
        let notes: HTML = #"<a href="/notes"><h2>Notes</h2><p>Read and write your notes.</p></a>"#
        return Page(
            title: "Welcome",
            visitor: visitor,
            content: """
                <h1>Welcome, \(visitor.name)</h1>
                <p class="lead">You are signed in.</p>
                <section class="trio">
                \(visitor.hasNotes ? notes : "")
                <a href="/profile"><h2>Profile</h2><p>Your data at your identity provider.</p></a>
                <a href="/session"><h2>Session</h2><p>Details of your session and access token.</p></a>
                </section>
                """
        )
    }
}
