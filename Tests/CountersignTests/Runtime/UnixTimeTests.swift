import CountersignTesting
import Foundation
import Testing

@testable import Countersign

@Suite("Dates and the time since 1970")
struct UnixTimeTests {
    @Test(
        "A duration since 1970 in microseconds becomes a date, and the same duration again",
        arguments: [
            .zero, .seconds(1_750_000_000), .seconds(1_750_000_000) + .microseconds(123_456), .seconds(-1),
            .microseconds(-1), .seconds(253_402_300_799),
        ] as [Duration]
    )
    func roundTrip(duration: Duration) {
        let date = Date(unixTime: duration)
        #expect(date.unixTime == duration)
        #expect(abs(date.timeIntervalSince1970 - duration.seconds) < 1e-6)
    }

    @Test("The rounding errors of a date are not part of the duration")
    func rounding() {
        let start = Date(timeIntervalSince1970: 1_750_000_000)
        for milliseconds in 0..<1000 {
            let date = start + Double(milliseconds) / 1000
            #expect(date.unixTime == .seconds(1_750_000_000) + .milliseconds(milliseconds))
        }
    }

    @Test(
        "The time of a clock that returns an extreme date is clamped",
        arguments: [.infinity, -.infinity, .nan, .greatestFiniteMagnitude, Date.distantFuture.timeIntervalSince1970]
            as [Double]
    )
    func extremes(seconds: Double) {
        let unixTime = Date(timeIntervalSince1970: seconds).unixTime
        #expect(unixTime <= .seconds(40_000_000_000_000))
        #expect(unixTime >= .seconds(-40_000_000_000_000))
    }

    @Test("Extreme durations become dates", arguments: [Duration.seconds(Int64.max), .seconds(Int64.min)])
    func extremeDurations(duration: Duration) {
        #expect(Date(unixTime: duration).timeIntervalSince1970.isFinite)
    }

    @Test("The date of a virtual clock advances with its instants")
    func virtualClock() {
        let clock = VirtualClock(date: Date(timeIntervalSince1970: 1_750_000_000))
        clock.advance(by: .milliseconds(100))
        #expect(clock.unixTime() == .seconds(1_750_000_000) + .milliseconds(100))
        #expect(abs(clock.date().timeIntervalSince1970 - 1_750_000_000.1) < 1e-6)
    }
}
