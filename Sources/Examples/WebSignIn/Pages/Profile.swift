extension Page {
    /// The user's claims, from the userinfo endpoint.
    static func profile(_ profile: ProfileAPI.Profile, for visitor: Visitor) -> Page {
        let name = profile.name ?? profile.sub
        let initials = name.split(separator: " ").prefix(2).compactMap(\.first).map(String.init).joined().uppercased()
        return Page(
            title: "Profile",
            visitor: visitor,
            content: """
                <h1>Your profile</h1>
                <p class="lead">Loaded from your identity provider with your current access token.</p>
                <section class="card person"><div class="avatar" aria-hidden="true">\(initials)</div>
                <div><h2>\(name)</h2><p>\(profile.email ?? "No email address")</p></div></section>
                <section class="card"><dl>
                <dt>Identifier</dt><dd><code>\(profile.sub)</code></dd>
                <dt>Name</dt><dd>\(profile.name ?? "not shared")</dd>
                <dt>Email</dt><dd>\(profile.email ?? "not shared")</dd>
                </dl></section>
                """
        )
    }
}
