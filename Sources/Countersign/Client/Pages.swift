/// The items of a paged operation, page after page, fetched as they are asked for.
///
/// ```swift
/// for try await item in catalog.listItems(tag: "tools") { print(item.name) }
///
/// for try await page in catalog.listItems().pages {
///     save(page.items, resumeAt: page.cursor)             // later: catalog.listItems(cursor: saved)
/// }
/// ```
public struct Pages<Output: Sendable, Item: Sendable, Problem: Sendable>: AsyncSequence, Sendable {
    public typealias Failure = CallError<Problem>

    /// One page.
    public struct Page: Sendable {
        /// The response as the schema declares it.
        public let output: Output
        public let items: [Item]
        /// Where the next page begins; nil on the last.
        public let cursor: String?
    }

    /// The pages themselves.
    public struct Sequence: AsyncSequence, Sendable {
        public typealias Element = Page
        public typealias Failure = CallError<Problem>

        let pages: Pages

        public func makeAsyncIterator() -> PageIterator { PageIterator(pages: pages) }
    }

    let client: APIClient
    let request: APIRequest<Output, Problem>
    let cursor: String?
    let parameter: String
    let items: @Sendable (Output) -> [Item]
    let next: @Sendable (Output) -> String?

    /// The same, page by page, with the cursor to resume at.
    public var pages: Sequence { Sequence(pages: self) }

    public func makeAsyncIterator() -> Iterator { Iterator(pages: PageIterator(pages: self)) }

    /// Fetches one page after the other.
    public struct PageIterator: AsyncIteratorProtocol {
        public typealias Failure = CallError<Problem>

        private let pages: Pages
        private var cursor: String?
        private var seen: Set<String> = []
        private var isOver = false

        init(pages: Pages) {
            self.pages = pages
            cursor = pages.cursor
        }

        public mutating func next(
            isolation: isolated (any Actor)?
        ) async throws(CallError<Problem>) -> Page? {
            guard !isOver else { return nil }
            var request = pages.request
            if let cursor {
                guard seen.insert(cursor).inserted else {
                    isOver = true
                    let operation = "\(pages.client.core.name).\(request.operation.name)"
                    throw CallError(CallFailure(.cursorLoop, in: operation, "the server gave one cursor twice"))
                }
                request.query(pages.parameter, cursor)
            }
            do {
                let output = try await pages.client.send(request)
                // An empty cursor ends the pages as a missing one does: so do servers mean it.
                let following = pages.next(output).flatMap { $0.isEmpty ? nil : $0 }
                cursor = following
                isOver = following == nil
                return Page(output: output, items: pages.items(output), cursor: following)
            } catch {
                isOver = true
                throw error
            }
        }

        public mutating func next() async throws(CallError<Problem>) -> Page? {
            try await next(isolation: #isolation)
        }
    }

    /// Fetches pages when their items are asked for.
    public struct Iterator: AsyncIteratorProtocol {
        public typealias Failure = CallError<Problem>

        private var pages: PageIterator
        private var items: ArraySlice<Item> = []

        init(pages: PageIterator) {
            self.pages = pages
        }

        public mutating func next(
            isolation: isolated (any Actor)?
        ) async throws(CallError<Problem>) -> Item? {
            while items.isEmpty {
                guard let page = try await pages.next(isolation: isolation) else { return nil }
                items = page.items[...]
            }
            return items.removeFirst()
        }

        public mutating func next() async throws(CallError<Problem>) -> Item? {
            try await next(isolation: #isolation)
        }
    }
}

@_spi(Generated) extension APIClient {
    /// The pages of an operation whose responses name the cursor of the next.
    ///
    /// - Parameters:
    ///   - cursor: Where to begin; nil for the first page.
    ///   - parameter: The query parameter that takes the cursor.
    public func pages<Output, Item, Problem, Cursor: APIParameter & Sendable>(
        _ request: APIRequest<Output, Problem>,
        cursor: Cursor?,
        into parameter: String,
        items: @escaping @Sendable (Output) -> [Item],
        next: @escaping @Sendable (Output) -> Cursor?
    ) -> Pages<Output, Item, Problem> {
        Pages(
            client: self,
            request: request,
            cursor: cursor?.parameter,
            parameter: parameter,
            items: items,
            next: { next($0)?.parameter }
        )
    }
}
