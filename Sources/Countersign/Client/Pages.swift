/// The items of a paginated operation.
///
/// Pages are requested as their items are needed.
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
        /// The cursor of the next page; nil on the last page.
        public let cursor: String?
    }

    /// The sequence of the pages.
    public struct Sequence: AsyncSequence, Sendable {
        public typealias Element = Page
        public typealias Failure = CallError<Problem>

        let pages: Pages

        public func makeAsyncIterator() -> PageIterator { PageIterator(pages: pages) }
    }

    /// The rule by which the next page is found.
    enum Next: Sendable {
        /// A value of the page, which becomes a query parameter.
        case cursor(into: String, @Sendable (Output) -> String?)
        /// The page number in a query parameter, until a page is empty.
        case number(into: String)
        /// A link in the header (RFC 8288).
        case link
    }

    let client: APIClient
    let request: APIRequest<Output, Problem>
    var cursor: String?
    let items: @Sendable (Output) -> [Item]
    let next: Next
    /// The closure that returns all pages, if the client is a stub.
    var stub: (@Sendable () async throws(CallError<Problem>) -> [Output])?

    /// The pages, with the cursors to resume at.
    public var pages: Sequence { Sequence(pages: self) }

    /// Returns the pages from a saved ``Page/cursor``.
    public func resuming(at cursor: String) -> Pages {
        var pages = self
        pages.cursor = cursor
        return pages
    }

    public func makeAsyncIterator() -> Iterator { Iterator(pages: PageIterator(pages: self)) }

    /// An iterator that requests pages as their items are needed.
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
