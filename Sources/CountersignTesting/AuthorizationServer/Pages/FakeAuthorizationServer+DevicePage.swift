import CountersignHTTP

extension FakeAuthorizationServer {
    /// The page where people type the code that a device shows (RFC 8628 section 3.3).
    func devicePage(_ request: HTTP.Request) -> FakeServerCore.Outcome {
        do throws(OAuthRefusal) {
            let parameters = try parameters(of: request)
            guard request.method == .post else {
                let code = Page.escape(parameters["user_code"] ?? "")
                let field = """
                    <input type="text" name="user_code" value="\(code)" placeholder="ABCD-EFGH" \
                    aria-label="Code" autocomplete="off" autocapitalize="characters" required>
                    """
                return FakeServerCore.Outcome(
                    response: Page.choice(
                        heading: "Connect a device",
                        introduction: "Type the code that the device shows, and choose who you are.",
                        fields: field,
                        action: url(of: .deviceVerification),
                        users: state.withLock { $0.users }
                    )
                )
            }
            return try decideDevice(parameters)
        } catch {
            let reason = error.description ?? error.code
            return FakeServerCore.Outcome(
                response: Page.problem(reason, status: error.status),
                error: error.code,
                reason: reason
            )
        }
    }

    private func decideDevice(_ choice: FormParameters) throws(OAuthRefusal) -> FakeServerCore.Outcome {
        guard let code = choice.single("user_code") else { throw .invalidRequest("The code is missing") }
        let user = state.withLock { state in state.users.first { $0.subject == choice["subject"] } }
        do throws(AuthorizationRefused) {
            let decision = user.map { Decision.approval(by: $0, scopes: nil) }
            try decide(userCode: code, decision ?? .denial(error: "access_denied", description: nil))
        } catch {
            throw .invalidRequest(error.description)
        }
        let text = user == nil ? "The device was refused." : "The device is connected. You can go back to it."
        return FakeServerCore.Outcome(response: Page.response("Done", "<p>\(text)</p>"))
    }
}
