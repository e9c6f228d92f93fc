import Countersign
import CountersignCrypto

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The cookies of the sign-ins that a browser has started and not completed: one for each `state` (P68).
///
/// With one cookie for all of them, a tab whose request was sent before the response to another tab arrived would replace
/// the cookie of that tab.
///
/// A cookie contains the time of the start and the secret of the sign-in.
struct SignInCookies {
    private let cookieName: String
    private let isSecure: Bool
    private let sameSite: SessionCookie.SameSite

    /// The maximum number of sign-ins that a browser can have started.
    ///
    /// A new one removes the cookies of the oldest. With about 100 bytes for each, the field stays well below the limits
    /// of servers.
    static let maximumCount = 20
    private static let idLength = 16
    /// The maximum number of cookies that one response removes.
    private static let maximumRemovals = 40

    /// - Parameter cookieName: The name of the session cookie, without prefix.
    init(_ cookieName: String, isSecure: Bool, sameSite: SessionCookie.SameSite = .lax) {
        self.cookieName = cookieName
        self.isSecure = isSecure
        self.sameSite = sameSite
    }

    /// Returns the value of the `Set-Cookie` field for a new sign-in.
    func setCookie(_ secret: String, state: String, at now: Date) -> String {
        let time = Int64(now.timeIntervalSince1970.rounded(.down))
        return cookie(state).setCookie("\(time).\(secret)", maxAge: SignInTransaction.lifetime)
    }

    /// Returns the secret of a sign-in; nil if the browser has not started it.
    func secret(for state: String, in field: String?) -> String? {
        CookieField(field).value(of: cookie(state).name).flatMap(Self.parse)?.secret
    }

    /// Returns the value of the `Set-Cookie` field that removes the cookie of a sign-in.
    func removal(for state: String) -> String { cookie(state).removal }

    /// Returns the values of `Set-Cookie` fields that remove expired cookies, and the oldest ones if there are too many.
    ///
    /// - Parameter adding: The number of cookies that the response sets.
    func removals(in field: String?, adding: Int, at now: Date) -> [String] {
        let prefix = cookie(named: "").name
        // Unreadable cookies count as the oldest.
        let all = CookieField(field).cookies(withPrefix: prefix)
            .map { (id: String($0.name.dropFirst(prefix.count)), time: Self.parse($0.value)?.time ?? .min) }
            .filter { Self.isID($0.id) }
            .sorted { $0.time < $1.time }
        let oldest = Int64(now.timeIntervalSince1970) - SignInTransaction.lifetime.components.seconds
        let expired = all.prefix { $0.time < oldest }
        let surplus = all.prefix(max(0, all.count + adding - Self.maximumCount))
        return (surplus.count > expired.count ? surplus : expired).prefix(Self.maximumRemovals).map {
            cookie(named: $0.id).removal
        }
    }

    /// The name of a cookie reveals nothing about the state.
    private func cookie(_ state: String) -> SessionCookie {
        cookie(named: String(Base64URL.encode(SHA2.sha256(state.utf8)).prefix(Self.idLength)))
    }

    /// Returns true if the end of a cookie's name has the form that ``cookie(_:)`` gives it.
    private static func isID(_ text: String) -> Bool {
        text.utf8.count == idLength && Base64URL.decode(text) != nil
    }

    private func cookie(named name: String) -> SessionCookie {
        SessionCookie("\(cookieName)-signin-\(name)", isSecure: isSecure, sameSite: sameSite)
    }

    private static func parse(_ value: String) -> (time: Int64, secret: String)? {
        let parts = value.utf8.split(separator: UInt8(ascii: "."), maxSplits: 1).map { String(Substring($0)) }
        guard parts.count == 2, let time = Int64(parts[0]), let secret = BrowserSecret.validated(parts[1]) else {
            return nil
        }
        return (time, secret)
    }
}
