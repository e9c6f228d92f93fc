import CountersignHTTP

/// A cookie that contains the secret of one browser (RFC 6265, with the name prefixes of RFC 6265bis).
struct SessionCookie {
    enum SameSite: String {
        /// Browsers send the cookie when the user follows a link or a redirect of the authorization server, but not
        /// with a form of another site.
        case lax = "Lax"
        /// Browsers also send the cookie with a form that another site posts, as `form_post` does.
        case none = "None"
    }

    /// The name with its prefix.
    let name: String
    let isSecure: Bool
    let sameSite: SameSite

    /// - Parameters:
    ///   - name: The name without prefix.
    ///   - isSecure: true to send the cookie over TLS only. Its name then starts with `__Host-`: browsers accept such a
    ///     cookie only from this host itself, so that a host of another subdomain cannot replace it.
    init(_ name: String, isSecure: Bool, sameSite: SameSite = .lax) {
        self.name = isSecure ? "__Host-" + name : name
        self.isSecure = isSecure
        self.sameSite = sameSite
    }

    /// Returns the value of a `Set-Cookie` field, for a cookie that scripts cannot read.
    func setCookie(_ value: String, maxAge: Duration) -> String {
        let seconds = maxAge.clampedToPositive.components.seconds
        let protection = isSecure ? "HttpOnly; Secure" : "HttpOnly"
        return "\(name)=\(value); Path=/; Max-Age=\(seconds); \(protection); SameSite=\(sameSite.rawValue)"
    }

    /// The value of a `Set-Cookie` field that removes the cookie from the browser.
    var removal: String { setCookie("", maxAge: .zero) }

    /// Returns the secret from the `Cookie` field of a request; nil if the cookie is missing or has an invalid form.
    ///
    /// A field with two cookies of this name is rejected, since one of them may come from an attacker.
    func secret(in field: String?) -> String? {
        CookieField(field).value(of: name).flatMap(BrowserSecret.validated)
    }
}
