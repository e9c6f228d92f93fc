/// The way from one page of an operation to the next.
package struct Pagination: Sendable {
    package var next: Next
    /// The field of the response that contains the items; nil if the response itself is the list.
    package var items: Field?
    /// The type of one item.
    package var itemType: TypeReference
    package var location = SourceLocation.start

    package enum Next: Equatable, Sendable {
        /// A field of the response whose value becomes a query parameter (by wire name) of the next request.
        case cursor(field: Field, into: String)
        /// A `Link` header with `rel="next"` (RFC 8288).
        case linkHeader
        /// A query parameter (by wire name) that is incremented until a page is empty.
        case page(parameter: String)
    }
}
