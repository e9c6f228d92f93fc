import Foundation

/// The cost of the first build of a new package with one schema, including the runtime and the generator.
///
/// It takes minutes, so it runs only if it is named. The target is for two processors; to use only two of them, run it
/// under `taskset -c 0,1`.
enum FirstBuildBenchmark {
    private static let rounds = 3

    @Sendable static func run() async throws -> Table {
        let package = try AdopterPackage(.full)
        defer { package.remove() }
        var table = Table(
            "The first build of a package in debug, with two jobs",
            columns: "",
            "wall s",
            "CPU s",
            "peak MB",
            "lines",
            "file MB"
        )
        for round in 1...rounds {
            let floor = try build("peer", of: package)
            table.add("floor: a program that imports Foundation, round \(round)", floor)
            let whole = try build("newcomer", of: package)
            let target = Target.atMost(40, whole.cpu.seconds, "s CPU")
            table.add("one schema, runtime and generator, round \(round)", whole, targets: [target])
        }
        table.note(
            "CPU is the user and system time of all processes. While other programs run, it is higher by half or more."
        )
        return table
    }

    private static func build(_ product: String, of package: AdopterPackage) throws -> ChildProcess.Usage {
        package.clean()
        return try package.build(.debug, "--product", product, "--jobs", "2")
    }
}
