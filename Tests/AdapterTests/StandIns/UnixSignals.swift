// The part of swift-service-lifecycle's signals that the adapters use.

public struct UnixSignal: Sendable {
    public static let sigterm = UnixSignal()
}
