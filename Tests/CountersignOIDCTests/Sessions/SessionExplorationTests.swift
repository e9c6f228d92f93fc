import Countersign
import TestSupport
import Testing

@testable import CountersignOIDC

/// All that can happen to a session of two processes, in every order: breadth first over the states of a
/// ``SessionModel``.
@Suite("The refresh machine, explored")
struct SessionExplorationTests {
    @Test(
        """
        P24, P34, P36, P38: two processes, in every order of steps, deaths, pauses, lost answers and sign-outs: \
        no refresh token is spent twice, none is lost, only the server ends a session, and a sign-out lasts
        """
    )
    func everyOrder() {
        let (states, _) = explore("two processes", SessionModel(.init()), isStrict: true)
        Promise.seen(38, "0 in all \(states) states of a model of two processes")
    }

    @Test("The same with three refreshes and no deaths")
    func threeTurns() {
        explore("three refreshes", SessionModel(.init(turns: 3, crashes: 0, revocations: 0)), isStrict: true)
    }

    @Test("With a store that fails, only the server ends a session, and a sign-out lasts")
    func failingStore() {
        explore("failing store", SessionModel(.init(crashes: 0, revocations: 0, storeFailures: 2)), isStrict: false)
    }

    @Test(
        "With a store that fails while calls have a valid token, no refresh token is spent twice, and none is lost"
    )
    func failingStoreWhileServed() {
        explore(
            "failing store, served",
            SessionModel(.init(pauses: 0, revocations: 0, storeFailures: 2, areServed: true)),
            isStrict: true
        )
    }

    @Test("With replays, every turn ends, only the server ends a session, and a sign-out lasts")
    func replays() {
        explore("replays", SessionModel(.init(crashes: 0, losses: 2, mayReplay: true)), isStrict: false)
    }

    @discardableResult
    private func explore(_ name: String, _ start: SessionModel, isStrict: Bool) -> (states: Int, steps: Int) {
        var seen: Set<SessionModel> = [start]
        var origins: [(parent: Int, event: SessionModel.Event?)] = [(0, nil)]
        var frontier = [(model: start, index: 0)]
        var steps = 0
        while !frontier.isEmpty {
            var next: [(model: SessionModel, index: Int)] = []
            for (model, index) in frontier {
                for event in model.events {
                    steps += 1
                    var successor = model
                    do throws(SessionModel.Violation) {
                        try successor.apply(event)
                        guard seen.insert(successor).inserted else { continue }
                        try successor.check(isStrict: isStrict)
                    } catch {
                        Issue.record("\(error), after: \(trail(to: index, in: origins))\(event)")
                        return (seen.count, steps)
                    }
                    origins.append((index, event))
                    next.append((successor, origins.count - 1))
                }
            }
            frontier = next
        }
        print("sessions, \(name): \(seen.count) states, \(steps) steps, all there are")
        #expect(seen.count > 1000)
        return (seen.count, steps)
    }

    private func trail(to index: Int, in origins: [(parent: Int, event: SessionModel.Event?)]) -> String {
        var (index, events) = (index, [String]())
        while let event = origins[index].event {
            events.append("\(event); ")
            index = origins[index].parent
        }
        return events.reversed().joined()
    }
}
