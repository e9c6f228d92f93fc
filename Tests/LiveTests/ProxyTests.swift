import Countersign
import TestSupport
import Testing

@Suite("An API behind nginx, which decodes and resolves paths", .liveServers)
struct ProxyTests {
    private let transport = RecordingTransport()
    private let api: PathsAPI
    private let client: APIClient

    init() throws {
        let servers = try LiveServers.load()
        let runtime = CountersignRuntime(transport: transport)
        api = PathsAPI(server: servers.proxiedAPI, runtime: runtime)
        client = APIClient(server: servers.proxiedAPI, runtime: runtime)
    }

    @Test("nginx forwards an encoded '..' as another path, which shows that the other tests can fail")
    func climbs() async throws {
        let response = try await client.send(.get, "/items/..%2Fadmin%2Fusers")
        #expect(try JSONValue(parsingJSON: response.body)["target"]?.string == "/base/admin/users")
    }

    @Test(
        "P42: a path parameter that nginx would resolve to another path is rejected, and nothing is sent",
        arguments: [
            "../admin/users", "..\\admin", "a/../../admin", "..", "./..", "%2e%2e/admin", "%252e%252e%252fadmin",
            "..;/admin",
            "x/..", "../", ".\t./admin", "/",
        ]
    )
    func rejected(value: String) async throws {
        await #expect { try await api.getItem(id: value) } throws: { error in
            let failure = error as? PathsAPI.Failure
            return failure?.kind == .invalidRequest && failure?.message.contains("'id'") == true
                && (value.count < 3 || failure?.description.contains(value) == false)
        }
        await #expect { try await api.getFile(folder: "x", name: value) } throws: { error in
            let failure = error as? PathsAPI.Failure
            return failure?.kind == .invalidRequest && failure?.message.contains("'name'") == true
        }
        #expect(transport.exchanges(at: "").isEmpty)
    }

    @Test("P42: nginx forwards every accepted value below the path of its operation")
    func accepted() async throws {
        var generator = SeededGenerator(seed: 4215)
        let pieces = [
            "a", ".", "..", "/", "\\", "%", "2", "e", "f", "5", ";", "?", "#", " ", "\t", "ä", "-", "%2e", "%2F",
        ]
        var (accepted, rejected) = (0, 0)
        while accepted < 300 {
            let value = (0..<Int.random(in: 1...6, using: &generator)).map { _ in
                pieces[Int.random(in: 0..<pieces.count, using: &generator)]
            }.joined()
            do {
                let target = try await api.getItem(id: value).target
                accepted += 1
                #expect(target.hasPrefix("/base/items/") && target.count > "/base/items/".count, "\(value)")
            } catch {
                #expect(error.kind == .invalidRequest, "\(value): \(error)")
                rejected += 1
            }
        }
        #expect(rejected > 30)
        Promise.seen(42, "\(accepted) of \(accepted) accepted values stayed below their path behind nginx")
    }
}
