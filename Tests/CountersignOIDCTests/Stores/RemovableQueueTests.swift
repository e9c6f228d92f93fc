import TestSupport
import Testing

@testable import CountersignOIDC

@Suite("The queue of waiters")
struct RemovableQueueTests {
    private final class Waiter: Sendable {
        let number: Int

        init(_ number: Int) {
            self.number = number
        }
    }

    @Test("The queue behaves like an array, for 20,000 random operations")
    func model() {
        var generator = SeededGenerator(seed: 16)
        var queue = RemovableQueue<Waiter>()
        var model: [(place: Int, waiter: Waiter)] = []
        for number in 0..<20_000 {
            let waiter = Waiter(number)
            switch Int.random(in: 0..<8, using: &generator) {
            case 0...2: model.append((queue.append(waiter), waiter))
            case 3: model.insert((queue.prepend(waiter), waiter), at: 0)
            case 4...5:
                guard !model.isEmpty else { continue }
                let removed = model.remove(at: Int.random(in: 0..<model.count, using: &generator))
                queue.remove(removed.waiter, at: removed.place)
                queue.remove(removed.waiter, at: removed.place)
            case 6: #expect(queue.popFirst() === (model.isEmpty ? nil : model.removeFirst().waiter))
            default:
                // The number of a waiter in an earlier queue.
                if let place = model.randomElement(using: &generator)?.place { queue.remove(waiter, at: place) }
            }
            #expect(queue.isEmpty == model.isEmpty)
        }
        #expect(queue.removeAll().map(\.number) == model.map(\.waiter.number))
        #expect(queue.isEmpty)
    }

    @Test(
        "Half a million waiters are added, removed and taken: if that were quadratic, it would take hours",
        .timeLimit(.minutes(15))
    )
    func linear() {
        let count = 500_000
        let waiter = Waiter(0)
        var queue = RemovableQueue<Waiter>()
        let places = (0..<count).map { _ in queue.append(waiter) }
        for place in places.reversed() where place % 2 == 0 { queue.remove(waiter, at: place) }
        var taken = 0
        while queue.popFirst() != nil { taken += 1 }
        #expect(taken == count / 2)
    }
}
