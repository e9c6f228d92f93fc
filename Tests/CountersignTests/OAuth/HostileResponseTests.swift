import CountersignTesting
import TestSupport
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

@Suite("Hostile responses of authorization servers")
struct HostileResponseTests {
    @Test(
        "P58: 20,000 mutations of a token response lead to a token that is valid in a header field, or to a typed error"
    )
    func mutations() throws {
        var generator = SeededGenerator(seed: 58)
        let original = Array(#"{"access_token":"abc.def","token_type":"Bearer","expires_in":3600,"scope":"a b"}"#.utf8)
        let pieces = [
            "\r\n", "\0", "\"", "{", "[", "null", "-1", "1e308", "NaN", "\\u000d", "\\ud800", ",", "\u{e9}",
            "9999999999999999999",
            #""error":"x","#, #""expires_in":"3600","#, "true",
        ].map { Array($0.utf8) }
        var tokens = 0
        for _ in 0..<20_000 {
            var body = original
            for _ in 0..<Int.random(in: 1...3, using: &generator) where body.count > 1 {
                let place = Int.random(in: 0..<body.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: body[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: body.remove(at: place)
                case 2: body.insert(contentsOf: pieces.randomElement(using: &generator) ?? [], at: place)
                default: body.removeLast(body.count - max(1, place))
                }
            }
            let response = HTTP.Response(status: 200, body: body)
            guard let token = try? TokenEndpointResponse(response, boundTo: nil).accessToken else { continue }
            tokens += 1
            if !HTTP.Field.isValidValue(token.authorizationHeader) || (token.lifetime ?? .zero) < .zero {
                Issue.record("\(String(decoding: body, as: UTF8.self)) became a token")
            }
        }
        #expect(tokens > 100)
    }

    @Test("P58: no more than 1 MiB of a token response is read")
    func large() async throws {
        let world = World()
        world.server.inject(.editing { $0.body += Array(repeating: 0x20, count: 1 << 20) })
        #expect(await world.client().failure()?.tokenError?.kind == .malformedResponse)
        #expect(world.server.requests(to: .token).first?.request.maximumResponseBytes == 1 << 20)
        Promise.seen(58, "no more than \(1 << 20) bytes read")
    }

    @Test("P58: a response nested ten thousand deep, or cut short, is a typed error and no call is made")
    func deep() async throws {
        let bodies = [
            String(repeating: "[", count: 10_000), #"{"a":"# + String(repeating: #"{"a":"#, count: 10_000), "{", "",
        ]
        for body in bodies {
            let world = World()
            world.server.inject(.status(200, body: body))
            #expect(await world.client().failure()?.tokenError?.kind == .malformedResponse)
            #expect(world.api.count == 0)
        }
    }
}
