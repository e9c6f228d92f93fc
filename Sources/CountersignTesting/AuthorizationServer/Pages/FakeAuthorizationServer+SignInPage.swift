import CountersignHTTP

/// An authorization request that a person looks at in a browser.
struct PendingSignIn: Sendable {
    var request: AuthorizationRequest
    var expiresAt: Double
}

extension FakeAuthorizationServer {
    /// How long a person may take to choose, in seconds.
    private static let patience = 600.0

    /// The authorization endpoint as a browser sees it: a page with the registered users to choose from.
    ///
    /// There is no cookie, so every request is a new sign-in, and `prompt=none` is answered with `login_required`.
    func signInPage(_ request: HTTP.Request) -> FakeServerCore.Outcome {
        if request.method == .post, let choice = try? parameters(of: request), let id = choice.single("sign_in") {
            return answerSignIn(id, choice: choice)
        }
        return authorize(request) { authorization throws(AuthorizationRefusal) in
            do throws(OAuthRefusal) {
                guard !authorization.prompts.contains("none") else {
                    throw OAuthRefusal(code: "login_required", description: "the user must sign in first")
                }
                let id = try randomText()
                let pending = PendingSignIn(request: authorization, expiresAt: time() + Self.patience)
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
                throw AuthorizationRefusal(refusal: error, target: authorization.target)
            }
        }
    }

    /// Who asks for what.
    private static func introduction(_ request: AuthorizationRequest) -> String {
        let scopes = request.scopes.sorted().joined(separator: ", ")
        return "\(request.client.id) wants to know who you are" + (scopes.isEmpty ? "." : ", and asks for: \(scopes).")
    }

    private func answerSignIn(_ id: String, choice: FormParameters) -> FakeServerCore.Outcome {
        let time = time()
        let (pending, users) = state.withLock { ($0.pendingSignIns.removeValue(forKey: id), $0.users) }
        guard let pending, pending.expiresAt > time else {
            let reason = "The sign-in was answered before, or has taken too long"
            return FakeServerCore.Outcome(
                response: Page.problem(reason, status: 400),
                error: "invalid_request",
                reason: reason
            )
        }
        let user = users.first { $0.subject == choice["subject"] }
        let decision =
            user.map { Decision.approval(by: $0, scopes: nil) } ?? .denial(error: "access_denied", description: nil)
        return outcome { () throws(AuthorizationRefusal) in
            try answer(to: pending.request, decision: decision).response
        }
    }
}
