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

    /// How a page leads to the next.
    enum Next: Sendable {
        /// By a value in it, which goes into a query parameter.
        case cursor(into: String, @Sendable (Output) -> String?)
        /// By its number in a query parameter, until one is empty.
        case number(into: String)
        /// By a link in the header (RFC 8288).
        case link
    }

    let client: APIClient
    let request: APIRequest<Output, Problem>
    var cursor: String?
    let items: @Sendable (Output) -> [Item]
    let next: Next
    /// What gives all pages at once, where the client is a stub.
    var stub: (@Sendable () async throws(CallError<Problem>) -> [Output])?

    /// The same, page by page, with the cursor to resume at.
    public var pages: Sequence { Sequence(pages: self) }

    /// The same, from a page on whose ``Page/cursor`` was kept.
    public func resuming(at cursor: String) -> Pages {
        var pages = self
        pages.cursor = cursor
        return pages
    }

    public func makeAsyncIterator() -> Iterator { Iterator(pages: PageIterator(pages: self)) }

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
