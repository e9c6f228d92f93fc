import CountersignHTTP

/// Receives the answer of an authorization server at a port of this machine, for a program that signs its user in with
/// the system's browser (RFC 8252 section 7.3).
///
/// It takes a free port, answers one redirect with a page that sends the user back to the program, and closes itself.
///
/// ```swift
/// let receiver = try RedirectReceiver()
/// let result = try await client.signIn(redirectURI: receiver.redirectURI) { url in
///     if !SystemBrowser.open(url) { print("Open", url) }
/// } callback: { transaction in
///     .query(try await receiver.callback { transaction.isAnswered(by: .query($0)) })
/// }
/// ```
///
/// Any program of this machine can send something there, and so can any page in its browsers. What has not the sign-in's
/// state is refused, and waited on; of the rest nothing is believed before the sign-in has checked it.
public final class RedirectReceiver: Sendable {
    /// What the authorization server is to send the browser to: `http://127.0.0.1:49213/callback`.
    ///
    /// The port is another one each time. What is registered at the server is the address without it,
    /// `http://127.0.0.1/callback`, which stands for every port (RFC 8252 section 7.3).
    public let redirectURI: String

    private let server: LoopbackServer
    private let state: SharedState

    /// Opens the port.
    ///
    /// - Parameters:
    ///   - path: The path that is registered with the authorization server; begins with `/`.
    ///   - port: The port, for servers that insist on one; 0 takes any free one.
    ///   - address: The loopback address to listen on.
    /// - Throws: ``LoopbackError`` when the port is taken.
    public init(
        path: String = "/callback",
        port: UInt16 = 0,
        address: LoopbackServer.Address = .v4
    ) throws(LoopbackError) {
        let state = SharedState()
        self.state = state
        server = LoopbackServer(port: port, address: address) { request -> LoopbackAnswer in
            guard request.url.path == path[...] else {
                return .response(Self.page(404, "Not here", "There is nothing here."))
            }
            // A browser that asks for the page in advance, or for its icon, is not the user coming back.
            guard request.method == .get, let query = request.url.query, !query.isEmpty else {
                return .response(Self.page(400, "Nothing received", "The answer of the sign-in page is missing."))
            }
            switch state.receive(String(query)) {
            case .taken(let number):
                let page = Self.page(200, "Received", "You can close this page and go back to the program.")
                return .notifying(page) { state.isShown(number) }
            case .late:
                return .response(Self.page(410, "Already used", "This sign-in has been answered before."))
            case .foreign:
                return .response(Self.page(400, "Not expected", "This is not the answer to the sign-in under way."))
            }
        }
        let url = try server.start()
        redirectURI = "\(url.origin)\(path)"
    }

    deinit {
        close()
        server.stop()
    }

    /// Waits for the redirect, and until the browser has been sent the page that answers it: the program may end then.
    ///
    /// It comes once, and may never come: the user closes the page, and nobody hears of it. It waits until then, so whoever
    /// waits no longer than some time cancels the task.
    ///
    /// - Parameter isExpected: Whether a query is the answer that is waited for: its state tells. Any page in a browser of
    ///   this machine can guess the port and send others; those are passed over, and do not end the sign-in.
    /// - Returns: The query of the redirect, as the browser sent it.
    /// - Throws: `CancellationError` when the task is cancelled or the receiver closed.
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

    /// Closes the port; whoever waits is told.
    public func close() {
        state.close()
        server.stopListening()
    }

    private static func page(_ status: HTTPStatus, _ title: String, _ text: String) -> HTTPResponse {
        let html = """
            <!doctype html><html lang="en"><meta charset="utf-8"><title>\(title)</title>
            <meta name="viewport" content="width=device-width">
            <style>body { font: 1.1rem system-ui; max-width: 32rem; margin: 20vh auto; padding: 0 1rem }</style>
            <h1>\(title)</h1><p>\(text)</p></html>
            """
        return HTTPResponse(
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
    /// What the handler and whoever waits share.
    fileprivate final class SharedState: Sendable {
        /// A query that may be the answer, and the number by which its page is known.
        private struct Arrival {
            let number: Int
            let query: String
        }

        private struct State {
            /// What came before anybody waited who can tell whether it is the answer: the latest.
            var early: [Arrival] = []
            var answer: Arrival?
            var isClosed = false
            var isExpected: (@Sendable (String) -> Bool)?
            var waiter: CheckedContinuation<String, any Error>?
            var arrivals = 0
            /// The arrivals whose page is still being sent.
            var unshown: Set<Int> = []
        }

        private let state = Locked(State())

        enum Reception {
            case taken(Int)
            case late, foreign
        }

        /// How much that came early is kept: the answer is in the browser for a moment before the program waits, and
        /// strangers are not to crowd it out.
        private static let patience = 64

        func receive(_ query: String) -> Reception {
            state.withLock { state in
                guard state.answer == nil, !state.isClosed else { return .late }
                if let isExpected = state.isExpected, !isExpected(query) { return .foreign }
                state.arrivals += 1
                let arrival = Arrival(number: state.arrivals, query: query)
                state.unshown.insert(arrival.number)
                if state.isExpected == nil {
                    // Before somebody waits, nobody can tell.
                    state.early = state.early.suffix(Self.patience - 1) + [arrival]
                } else {
                    state.answer = arrival
                }
                return .taken(arrival.number)
            }
        }

        /// The page of an arrival has been sent, or nobody is there to see it.
        func isShown(_ number: Int) {
            let (waiter, answer) = state.withLock { state in
                state.unshown.remove(number)
                let isAnswer = state.answer?.number == number
                return (isAnswer ? state.waiter.take() : nil, state.answer)
            }
            if let waiter, let answer { waiter.resume(returning: answer.query) }
        }

        func wait(
            _ waiter: CheckedContinuation<String, any Error>,
            where isExpected: @escaping @Sendable (String) -> Bool
        ) {
            let outcome: Result<String, any Error>? = state.withLock { state in
                if state.isClosed || state.isExpected != nil { return .failure(CancellationError()) }
                state.isExpected = isExpected
                state.answer = exchange(&state.early, with: []).first { isExpected($0.query) }
                if let answer = state.answer, !state.unshown.contains(answer.number) { return .success(answer.query) }
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
