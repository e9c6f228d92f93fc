extension JSONNode {
    /// The elements of an array, in order; none when this is not an array.
    public var elements: Elements {
        guard kind == .array else { return Elements(document: document, position: index, end: index) }
        return Elements(document: document, position: index + 1, end: document.end(of: index))
    }

    /// The members of an object, in order and with repetitions; none when this is not an object.
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

        /// How many elements are left.
        ///
        /// O(count).
        public var count: Int { count(upTo: .max) }

        /// How many elements are left, counted to 64.
        ///
        /// Room for more is not made in advance: a short text may announce very many elements that are none.
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

        /// How many members are left, counted to 64, as for elements.
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
