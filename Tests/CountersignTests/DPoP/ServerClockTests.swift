import CountersignHTTP
import Testing

@testable import Countersign

@Suite("The clocks of servers")
struct ServerClockTests {
    @Test(
        "P48: without TLS nothing is learnt of a server's clock, unless it is on this machine",
        arguments: [
            ("https://api.example.com", true), ("http://127.0.0.1:8080", true), ("http://localhost", true),
            ("http://[::1]:8080", true), ("http://api.example.com", false), ("http://10.0.0.1", false),
        ]
    )
    func clockOffsetInsecure(_ origin: String, _ learns: Bool) throws {
        let server = DPoPOrigins().origin(try HTTP.URL(origin).origin, as: .resourceServer)
        let fields: HTTP.Fields = ["Date": "Sun, 15 Jun 2025 15:16:40 GMT"]
        #expect(server.learnClock(from: fields, unixTime: .seconds(1_750_000_000), used: .zero) == learns)
    }

    @Test("P48: an offset of more than a day, and a Date that is none, are not believed")
    func absurdDates() {
        let origin = DPoPOrigin(tellsTime: true)
        let now = Duration.seconds(1_750_000_000)
        for date in ["Sun, 01 Jan 2040 00:00:00 GMT", "yesterday", "", "Sun, 15 Jun 2025 15:06:43 GMT"] {
            #expect(!origin.learnClock(from: ["Date": date], unixTime: now, used: .zero))
        }
        #expect(origin.learnClock(from: ["Date": "Sun, 15 Jun 2025 15:16:40 GMT"], unixTime: now, used: .zero))
        #expect(origin.nextProof().clockOffset == .seconds(600))
    }
}
