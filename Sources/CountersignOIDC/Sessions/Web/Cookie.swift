import Countersign
import CountersignCrypto

/// A cookie that holds a secret of one browser (RFC 6265, and its revision's name prefixes).
struct Cookie {
    enum SameSite: String {
        /// Sent along when the user comes by a link, or by the redirect of an authorization server; not with a foreign
        /// page's form.
        case lax = "Lax"
        /// Sent along with a form that another site posts, as `form_post` does.
        case none = "None"
    }

    /// With its prefix.
    let name: String
    let isSecure: Bool
    let sameSite: SameSite

    /// - Parameters:
    ///   - name: Without a prefix.
    ///   - isSecure: Whether it goes over TLS only. Such a one is called `__Host-…`: browsers take it from this very
    ///     host only, and no neighbour on another subdomain can put one of its own in its place.
    init(_ name: String, isSecure: Bool, sameSite: SameSite = .lax) {
        self.name = isSecure ? "__Host-" + name : name
        self.isSecure = isSecure
        self.sameSite = sameSite
    }

    /// The value of a `Set-Cookie` field; no script can read the cookie.
    func setting(_ value: String, for age: Duration) -> String {
        let seconds = max(0, age.components.seconds)
        let protection = isSecure ? "HttpOnly; Secure" : "HttpOnly"
        return "\(name)=\(value); Path=/; Max-Age=\(seconds); \(protection); SameSite=\(sameSite.rawValue)"
    }

    /// The value of a `Set-Cookie` field that takes the cookie away.
    var clearing: String { setting("", for: .zero) }

    /// The secret in the `Cookie` field of a request; nil when there is none, or what there is cannot be one of ours.
    ///
    /// Two cookies of the name are none: which of them is ours, nobody knows.
    func secret(in field: String?) -> String? {
        guard let field, field.utf8.count <= 65_536 else { return nil }
        var found: Substring?
        for pair in field.split(separator: ";") {
            let pair = pair.drop { $0 == " " }
            guard pair.hasPrefix(name), pair.dropFirst(name.count).first == "=" else { continue }
            guard found == nil else { return nil }
            found = pair.dropFirst(name.count + 1)
        }
        return found.map(String.init).flatMap(BrowserSecret.check)
    }
}

/// What a cookie holds: 256 random bits, of which only the digest is stored.
enum BrowserSecret {
    private static let byteCount = 32

    static func make() throws(TokenError) -> String {
        do {
            return Base64URL.encode(try SecureRandom.bytes(byteCount))
        } catch {
            throw TokenError(.configuration, "the system gave no random bytes: \(error)")
        }
    }

    static func check(_ text: String) -> String? {
        Base64URL.decode(text)?.count == byteCount ? text : nil
    }

    static func digest(_ secret: String) -> String {
        Base64URL.encode(SHA2.sha256(Array(secret.utf8)))
    }
}
