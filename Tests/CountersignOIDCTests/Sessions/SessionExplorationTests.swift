import Countersign
import TestSupport
import Testing

@testable import CountersignOIDC

/// Explores all states of a ``SessionModel``, breadth first.
@Suite("All states of the refresh state machine in two processes")
struct SessionExplorationTests {
    @Test(
        """
        P24, P34, P36, P38: with two processes, in every order of steps, crashes, pauses, lost responses and \
        sign-outs, no refresh token is used twice or lost, only invalid_grant ends a session, and a sign-out is final
        """
    )
    func everyOrder() {
        let (states, _) = explore("two processes", SessionModel(.init()), isStrict: true)
        Promise.seen(38, "0 in all \(states) states of a model of two processes")
    }

    @Test("The same holds for three refreshes without crashes")
    func threeRefreshes() {
        explore("three refreshes", SessionModel(.init(refreshes: 3, crashes: 0, revocations: 0)), isStrict: true)
    }

    @Test("With a failing store, only invalid_grant ends a session, and a sign-out is final")
    func failingStore() {
        explore("failing store", SessionModel(.init(crashes: 0, revocations: 0, storeFailures: 2)), isStrict: false)
    }

    @Test("With a failing store, no refresh token is used twice or lost while callers have a valid token")
    func failingStoreWithValidToken() {
        explore(
            "failing store, valid token",
            SessionModel(.init(pauses: 0, revocations: 0, storeFailures: 2, callersHaveValidToken: true)),
            isStrict: true
        )
    }

    @Test(
        """
        P24: with retries, no refresh token is sent twice at a time, or again after its result was received, and every \
        session with a lost response continues or ends
        """
    )
    func retries() {
        let limits = SessionModel.Limits(refreshes: 3, signOuts: 0, revocations: 0, waits: 1)
        let (states, _) = explore("retries", SessionModel(limits), isStrict: true)
        Promise.seen(24, "0 sent twice at a time in all \(states) states of a model of two processes, with retries")
    }

    @Test("P24: the same holds for two lost responses without crashes")
    func twoLosses() {
        let limits = SessionModel.Limits(refreshes: 3, crashes: 0, signOuts: 0, revocations: 0, losses: 2, waits: 1)
        explore("retries, two losses", SessionModel(limits), isStrict: true)
    }

    @Test("With retries and sign-outs, only invalid_grant ends a session, and a sign-out is final")
    func retriesAndSignOuts() {
        explore("retries, sign-outs", SessionModel(.init(crashes: 0, waits: 1)), isStrict: true)
    }

    @Test("With retries and a failing store, only invalid_grant ends a session, and a sign-out is final")
    func retriesAndFailingStore() {
        let limits = SessionModel.Limits(crashes: 0, revocations: 0, storeFailures: 1, waits: 1)
        explore("retries, failing store", SessionModel(limits), isStrict: false)
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
                        Issue.record("\(error), after: \(history(of: index, in: origins))\(event)")
                        return (seen.count, steps)
                    }
                    origins.append((index, event))
                    next.append((successor, origins.count - 1))
                }
            }
            frontier = next
        }
        print("sessions, \(name): all \(seen.count) states, \(steps) steps")
        #expect(seen.count > 1000)
        return (seen.count, steps)
    }

    /// Returns the events that lead to a state.
    private func history(of index: Int, in origins: [(parent: Int, event: SessionModel.Event?)]) -> String {
        var (index, events) = (index, [String]())
        while let event = origins[index].event {
            events.append("\(event); ")
            index = origins[index].parent
        }
        return events.reversed().joined()
    }
}
