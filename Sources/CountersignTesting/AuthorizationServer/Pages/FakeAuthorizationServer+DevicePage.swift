import CountersignHTTP

extension FakeAuthorizationServer {
    /// Responds with the page where users enter the code of a device, or to its form (RFC 8628 section 3.3).
    func devicePage(_ request: HTTP.Request) -> FakeServerCore.Outcome {
        do throws(OAuthErrorResponse) {
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
                        introduction: "Enter the code shown on the device and choose a user.",
                        fields: field,
                        action: url(of: .deviceVerification),
                        users: state.withLock { $0.users }
                    )
                )
            }
            return try decideDevice(parameters)
        } catch {
            return Page.errorOutcome(error)
        }
    }

    private func decideDevice(_ choice: FormParameters) throws(OAuthErrorResponse) -> FakeServerCore.Outcome {
        guard let code = choice.single("user_code") else { throw .invalidRequest("the code is missing") }
        let user = state.withLock { state in state.users.first { $0.subject == choice["subject"] } }
        do throws(AuthorizationRejectedError) {
            let decision = user.map { Decision.approval(by: $0, scopes: nil) }
            try decide(userCode: code, decision ?? .denial(error: "access_denied", description: nil))
        } catch {
            throw .invalidRequest(error.message)
        }
        let response =
            user == nil
            ? Page.response("Access denied", "<p>The device has no access.</p>")
            : Page.response("Device connected", "<p>You can return to the device.</p>")
        return FakeServerCore.Outcome(response: response)
    }
}
