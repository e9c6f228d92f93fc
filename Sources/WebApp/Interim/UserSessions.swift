// Stands in until CountersignOIDC has it.
import Countersign
import CountersignOIDC
import Synchronization

struct Redirect: Sendable {
    var location: String
    var cookies: [String] = []
}

struct BrowserSession: Sendable {
    let user: UserSession
    let csrfToken: String

    func check(csrfToken: String?) throws {
        guard csrfToken == self.csrfToken else { throw ForgedRequest() }
    }
}

struct ForgedRequest: Error {}

final class UserSessions: Sendable {
    private struct State {
        var transactions: [String: (binding: String, target: String, transaction: SignInTransaction)] = [:]
        var sessions: [String: BrowserSession] = [:]
    }

    private let client: OIDCClient
    private let store = MemoryStore()
    private let state = Mutex(State())

    init(_ client: OIDCClient) { self.client = client }

    static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<4).map { _ in
            let digits = String(generator.next() as UInt64, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        .joined()
    }

    private static func cookie(_ name: String, in field: String?) -> String? {
        for pair in (field ?? "").split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            if parts.count == 2, parts[0].drop(while: { $0 == " " }) == name { return String(parts[1]) }
        }
        return nil
    }

    func signIn(returningTo target: String = "/") async throws(SignInError) -> Redirect {
        let request = try await client.authorizationRequest()
        let binding = Self.random()
        let isPath = target.hasPrefix("/") && !target.hasPrefix("//") && !target.contains("\\")
        state.withLock {
            $0.transactions[request.transaction.state] = (binding, isPath ? target : "/", request.transaction)
        }
        return Redirect(
            location: request.url,
            cookies: ["sign-in=\(binding); Path=/; Max-Age=600; HttpOnly; SameSite=Lax"]
        )
    }

    func complete(_ query: String, cookies: String?) async throws(SignInError) -> Redirect {
        let stateText = query.split(separator: "&").first { $0.hasPrefix("state=") }?.dropFirst(6) ?? ""
        let found = state.withLock { $0.transactions[String(stateText)] }
        guard let found, found.binding == Self.cookie("sign-in", in: cookies) else {
            throw SignInError(.stateMismatch, "the answer belongs to another browser")
        }
        _ = state.withLock { $0.transactions.removeValue(forKey: String(stateText)) }
        let result = try await client.complete(found.transaction, callback: .query(query))
        let id = Self.random()
        let user: UserSession
        do {
            user = try await client.session(for: result, in: store, id: id)
        } catch {
            throw SignInError(.configuration, "\(error)")
        }
        let old = Self.cookie("session", in: cookies)
        state.withLock { state in
            if let old { state.sessions[old] = nil }
            state.sessions[id] = BrowserSession(user: user, csrfToken: Self.random())
        }
        return Redirect(
            location: found.target,
            cookies: [
                "session=\(id); Path=/; HttpOnly; SameSite=Lax", "sign-in=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax",
            ]
        )
    }

    func session(cookies: String?) async throws(TokenError) -> BrowserSession? {
        Self.cookie("session", in: cookies).flatMap { id in state.withLock { $0.sessions[id] } }
    }

    func signOut(cookies: String?, csrfToken: String?) async throws -> Redirect {
        let clear = "session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"
        guard let id = Self.cookie("session", in: cookies), let session = state.withLock({ $0.sessions[id] }) else {
            return Redirect(location: "/", cookies: [clear])
        }
        guard session.csrfToken == csrfToken else { throw ForgedRequest() }
        state.withLock { $0.sessions[id] = nil }
        let result = await session.user.signOut()
        return Redirect(location: result.endSessionURL ?? "/", cookies: [clear])
    }
}
