import Foundation
import Testing

/// The adapters to other packages, compiled with stand-ins that have the signatures of those packages.
///
/// The stand-ins are modules with the names of the packages' modules. They are compiled here and not by SwiftPM, which
/// would let them collide with the real ones in an adopter's package graph.
@Suite("Adapters to other packages", .serialized, .timeLimit(.minutes(15)))
struct AdapterTests {
    private static let here = URL(filePath: #filePath).deletingLastPathComponent()
    private static let package = here.deletingLastPathComponent().deletingLastPathComponent()
    /// In the order of their imports.
    private static let standIns = [
        "Logging", "Metrics", "Tracing", "HTTPTypes", "OpenAPIRuntime", "UnixSignals", "ServiceLifecycle",
        "Hummingbird",
    ]

    @Test("Every adapter compiles, and every line of Swift in the articles about adapters is one of theirs")
    func adapters() throws {
        let modules = FileManager.default.temporaryDirectory.appending(path: "stand-ins-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: modules, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: modules) }
        for name in Self.standIns {
            let source = Self.here.appending(path: "StandIns/\(name).swift")
            let module = modules.appending(path: "\(name).swiftmodule")
            try Self.compile(source, as: name, modules, ["-emit-module", "-emit-module-path", module.path])
        }
        var lines: Set<String> = []
        for adapter in try Self.files(in: "Adapters") {
            try Self.compile(adapter, as: "Adapter", modules, ["-typecheck"])
            lines.formUnion(Self.code(try String(contentsOf: adapter, encoding: .utf8)[...]))
        }
        for path in [
            "Sources/Countersign/Countersign.docc/Integrations.md",
            "Sources/CountersignOIDC/CountersignOIDC.docc/Hummingbird.md",
        ] {
            let text = try String(contentsOf: Self.package.appending(path: path), encoding: .utf8)
            let samples = text.matches(of: /(?ms)^```swift\n(.*?)^```$/).flatMap { Self.code($0.output.1) }
            #expect(samples.count > 20)
            for line in samples where !lines.contains(line) { Issue.record("\(path): \(line)") }
        }
    }

    private static func files(in folder: String) throws -> [URL] {
        let folder = here.appending(path: folder)
        return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "swift" }
    }

    private static func code(_ text: Substring) -> [String] {
        text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty && !$0.hasPrefix("//") }
    }

    /// The folder with the modules of this package: that of the build which runs the tests.
    private static let builtModules = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        .appending(path: "Modules")

    private static func compile(_ source: URL, as module: String, _ modules: URL, _ options: [String]) throws {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            [
                "swiftc", "-swift-version", "6", "-parse-as-library", "-warnings-as-errors", "-module-name", module,
                "-enable-upcoming-feature", "InternalImportsByDefault",
                "-enable-upcoming-feature", "MemberImportVisibility",
                "-I", modules.path, "-I", builtModules.path,
                "-I", package.appending(path: "Sources/CCurl").path,
                "-I", package.appending(path: "Sources/COpenSSL").path,
            ] + options + [source.path]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(
            process.terminationStatus == 0,
            "\(source.lastPathComponent): \(String(decoding: output, as: UTF8.self))"
        )
    }
}
