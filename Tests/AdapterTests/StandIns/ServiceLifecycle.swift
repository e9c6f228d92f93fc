// The parts of swift-service-lifecycle that the adapters use.

public import Logging
public import UnixSignals

public protocol Service: Sendable {
    func run() async throws
}

public actor ServiceGroup {
    public init(
        services: [any Service],
        gracefulShutdownSignals: [UnixSignal] = [],
        cancellationSignals: [UnixSignal] = [],
        logger: Logger
    ) {}

    public func run() async throws {}
}

public func cancelWhenGracefulShutdown<T: Sendable>(
    _ operation: @Sendable @escaping () async throws -> T
) async rethrows -> T {
    try await operation()
}
