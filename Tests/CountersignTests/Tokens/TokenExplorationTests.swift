import Foundation
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

/// Every order of events at a token cache entry: a breadth-first search over the states of a ``TokenModel``.
@Suite("Exploration of the token state machine")
struct TokenExplorationTests {
    // One second: fetches wait for the end of the second. 30 s: a short renewal window. One hour: the usual case.
    @Test(
        "In every order of events of three callers: one fetch, only valid tokens, and no caller waits forever",
        arguments: [1, 30, 3600]
    )
    func everyOrder(lifetime: Int) {
        let depth = ProcessInfo.processInfo.environment["COUNTERSIGN_DEPTH"].flatMap(Int.init) ?? 12
        var exploration = Exploration(TokenModel(callers: 3, lifetime: .seconds(lifetime)))
        exploration.run(depth: depth)
        if let violation = exploration.violation { Issue.record("\(violation)") }
        print(
            "tokens of \(lifetime) s: \(exploration.count) states, \(exploration.steps) steps, depth \(exploration.depth)"
                + (exploration.isComplete ? ", complete" : "")
        )
        #expect(exploration.isComplete || exploration.count > 10_000)
    }

    @Test("P03: a caller without time for a retry leaves with the error, and the others get the result of the retry")
    func impatientCaller() {
        var exploration = Exploration(TokenModel(callers: 3, lifetime: .seconds(3600), impatientCaller: 0))
        exploration.run(depth: 11)
        if let violation = exploration.violation { Issue.record("\(violation)") }
        print("an impatient caller: \(exploration.count) states, depth \(exploration.depth)")
        #expect(exploration.count > 10_000)
    }

    @Test("In every order of twenty events of one caller, the same rules hold")
    func oneCaller() {
        var exploration = Exploration(TokenModel(callers: 1, lifetime: .seconds(3600)))
        exploration.run(depth: 20)
        if let violation = exploration.violation { Issue.record("\(violation)") }
        print("one caller: \(exploration.count) states, depth \(exploration.depth)")
        #expect(exploration.count > 1000)
    }
}

/// A breadth-first search over the states of a model.
private struct Exploration {
    private var frontier: [(model: TokenModel, index: Int)]
    private var seen: Set<[Int64]>
    /// For each state its predecessor, and the event that led from there.
    private var origins: [(parent: Int, event: TokenModel.Event?)]
    private(set) var steps = 0
    private(set) var depth = 0
    private(set) var violation: String?

    var count: Int { seen.count }
    var isComplete: Bool { frontier.isEmpty }

    init(_ start: TokenModel) {
        frontier = [(start, 0)]
        seen = [start.fingerprint]
        origins = [(0, nil)]
    }

    /// Runs until there is no new state, a rule is broken, or the depth is reached.
    mutating func run(depth limit: Int) {
        while violation == nil, !frontier.isEmpty, depth < limit {
            depth += 1
            var next: [(model: TokenModel, index: Int)] = []
            for (model, index) in frontier {
                for event in model.events {
                    steps += 1
                    var successor = model
                    do throws(TokenModel.Violation) {
                        try successor.apply(event)
                        guard seen.insert(successor.fingerprint).inserted else { continue }
                        try successor.check()
                    } catch {
                        violation = "\(error), after: \(trail(to: index) + event.description)"
                        return
                    }
                    origins.append((index, event))
                    next.append((successor, origins.count - 1))
                }
            }
            frontier = next
        }
    }

    private func trail(to index: Int) -> String {
        var (index, events) = (index, [String]())
        while let event = origins[index].event {
            events.append(event.description)
            index = origins[index].parent
        }
        return events.reversed().map { $0 + "; " }.joined()
    }
}
