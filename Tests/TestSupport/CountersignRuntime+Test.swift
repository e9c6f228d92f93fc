package import Countersign

extension CountersignRuntime {
    /// Creates a runtime with a transport and a clock of the test, and further changes to its configuration.
    package convenience init(
        transport: any HTTP.Transport,
        clock: (any RuntimeClock)? = nil,
        configure: (inout Configuration) -> Void = { _ in }
    ) {
        var configuration = Configuration()
        configuration.transport = transport
        if let clock { configuration.clock = clock }
        configure(&configuration)
        self.init(configuration)
    }
}
