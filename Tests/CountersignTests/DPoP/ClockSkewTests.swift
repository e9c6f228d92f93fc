import CountersignHTTP
import Testing

@testable import Countersign

@Suite("The clocks of servers")
struct ClockSkewTests {
    @Test(
        "P48: without TLS, the clock offset of a server is not updated, except on loopback",
        arguments: [
            ("https://api.example.com", true), ("http://127.0.0.1:8080", true), ("http://localhost", true),
            ("http://[::1]:8080", true), ("http://api.example.com", false), ("http://10.0.0.1", false),
        ]
    )
    func clockOffsetInsecure(_ origin: String, _ learns: Bool) throws {
        let server = DPoPNonceStore().server(at: try HTTP.URL(origin).origin, as: .resourceServer)
        let fields: HTTP.Fields = ["Date": "Sun, 15 Jun 2025 15:16:40 GMT"]
        #expect((server.clockOffset(in: fields, unixTime: .seconds(1_750_000_000), used: .zero) != nil) == learns)
    }

    @Test("P48: an offset of more than a day and an invalid Date are ignored")
    func absurdDates() {
        let server = DPoPServerState(trustsDate: true)
        let now = Duration.seconds(1_750_000_000)
        for date in ["Sun, 01 Jan 2040 00:00:00 GMT", "yesterday", "", "Sun, 15 Jun 2025 15:06:43 GMT"] {
            #expect(server.clockOffset(in: ["Date": date], unixTime: now, used: .zero) == nil)
        }
        let offset = server.clockOffset(in: ["Date": "Sun, 15 Jun 2025 15:16:40 GMT"], unixTime: now, used: .zero)
        #expect(offset == .seconds(600))
        server.updateClockOffset(to: .seconds(600))
        #expect(server.nextRequest().clockOffset == .seconds(600))
        // A difference that latency explains does not replace the offset.
        server.updateClockOffset(to: .seconds(603))
        #expect(server.clockOffset == .seconds(600))
    }
}
