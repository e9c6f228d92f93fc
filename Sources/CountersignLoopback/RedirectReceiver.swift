import CountersignHTTP

/// A receiver for the redirect of a sign-in in the system browser, on a port of this machine (RFC 8252 section 7.3).
///
/// It listens on a free port, responds to one redirect with a page that sends the user back to the program, and then
/// closes the port.
///
/// ```swift
/// let receiver = try RedirectReceiver()
/// let result = try await client.signIn(redirectURI: receiver.redirectURI) { url in
///     if !SystemBrowser.open(url) { print("Open", url) }
/// } callback: { transaction in
///     .query(try await receiver.callback { transaction.matches(.query($0)) })
/// }
/// ```
///
/// Any program on this machine, and any page in a browser, can send requests to the port. Requests without the state of the
/// sign-in are rejected, and the receiver keeps waiting. The sign-in validates all parameters of the redirect.
public final class RedirectReceiver: Sendable {
    /// The redirect URI of the sign-in, such as `http://127.0.0.1:49213/callback`.
    ///
    /// The port differs each time. Register the URI without a port at the authorization server,
    /// `http://127.0.0.1/callback`, which matches all ports (RFC 8252 section 7.3).
    public let redirectURI: String

    private let server: LoopbackServer
    private let state: SharedState

    /// Opens the port.
    ///
    /// - Parameters:
    ///   - path: The path that is registered at the authorization server; starts with `/`.
    ///   - port: The port, for servers that require a fixed one; 0 means any free port.
    ///   - address: The loopback address to listen on.
    /// - Throws: ``LoopbackError`` if the port or the address is unavailable.
    public init(
        path: String = "/callback",
        port: UInt16 = 0,
        address: LoopbackServer.Address = .v4
    ) throws(LoopbackError) {
        let state = SharedState()
        self.state = state
        var limits = LoopbackServer.Limits()
        limits.maximumConnections = 64
        server = LoopbackServer(port: port, address: address, limits: limits) { request -> LoopbackResponse in
            guard request.url.path == path[...] else {
                return .response(Self.page(404, "Not found", "This page does not exist."))
            }
            // A prefetch or a request for an icon is not the redirect.
            guard request.method == .get, let query = request.url.query, !query.isEmpty else {
                return .response(Self.page(400, "Nothing received", "The response of the sign-in page is missing."))
            }
            switch state.receive(String(query)) {
            case .accepted(let number):
                let page = Self.page(200, "Received", "You can close this page and return to the program.")
                return .notifying(page) { state.pageWasSent(for: number) }
            case .late:
                return .response(Self.page(410, "Already received", "This sign-in is already complete."))
            case .unexpected:
                return .response(Self.page(400, "Not expected", "This response belongs to another sign-in."))
            }
        }
        let url = try server.start()
        redirectURI = "\(url.origin)\(path)"
    }

    deinit {
        close()
        server.stop()
    }

    /// Waits for the redirect, and until the browser has received the page that responds to it.
    ///
    /// The program may exit afterwards. The redirect never arrives if the user closes the browser; cancel the task to limit
    /// the waiting time. A receiver accepts one redirect, and this function can be called once.
    ///
    /// - Parameter isExpected: Returns true for the query of the expected redirect, which has the state of the sign-in. Other
    ///   queries are rejected and do not end the sign-in.
    /// - Returns: The query of the redirect, as the browser sent it.
    /// - Throws: `CancellationError` if the task is cancelled or the receiver is closed.
    public nonisolated(nonsending) func callback(
        where isExpected: @escaping @Sendable (_ query: String) -> Bool
    ) async throws -> String {
        defer { server.stopListening() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { state.wait($0, where: isExpected) }
        } onCancel: {
            state.close()
        }
    }

    /// Closes the port, and fails the waiting call with `CancellationError`.
    public func close() {
        state.close()
        server.stopListening()
    }

    private static func page(_ status: HTTP.Status, _ title: String, _ text: String) -> HTTP.Response {
        let html = """
            <!doctype html><html lang="en"><meta charset="utf-8"><title>\(title)</title>
            <meta name="viewport" content="width=device-width">
            <style>body { font: 1.1rem system-ui; max-width: 32rem; margin: 20vh auto; padding: 0 1rem }</style>
            <h1>\(title)</h1><p>\(text)</p></html>
            """
        return HTTP.Response(
            status: status,
            fields: [
                "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", "Connection": "close",
                "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
                "Referrer-Policy": "no-referrer",
            ],
            body: Array(html.utf8)
        )
    }
}

extension RedirectReceiver {
    /// The state that the request handler and the waiting call share.
    fileprivate final class SharedState: Sendable {
        /// A received query, and the number that identifies its page.
        private struct Redirect {
            let number: Int
            let query: String
        }

        private struct State {
            /// The latest queries from before the call of `callback`, which decides on them.
            var early: [Redirect] = []
            /// The expected redirect.
            var redirect: Redirect?
            var isClosed = false
            var isExpected: (@Sendable (String) -> Bool)?
            var waiter: CheckedContinuation<String, any Error>?
            /// The number of accepted queries.
            var count = 0
            /// The numbers of the queries whose page is still being sent.
            var unsentPages: Set<Int> = []
        }

        private let state = Locked(State())

        enum Reception {
            case accepted(Int)
            case late, unexpected
        }

        /// The maximum number of early queries.
        ///
        /// The redirect can arrive shortly before `callback` is called, and other requests must not displace it.
        private static let maximumEarly = 64

        func receive(_ query: String) -> Reception {
            state.withLock { state in
                guard state.redirect == nil, !state.isClosed else { return .late }
                if let isExpected = state.isExpected, !isExpected(query) { return .unexpected }
                state.count += 1
                let redirect = Redirect(number: state.count, query: query)
                state.unsentPages.insert(redirect.number)
                if state.isExpected == nil {
                    state.early = state.early.suffix(Self.maximumEarly - 1) + [redirect]
                } else {
                    state.redirect = redirect
                }
                return .accepted(redirect.number)
            }
        }

        /// Resumes the waiting call if the page was the response to the expected redirect.
        func pageWasSent(for number: Int) {
            let (waiter, redirect) = state.withLock { state in
                state.unsentPages.remove(number)
                let isExpected = state.redirect?.number == number
                return (isExpected ? state.waiter.take() : nil, state.redirect)
            }
            if let waiter, let redirect { waiter.resume(returning: redirect.query) }
        }

        func wait(
            _ waiter: CheckedContinuation<String, any Error>,
            where isExpected: @escaping @Sendable (String) -> Bool
        ) {
            let outcome: Result<String, any Error>? = state.withLock { state in
                if state.isClosed || state.isExpected != nil { return .failure(CancellationError()) }
                state.isExpected = isExpected
                state.redirect = exchange(&state.early, with: []).first { isExpected($0.query) }
                if let redirect = state.redirect, !state.unsentPages.contains(redirect.number) {
                    return .success(redirect.query)
                }
                state.waiter = waiter
                return nil
            }
            if let outcome { waiter.resume(with: outcome) }
        }

        func close() {
            let waiter = state.withLock { state in
                state.isClosed = true
                return state.waiter.take()
            }
            waiter?.resume(throwing: CancellationError())
        }
    }
}
