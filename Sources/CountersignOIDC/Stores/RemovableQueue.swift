/// A first-in, first-out queue from which elements can be removed by their number.
///
/// All operations take constant time on average, so thousands of waiters that give up cost no more each than a few.
struct RemovableQueue<Element> {
    fileprivate var elements: [Int: Element] = [:]
    /// A lower bound for the number of the first element.
    private var first = 0
    /// The number of the next element; numbers are never reused.
    private var next = 0

    var isEmpty: Bool { elements.isEmpty }

    /// Adds an element at the end.
    ///
    /// - Returns: Its number.
    @discardableResult
    mutating func append(_ element: Element) -> Int {
        defer { next += 1 }
        elements[next] = element
        return next
    }

    /// Adds an element at the beginning.
    ///
    /// - Returns: Its number.
    mutating func prepend(_ element: Element) -> Int {
        first -= 1
        elements[first] = element
        return first
    }

    /// Removes and returns the first element; nil if the queue is empty.
    mutating func popFirst() -> Element? {
        guard !elements.isEmpty else {
            first = next
            return nil
        }
        // Numbers of removed elements are passed over once.
        while true {
            defer { first += 1 }
            if let element = elements.removeValue(forKey: first) { return element }
        }
    }

    /// Removes and returns all elements in order.
    mutating func removeAll() -> [Element] {
        var all: [Element] = []
        while let element = popFirst() { all.append(element) }
        return all
    }
}

extension RemovableQueue where Element: AnyObject {
    /// Removes an element by its number, unless it has been removed already.
    ///
    /// The number may be that of an earlier queue of the same name, which had another element there.
    mutating func remove(_ element: Element, at number: Int) {
        if elements[number] === element { elements[number] = nil }
    }
}
