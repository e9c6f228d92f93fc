import Countersign
import CountersignTesting
import Testing

/// A client of models whose calls are answered with JSON texts in their order, and what it sent.
struct ModelsExchange {
    let transport: ScriptedTransport
    let client: ModelsAPI

    init(_ answers: String..., status: HTTP.Status = 200) {
        let transport = ScriptedTransport()
        for answer in answers { transport.enqueue(.response(.json(answer, status: status))) }
        self.transport = transport
        client = ModelsAPI(runtime: Self.runtime(transport))
    }

    static func runtime(_ transport: ScriptedTransport) -> Runtime {
        var configuration = Runtime.Configuration()
        configuration.transport = transport
        configuration.retries = .none
        // A time of the schema that is up is not to depend on the machine.
        configuration.clock = VirtualClock()
        return Runtime(configuration)
    }

    /// The body of a request as text.
    func sent(_ index: Int = 0) throws -> String {
        let requests = transport.requests
        try #require(requests.indices.contains(index))
        #expect(requests[index].fields[.contentType] == "application/json")
        return String(decoding: try #require(requests[index].body?.bytes), as: UTF8.self)
    }
}

/// What the call throws; a call that throws nothing fails the test.
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
    /// The value that a JSON text is.
    init(text: String) throws {
        try self.init(json: JSONDocument(parsing: Array(text.utf8)).root)
    }
}
