import CountersignHTTP
import CountersignLoopback
import Foundation

/// The cost of builds: generating a client, compiling it, and the first build of a package.
///
/// It takes minutes, so it runs only if it is named.
enum GenerateBenchmark {
    @Sendable static func run() async throws -> Table {
        let api = SampleAPI.full
        let package = try AdopterPackage(api)
        defer { package.remove() }
        var table = Table(
            "A client of \(api.operations.count) operations and \(api.types.count) types, generated and compiled",
            columns: "",
            "wall s",
            "CPU s",
            "peak MB",
            "lines",
            "file MB"
        )
        table.add("floor: a program that does nothing", try ChildProcess(arguments: ["true"], log: package.log).run())
        try await addFirstBuilds(of: package, to: &table)
        let lines = try addGeneration(of: package, to: &table)
        try addCompilation(of: package, lines: (lines, try package.handwrittenLines()), to: &table)
        try addBinaries(of: package, to: &table)
        table.note(
            "CPU is the processor time of all processes. Targets are for CPU, since other programs increase the wall time."
        )
        table.note(
            "Peak is the memory of the largest process, at least that of the floor. Compiling includes the work of SwiftPM, the floor."
        )
        return table
    }

    /// Measures the first build and the first call of a program with one small schema.
    private static func addFirstBuilds(of package: AdopterPackage, to table: inout Table) async throws {
        let server = LoopbackServer { HTTP.Response(json: Catalog.responseBody(to: $0.target)) }
        let url = try server.start().origin.description
        defer { server.stop() }
        for configuration in AdopterPackage.Configuration.allCases {
            let build = try package.build(configuration, "--product", "newcomer")
            table.add("a new package from clean, \(configuration)", build)
            let newcomer = package.product("newcomer", configuration).path
            let call = try ChildProcess(arguments: [newcomer, url], log: package.log).run()
            table.add("its first call, \(configuration)", call)
        }
    }

    /// Measures the generator.
    ///
    /// - Returns: The number of lines of the generated source.
    private static func addGeneration(of package: AdopterPackage, to table: inout Table) throws -> Int {
        let output = package.directory.appendingPathComponent("Sample.swift")
        var lines = 0
        for (configuration, limit) in [(AdopterPackage.Configuration.debug, 1.0), (.release, 0.2)] {
            let tool = package.generator(configuration).path
            let process = ChildProcess(
                arguments: [tool, package.schema.path, "--output", output.path],
                log: package.log
            )
            let runs = try (0..<9).map { _ in try process.run() }.sorted { $0.cpu < $1.cpu }
            let usage = runs[runs.count / 2]
            lines = try package.lineCount(of: output)
            let target = Target.atMost(limit, usage.cpu.seconds, "s CPU")
            table.add("generate, \(configuration) tool, median of 9", usage, lines: lines, targets: [target])
        }
        return lines
    }

    private static func addCompilation(
        of package: AdopterPackage,
        lines: (generated: Int, handwritten: Int),
        to table: inout Table
    ) throws {
        for configuration in AdopterPackage.Configuration.allCases {
            let floor = try package.build(configuration, "--product", "newcomer")
            table.add("floor: a build with nothing to do, \(configuration)", floor)
            let handwritten = try package.build(configuration, "--target", "Handwritten")
            table.add("peer: compile URLSession and Codable, \(configuration)", handwritten, lines: lines.handwritten)
            let generated = try package.build(configuration, "--target", "Generated")
            let limits = [
                Target.atMost(45, generated.cpu.seconds, "s CPU"),
                .atMost(1000, Double(generated.peakMemory) / 1e6, "MB"),
            ]
            table.add(
                "compile the generated client, \(configuration)",
                generated,
                lines: lines.generated,
                targets: configuration == .debug ? limits : []
            )
        }
    }

    /// Measures the sizes of release programs that make one call.
    private static func addBinaries(of package: AdopterPackage, to table: inout Table) throws {
        for (kind, options) in [("", "--no-static-swift-stdlib"), (", -static-stdlib", "--static-swift-stdlib")] {
            for (name, product) in [("peer: URLSession", "peer"), ("one generated client", "newcomer")] {
                let file = package.product(product, .release)
                do {
                    _ = try package.build(.release, "--product", product, options)
                    let whole = try size(of: file)
                    _ = try ChildProcess(arguments: ["strip", file.path], log: package.log).run()
                    table.addFile("\(name)\(kind)", bytes: whole)
                    table.addFile("\(name)\(kind), stripped", bytes: try size(of: file))
                    try FileManager.default.removeItem(at: file)
                } catch let error as ChildProcessError {
                    table.note("The size of \(name)\(kind) is unknown: \(error)")
                }
            }
        }
    }

    private static func size(of file: URL) throws -> Int {
        try file.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
    }
}

extension Table {
    mutating func add(
        _ name: String,
        _ usage: ChildProcess.Usage,
        lines: Int? = nil,
        targets: [Target] = []
    ) {
        let peak = (Double(usage.peakMemory) / 1e6).text()
        let lines = lines.map(String.init) ?? ""
        add(name, usage.wall.seconds.text(2), usage.cpu.seconds.text(2), peak, lines, "", targets: targets)
    }

    fileprivate mutating func addFile(_ name: String, bytes: Int) {
        add("program: \(name)", "", "", "", "", (Double(bytes) / 1e6).text(2))
    }
}

extension Duration {
    var seconds: Double { self / .seconds(1) }
}
