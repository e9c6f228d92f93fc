extension Page {
    /// What everybody sees first.
    static let landing = Page(
        title: "Welcome",
        content: """
            <section class="hero">
            <div>
            <h1>Notes in the margin of your day.</h1>
            <p class="lead">Write it down where only you can see it. Sign in once, and stay signed in while you work.</p>
            <a class="button" href="/sign-in">Sign in</a>
            </div>
            <div class="sheet" aria-hidden="true"><p>Call the printer about the proofs</p><p>Table 4 wants the window</p>
            <p>Idea: start with the ending</p></div>
            </section>
            <section class="trio">
            <div><h2>One sign-in</h2><p>At your own identity provider. We never see your password.</p></div>
            <div><h2>Nothing to steal</h2><p>Your browser holds no token: they never leave our server.</p></div>
            <div><h2>Really signed out</h2><p>One click ends the session here and at the provider.</p></div>
            </section>
            """
    )

    /// What whoever is signed in sees first.
    static func greeting(_ visitor: Visitor) -> Page {
        let notes: HTML = #"<a href="/notes"><h2>Notes</h2><p>What you have written down.</p></a>"#
        return Page(
            title: "Welcome",
            visitor: visitor,
            content: """
                <h1>Good to see you, \(visitor.name).</h1>
                <p class="lead">You are signed in. Where to?</p>
                <section class="trio">
                \(visitor.hasNotes ? notes : "")
                <a href="/profile"><h2>Profile</h2><p>What your identity provider says of you.</p></a>
                <a href="/session"><h2>Session</h2><p>What this site keeps while you are signed in.</p></a>
                </section>
                """
        )
    }
}
