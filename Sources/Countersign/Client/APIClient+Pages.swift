@_spi(Generated) extension APIClient {
    /// Returns the pages of an operation whose responses contain the cursor of the next page.
    ///
    /// - Parameters:
    ///   - cursor: The cursor of the first page to request; nil for the beginning.
    ///   - parameter: The query parameter for the cursor.
    public func pages<Output, Item, Problem, Cursor: APIParameter & Sendable>(
        _ request: APIRequest<Output, Problem>,
        cursor: Cursor?,
        into parameter: String,
        items: @escaping @Sendable (Output) -> [Item],
        next: @escaping @Sendable (Output) -> Cursor?
    ) -> Pages<Output, Item, Problem> {
        var request = request
        if let cursor, !cursor.isValidParameter {
            request.draft.reject("the cursor must be a finite number, or a date of the years 0 to 9999")
        }
        let next = Pages<Output, Item, Problem>.Next.cursor(into: parameter) { next($0)?.parameter }
        return Pages(client: self, request: request, cursor: cursor?.parameter, items: items, next: next)
    }

    /// Returns the pages of an operation that takes a page number.
    ///
    /// The first empty page is the last one.
    ///
    /// - Parameter page: The number of the first page to request; nil for page 1.
    public func pages<Output, Item, Problem>(
        _ request: APIRequest<Output, Problem>,
        page: (some FixedWidthInteger)?,
        into parameter: String,
        items: @escaping @Sendable (Output) -> [Item]
    ) -> Pages<Output, Item, Problem> {
        let cursor = page.map { String($0) }
        return Pages(client: self, request: request, cursor: cursor, items: items, next: .number(into: parameter))
    }

    /// Returns the pages of an operation whose responses link to the next page in the `Link` header field (RFC 8288).
    public func pages<Output, Item, Problem>(
        _ request: APIRequest<Output, Problem>,
        items: @escaping @Sendable (Output) -> [Item]
    ) -> Pages<Output, Item, Problem> {
        Pages(client: self, request: request, cursor: nil, items: items, next: .link)
    }
}
