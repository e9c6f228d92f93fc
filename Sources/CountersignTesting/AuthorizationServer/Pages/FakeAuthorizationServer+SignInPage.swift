import CountersignHTTP

/// An authorization request that waits for the user's choice on the sign-in page.
struct PendingSignIn: Sendable {
    var request: AuthorizationRequest
    var expiresAt: Double
}

extension FakeAuthorizationServer {
    /// The time that a user has to choose, in seconds.
    private static let signInTimeout = 600.0

    /// Responds to a browser at the authorization endpoint: a page with the registered users to choose from.
    ///
    /// The server sets no cookie, so every request is a new sign-in, and `prompt=none` fails with `login_required`.
    func signInPage(_ request: HTTP.Request) -> FakeServerCore.Outcome {
        if request.method == .post, let choice = try? parameters(of: request), let id = choice.single("sign_in") {
            return completeSignIn(id, choice: choice)
        }
        return authorize(request) { authorization throws(AuthorizationErrorResponse) in
            do throws(OAuthErrorResponse) {
                guard !authorization.prompts.contains("none") else {
                    throw OAuthErrorResponse(code: "login_required", description: "the user must sign in first")
                }
                let id = try randomText()
                let pending = PendingSignIn(request: authorization, expiresAt: time() + Self.signInTimeout)
                let users = state.withLock { state in
                    state.pendingSignIns[id] = pending
                    return state.users
                }
                return Page.choice(
                    heading: "Sign in",
                    introduction: Self.introduction(authorization),
                    fields: Page.hidden("sign_in", id),
                    action: url(of: .authorization),
                    users: users
                )
            } catch {
                throw AuthorizationErrorResponse(error: error, target: authorization.target)
            }
        }
    }

    private static func introduction(_ request: AuthorizationRequest) -> String {
        let scopes = request.scopes.sorted().joined(separator: ", ")
        return "Sign in to \(request.client.id)." + (scopes.isEmpty ? "" : " It requests access to: \(scopes).")
    }

    private func completeSignIn(_ id: String, choice: FormParameters) -> FakeServerCore.Outcome {
        let time = time()
        let (pending, users) = state.withLock { ($0.pendingSignIns.removeValue(forKey: id), $0.users) }
        guard let pending, pending.expiresAt > time else {
            return Page.errorOutcome(.invalidRequest("this sign-in is already completed, or expired"))
        }
        let user = users.first { $0.subject == choice["subject"] }
        let decision =
            user.map { Decision.approval(by: $0, scopes: nil) } ?? .denial(error: "access_denied", description: nil)
        return outcome { () throws(AuthorizationErrorResponse) in
            try response(to: pending.request, decision: decision).httpResponse
        }
    }
}
