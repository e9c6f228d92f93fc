import Countersign
import CountersignOIDC
import CountersignTesting
import Dispatch
import Foundation
import Testing

// The samples of "Keeping users signed in", section "Shutting down", line for line.

/// Stand-ins with the signatures of swift-service-lifecycle.
protocol Service: Sendable {
    func run() async throws
}

struct UnixSignal: Sendable {
    static let sigterm = UnixSignal()
}

struct ServiceGroup {
    @TaskLocal static var shutdown: AsyncGate?

    let services: [any Service]

    init(services: [any Service], gracefulShutdownSignals: [UnixSignal], logger: String) {
        self.services = services
    }

    /// Ends the services one after the other, in reverse order, when the gate is open.
    func run() async throws {
        guard let signal = ServiceGroup.shutdown else { return }
        let gates = services.map { _ in AsyncGate() }
        let tasks = zip(services, gates).map { service, gate in
            Task { try await ServiceGroup.$shutdown.withValue(gate) { try await service.run() } }
        }
        try await signal.pass()
        for (task, gate) in zip(tasks, gates).reversed() {
            gate.open()
            try await task.value
        }
    }
}

func cancelWhenGracefulShutdown<T: Sendable>(
    _ operation: @Sendable @escaping () async throws -> T
) async rethrows -> T {
    try await withThrowingTaskGroup(of: Void.self) { group in
        let task = Task { try await operation() }
        group.addTask {
            try? await ServiceGroup.shutdown?.pass()
            task.cancel()
        }
        return try await task.value
    }
}

private struct TokenService: Service {
    let runtime: CountersignRuntime

    func run() async throws {
        await cancelWhenGracefulShutdown { await runtime.run() }
    }
}

@Suite("The article 'Keeping users signed in': shutting down", .serialized, .timeLimit(.minutes(15)))
struct ShuttingDownArticleTests {
    /// A server that makes a call while it stops.
    private struct Server: Service {
        let client: APIClient

        func run() async throws {
            await cancelWhenGracefulShutdown {
                let forever = AsyncGate()
                try? await forever.pass()
            }
            _ = try await client.send(.get, "/")
        }

        func stop() async {}
    }

    private let server = FakeAuthorizationServer()
    private let api: FakeResourceServer
    private let runtime: CountersignRuntime
    private let site: Server

    init() {
        server.register(.init(id: "worker", authentication: .clientSecretBasic(secret: "s3cret")))
        api = FakeResourceServer(origin: "https://api.example.com", trusting: server) { _ in .json("{}") }
        var configuration = CountersignRuntime.Configuration()
        configuration.transport = FakeNetwork(server, api)
        runtime = CountersignRuntime(configuration)
        site = Server(
            client: APIClient(
                server: "https://api.example.com",
                authorization: .clientCredentials(
                    .secret(id: "worker", SecretValue("s3cret")),
                    OAuthConfiguration(issuer: server.issuer)
                ),
                runtime: runtime
            )
        )
    }

    @Test("The program waits for SIGTERM, and for the work under way")
    func terminationSignal() async throws {
        let ending = Task { [runtime, site] in
            signal(SIGTERM, SIG_IGN)  // its default action would end the process at once
            let source = DispatchSource.makeSignalSource(signal: SIGTERM)
            let termination = AsyncStream<Void> { continuation in
                source.setEventHandler { continuation.finish() }
                // Before its registration, the signal would be ignored.
                source.setRegistrationHandler { kill(getpid(), SIGTERM) }
                source.resume()
            }
            for await _ in termination {}
            source.cancel()
            await site.stop()  // no new requests, and the last ones have their responses
            let result = await runtime.shutdown(within: .seconds(30))
            for work in result.unfinishedWork { print("left behind:", work) }
            return result
        }
        #expect(await ending.value.isComplete)
        // Child processes of other tests inherit the action.
        signal(SIGTERM, SIG_DFL)
    }

    @Test("A service group stops the server first, which can still make calls, and then the runtime")
    func serviceGroup() async throws {
        let (server, logger) = (site, "")
        let signal = AsyncGate()
        signal.open()
        try await ServiceGroup.$shutdown.withValue(signal) {
            let services: [any Service] = [TokenService(runtime: runtime), server]  // the last one ends first
            let group = ServiceGroup(services: services, gracefulShutdownSignals: [.sigterm], logger: logger)
            try await group.run()
        }
        #expect(api.count == 1)
        await #expect { try await site.client.options(.forceTokenRenewal).send(.get, "/") } throws: { error in
            (error as? CallError<Never>)?.tokenError?.kind == .shutDown
        }
    }
}
