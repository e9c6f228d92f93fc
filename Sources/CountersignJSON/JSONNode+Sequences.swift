@_spi(Generated)
extension JSONNode {
    /// The elements of an array, in order; empty if this is not an array.
    public var elements: Elements {
        guard kind == .array else { return Elements(document: document, position: index, end: index) }
        return Elements(document: document, position: index + 1, end: document.end(of: index))
    }

    /// The members of an object, in order and including duplicate keys; empty if this is not an object.
    public var members: Members {
        guard kind == .object else { return Members(document: document, position: index, end: index) }
        return Members(document: document, position: index + 1, end: document.end(of: index))
    }

    /// The elements of an array.
    public struct Elements: Sequence, IteratorProtocol, Sendable {
        let document: JSONDocument
        var position: Int
        let end: Int

        public mutating func next() -> JSONNode? {
            guard position < end else { return nil }
            let node = JSONNode(document: document, index: position)
            position = document.end(of: position)
            return node
        }

        /// The number of remaining elements.
        ///
        /// - Complexity: O(*n*), where *n* is the number of remaining elements.
        public var count: Int { count(upTo: .max) }

        /// The number of remaining elements, at most 64.
        ///
        /// The limit bounds the memory that is reserved for elements before they are decoded.
        public var underestimatedCount: Int { count(upTo: 64) }

        private func count(upTo limit: Int) -> Int {
            var count = 0
            var index = position
            while index < end, count < limit {
                count += 1
                index = document.end(of: index)
            }
            return count
        }
    }

    /// The members of an object.
    public struct Members: Sequence, IteratorProtocol, Sendable {
        let document: JSONDocument
        var position: Int
        let end: Int

        public mutating func next() -> (key: JSONNode, value: JSONNode)? {
            guard position < end else { return nil }
            let member = (
                JSONNode(document: document, index: position), JSONNode(document: document, index: position + 1)
            )
            position = document.end(of: position + 1)
            return member
        }

        /// The number of remaining members, at most 64, as for ``Elements/underestimatedCount``.
        public var underestimatedCount: Int {
            var count = 0
            var index = position
            while index < end, count < 64 {
                count += 1
                index = document.end(of: index + 1)
            }
            return count
        }
    }
}
