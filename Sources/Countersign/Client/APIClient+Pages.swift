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
        let next = Pages<Output, Item, Problem>.Next.cursor(into: parameter) { next($0)?.parameter }
        return Pages(client: self, request: request, cursor: cursor?.parameter, items: items, next: next)
    }

    /// The pages of an operation that are asked for by their number, until one is empty.
    ///
    /// - Parameter page: Where to begin; nil for the page 1.
    public func pages<Output, Item, Problem>(
        _ request: APIRequest<Output, Problem>,
        page: (some FixedWidthInteger)?,
        into parameter: String,
        items: @escaping @Sendable (Output) -> [Item]
    ) -> Pages<Output, Item, Problem> {
        let cursor = page.map { String($0) }
        return Pages(client: self, request: request, cursor: cursor, items: items, next: .number(into: parameter))
    }

    /// The pages of an operation whose responses link to the next in the header `Link` (RFC 8288).
    public func pages<Output, Item, Problem>(
        _ request: APIRequest<Output, Problem>,
        items: @escaping @Sendable (Output) -> [Item]
    ) -> Pages<Output, Item, Problem> {
        Pages(client: self, request: request, cursor: nil, items: items, next: .link)
    }
}
