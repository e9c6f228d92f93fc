import Countersign
import CountersignTesting
import TestSupport
import Testing

/// A client with scripted JSON responses, and the requests that it sent.
struct ModelsExchange {
    let transport: ScriptedTransport
    let client: ModelsAPI

    init(_ responses: String..., status: HTTP.Status = 200) {
        let transport = ScriptedTransport()
        for response in responses { transport.enqueue(.response(.json(response, status: status))) }
        self.transport = transport
        client = ModelsAPI(runtime: Self.runtime(transport))
    }

    static func runtime(_ transport: ScriptedTransport) -> CountersignRuntime {
        // With a virtual clock, the timeouts of the schema do not depend on the machine.
        CountersignRuntime(transport: transport, clock: VirtualClock()) {
            $0.retries = .none
            $0.renewal.maximumAttempts = 1
        }
    }

    /// Returns the body of a request as text.
    func sent(_ index: Int = 0) throws -> String {
        let requests = transport.requests
        try #require(requests.indices.contains(index))
        #expect(requests[index].fields[.contentType] == "application/json")
        return String(decoding: try #require(requests[index].body?.bytes), as: UTF8.self)
    }
}

/// Returns the error of a call, and throws if the call succeeds.
func failure<Success, Problem>(
    _ call: nonisolated(nonsending) () async throws(CallError<Problem>) -> Success
) async throws -> CallError<Problem> {
    do {
        _ = try await call()
    } catch {
        return error
    }
    throw CallSucceeded()
}

struct CallSucceeded: Error {}

extension JSONDecodable {
    /// Creates a value from JSON text.
    init(text: String) throws {
        try self.init(parsingJSON: Array(text.utf8))
    }
}
