import CountersignJSON

extension Pages {
    /// An iterator that requests one page after another.
    public struct PageIterator: AsyncIteratorProtocol {
        public typealias Failure = CallError<Problem>

        private let pages: Pages
        private var cursor: String?
        private var seen: Set<ByteKey> = []
        private var isFinished = false
        /// The remaining pages of a stub.
        private var stubbed: ArraySlice<Output>?

        init(pages: Pages) {
            self.pages = pages
            cursor = pages.cursor
        }

        public mutating func next(
            isolation: isolated (any Actor)?
        ) async throws(CallError<Problem>) -> Page? {
            guard !isFinished else { return nil }
            do {
                let page = if let stub = pages.stub { try await next(of: stub) } else { try await fetch() }
                cursor = page?.cursor
                isFinished = cursor == nil
                return page
            } catch {
                isFinished = true
                throw error
            }
        }

        public mutating func next() async throws(CallError<Problem>) -> Page? {
            try await next(isolation: #isolation)
        }

        private mutating func fetch() async throws(CallError<Problem>) -> Page {
            if let cursor, !seen.insert(ByteKey(cursor)).inserted {
                throw failure(.cursorLoop, "the server returned the same cursor twice")
            }
            var request = pages.request
            switch pages.next {
            case .cursor(let parameter, let next):
                if let cursor { request.query(parameter, cursor) }
                let output = try await pages.client.send(request)
                // Servers end the pages with an empty cursor as well as without one.
                return page(output, cursor: next(output).flatMap { $0.isEmpty ? nil : $0 })
            case .number(let parameter):
                guard let number = Int64(cursor ?? "1") else {
                    throw failure(.invalidRequest, "the cursor is not a page number")
                }
                request.query(parameter, number)
                let output = try await pages.client.send(request)
                let (following, isLast) = number.addingReportingOverflow(1)
                let page = page(output, cursor: isLast ? nil : String(following))
                return page.items.isEmpty ? self.page(output, cursor: nil) : page
            case .link:
                if let cursor { request.draft.target = try target(of: cursor) }
                let recorder = ResponseRecorder()
                let output = try await pages.client.recording(to: recorder).send(request)
                guard let head = recorder.head else { return page(output, cursor: nil) }
                pages.client.options?.recorder?.record(head)
                return page(output, cursor: pages.client.next(in: head, of: request))
            }
        }

        private func page(_ output: Output, cursor: String?) -> Page {
            Page(output: output, items: pages.items(output), cursor: cursor)
        }

        /// Returns the target of a link.
        ///
        /// It must be at the server of the operation, since the token is sent there.
        private func target(of link: String) throws(CallError<Problem>) -> String {
            let url: HTTP.URL
            do {
                url = try HTTP.URL(link)
            } catch {
                throw failure(.undecodableResponse, "the link to the next page is invalid: \(error)")
            }
            guard !DotSegments.areIn(url.path.utf8) else {
                throw failure(
                    .undecodableResponse,
                    "the link to the next page has an encoded segment '.' or '..', which servers would resolve to another path"
                )
            }
            let origin = pages.client.origin(of: pages.request)
            guard url.origin == origin else {
                let message = "the link to the next page leads to \(url.origin), where no token of this API is sent"
                throw failure(.foreignLink, message)
            }
            return url.target
        }

        private mutating func next(
            of stub: @Sendable () async throws(CallError<Problem>) -> [Output]
        ) async throws(CallError<Problem>) -> Page? {
            var left: ArraySlice<Output> = if let stubbed { stubbed } else { try await stub()[...] }
            guard let output = left.popFirst() else { return nil }
            stubbed = left
            // The cursor of a stub is never sent, so its text does not matter.
            return page(output, cursor: left.isEmpty ? nil : String(left.startIndex))
        }

        private func failure(_ kind: CallErrorKind, _ message: String) -> CallError<Problem> {
            let (client, operation) = (pages.client, pages.request.operation)
            let server = try? client.configuration.server(client.options?.server ?? operation.server)
            let metadata = operation.metadata(of: client.configuration.name)
            return CallError(kind, in: CallContext(operation: metadata, server: server?.description), message)
        }
    }
}

extension APIClient {
    func origin<Success, Problem>(of request: APIRequest<Success, Problem>) -> HTTP.Origin? {
        try? configuration.server(options?.server ?? request.operation.server).origin
    }

    /// Returns the URL of the next page, without the API keys that the server repeats from the query; nil on the last page.
    fileprivate func next<Success, Problem>(in head: ResponseHead, of request: APIRequest<Success, Problem>) -> String?
    {
        guard let link = WebLink.target(of: "next", in: head.fields.values(for: .link)) else { return nil }
        guard let origin = origin(of: request),
            let url = try? HTTP.URL(origin: origin, uncheckedTarget: request.draft.target).resolving(link)
        else { return link }
        guard let query = url.query, case let keys = configuration.definition.queryKeys, !keys.isEmpty else {
            return url.string
        }
        let rest = query.utf8.split(separator: UInt8(ascii: "&")).filter { pair in
            !keys.contains { pair.starts(with: ($0 + "=").utf8) }
        }
        return url.withoutQuery + (rest.isEmpty ? "" : "?" + rest.map { String(Substring($0)) }.joined(separator: "&"))
    }
}

extension APIDefinition {
    /// The names of the query parameters with API keys, percent-encoded.
    fileprivate var queryKeys: [String] {
        schemes.compactMap { scheme in
            guard case .apiKey(.query(let name)) = scheme.kind else { return nil }
            var key = ""
            key.appendPercentEncoded(name)
            return key
        }
    }
}
