import Countersign
import Logging
import ServiceLifecycle
import UnixSignals

struct TokenService: Service {
    let runtime: CountersignRuntime

    func run() async throws {
        await cancelWhenGracefulShutdown { await runtime.run() }
    }
}

func run(_ server: any Service, runtime: CountersignRuntime, logger: Logger) async throws {
    let services: [any Service] = [TokenService(runtime: runtime), server]
    let group = ServiceGroup(services: services, gracefulShutdownSignals: [.sigterm], logger: logger)
    try await group.run()
}
