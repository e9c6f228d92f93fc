import Foundation

/// A package in a temporary directory that depends on this one, as an adopter's would.
struct AdopterPackage {
    enum Configuration: String, CaseIterable {
        case debug, release
    }

    private static let root = (0..<4).reduce(URL(fileURLWithPath: #filePath)) { url, _ in
        url.deletingLastPathComponent()
    }

    let directory: URL

    /// Writes the package: a client with a small schema, one with a large schema, and their peers.
    init(_ api: SampleAPI) throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("generate-\(UUID())")
        try write(Self.manifest, to: "Package.swift")
        try write(api.schema, to: "Sources/Generated/Sample.client.yaml")
        // SwiftPM requires a Swift file in each target.
        try write("typealias Sample = SampleAPI\n", to: "Sources/Generated/Sample.swift")
        for (name, text) in api.handwritten { try write(text, to: "Sources/Handwritten/\(name)") }
        let catalog = Self.root.appendingPathComponent("Schemas/Benchmarks/Catalog.client.yaml")
        try write(try String(contentsOf: catalog, encoding: .utf8), to: "Sources/newcomer/Catalog.client.yaml")
        try write(Self.newcomer, to: "Sources/newcomer/Newcomer.swift")
        try write(Self.peer, to: "Sources/peer/Peer.swift")
    }

    func remove() {
        try? FileManager.default.removeItem(at: directory)
    }

    var schema: URL { directory.appendingPathComponent("Sources/Generated/Sample.client.yaml") }

    var log: URL { directory.appendingPathComponent("log.txt") }

    /// Returns the number of lines of the handwritten client after formatting.
    func handwrittenLines() throws -> Int {
        let sources = directory.appendingPathComponent("Sources/Handwritten")
        _ = try ChildProcess(arguments: ["swift", "format", "-i", "-r", sources.path], log: log).run()
        let files = try FileManager.default.contentsOfDirectory(at: sources, includingPropertiesForKeys: nil)
        return try files.map(lineCount(of:)).reduce(0, +)
    }

    func lineCount(of file: URL) throws -> Int {
        try Data(contentsOf: file).count { $0 == UInt8(ascii: "\n") }
    }

    /// Runs `swift build`, and prints its arguments to the standard error, since some builds take minutes.
    func build(_ configuration: Configuration, _ options: String...) throws -> ChildProcess.Usage {
        let place = [
            "--package-path", directory.path, "--scratch-path", directory.appendingPathComponent("build").path,
        ]
        let arguments = ["swift", "build", "-c", configuration.rawValue] + place + options
        let progress = "swift build -c \(configuration) \(options.joined(separator: " "))\n"
        try FileHandle.standardError.write(contentsOf: Data(progress.utf8))
        return try ChildProcess(arguments: arguments, log: log).run()
    }

    /// Removes all build products.
    func clean() {
        try? FileManager.default.removeItem(at: directory.appendingPathComponent("build"))
    }

    /// The file of a product.
    func product(_ name: String, _ configuration: Configuration) -> URL {
        directory.appendingPathComponent("build/\(configuration)/\(name)")
    }

    /// The generator, which SwiftPM has built for the plugin.
    func generator(_ configuration: Configuration) -> URL {
        product("countersign-generate-tool", configuration)
    }

    private func write(_ text: String, to path: String) throws {
        let file = directory.appendingPathComponent(path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: file)
    }

    private static var manifest: String {
        """
        // swift-tools-version: 6.2

        import PackageDescription

        let countersign = Target.Dependency.product(name: "Countersign", package: "countersign")
        let plugin = Target.PluginUsage.plugin(name: "CountersignPlugin", package: "countersign")

        let package = Package(
            name: "adopter",
            platforms: [.macOS(.v15)],
            dependencies: [.package(name: "countersign", path: "\(root.path)")],
            targets: [
                .executableTarget(name: "newcomer", dependencies: [countersign], plugins: [plugin]),
                .executableTarget(name: "peer"),
                .target(name: "Generated", dependencies: [countersign], plugins: [plugin]),
                .target(name: "Handwritten"),
            ]
        )

        """
    }

    /// A program that makes one call to the server in its argument.
    private static let newcomer = """
        import Countersign

        @main
        enum Newcomer {
            static func main() async throws {
                let server = CommandLine.arguments[1]
                let credentials = ClientCredentials.secret(id: "newcomer", SecretValue("s3cret"))
                    .tokenEndpoint(server + "/token/bearer")
                let catalog = CatalogAPI(main: credentials, bound: credentials, server: server)
                print(try await catalog.itemByBearer(id: "it_1").name)
            }
        }

        """

    /// A program that makes the same call with Foundation, without a token.
    private static let peer = """
        import Foundation

        #if canImport(FoundationNetworking)
        import FoundationNetworking
        #endif

        struct Item: Codable {
            let id, name, description: String
            let amount: Int
            let available: Bool
        }

        @main
        enum Peer {
            static func main() async throws {
                guard let url = URL(string: CommandLine.arguments[1] + "/items/it_1") else { return }
                let (data, _) = try await URLSession.shared.data(from: url)
                print(try JSONDecoder().decode(Item.self, from: data).name)
            }
        }

        """
}
