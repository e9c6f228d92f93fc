import Foundation

/// What the first build of a new package with one schema costs, with the runtime and the generator.
///
/// It builds from clean again and again, so it is run only when it is named. The two processors are the ones that the
/// target is for; to confine it to them, run it under `taskset -c 0,1`.
enum FirstBuildBenchmark {
    private static let rounds = 3

    @Sendable static func run() async throws -> Table {
        let package = try AdopterPackage(.full)
        defer { package.remove() }
        var table = Table(
            "The first build of a package, from clean, debug, with two jobs",
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
            "CPU is user and system time of all processes together. Beside other programs it grows by half and more."
        )
        return table
    }

    private static func build(_ product: String, of package: AdopterPackage) throws -> ChildProcess.Usage {
        package.clean()
        return try package.build(.debug, "--product", product, "--jobs", "2")
    }
}
