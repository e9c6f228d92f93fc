// The parts of swift-metrics that the adapters use.

public final class Counter {
    public init(label: String, dimensions: [(String, String)] = []) {}
    public func increment<DataType: BinaryInteger>(by amount: DataType) {}
    public func increment() {}
}

public final class Timer {
    public init(label: String, dimensions: [(String, String)] = []) {}
    public func record(duration: Duration) {}
}
