import Testing

@testable import CountersignOIDC

@Suite("Session cookies")
struct SessionCookieTests {
    private static let secret = String(repeating: "A", count: 43)
    private static let otherSecret = String(repeating: "B", count: 42) + "A"

    @Test(
        "A cookie of a neighbouring host cannot contain another cookie, whatever characters equal a separator",
        arguments: [
            "theme=x\u{37E}", "theme=x\u{37E} ", "theme=;\u{301}", "theme=x\u{FF1B}", "\u{37E}", "\u{A0}", "\u{2000}",
            "theme=x\u{85}", "theme=x\t", "x",
        ]
    )
    func neighbours(prefix: String) {
        let cookie = SessionCookie("session", isSecure: true)
        let forged = "\(prefix)__Host-session=\(Self.otherSecret)"
        #expect(cookie.secret(in: forged) == nil)
        #expect(cookie.secret(in: "\(forged); __Host-session=\(Self.secret)") == Self.secret)
        #expect(cookie.secret(in: "__Host-session=\(Self.secret); \(forged)") == Self.secret)
    }

    @Test("The name of a cookie is compared as bytes", arguments: [("K", "\u{212A}"), ("Å", "\u{212B}")])
    func names(name: String, equivalent: String) {
        let cookie = SessionCookie(name, isSecure: false)
        #expect(cookie.secret(in: "\(equivalent)=\(Self.secret)") == nil)
        #expect(cookie.secret(in: "\(name)=\(Self.secret)") == Self.secret)
    }
}
