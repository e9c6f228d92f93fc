import Foundation
import Testing

/// A copy of the package `Shop` that a test can change.
///
/// It is in a folder at the same depth as the original, so that the relative path of its dependency is valid.
struct Shop {
    enum BuildSystem: String {
        case native, swiftbuild
    }

    static let mayUseSwiftBuild = ProcessInfo.processInfo.environment["COUNTERSIGN_SWIFTBUILD"] == "1"
    static let swiftBuild: Comment = """
        the preview of Swift Build in Swift 6.3.1 sometimes crashes in libdispatch before it runs a plugin; \
        set COUNTERSIGN_SWIFTBUILD=1 to run these tests
        """

    let folder: URL
    let system: BuildSystem

    init(_ system: BuildSystem) throws {
        self.system = system
        folder = Build.root.appending(path: ".build/plugin-tests/packages/Shop-\(system)")
        try? FileManager.default.removeItem(at: folder)
        try FileManager.default.createDirectory(
            at: folder.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try FileManager.default.copyItem(at: Build.packages.appending(path: "Shop"), to: folder)
    }

    /// Builds the till with verbose output.
    func build() throws -> Build {
        try Build.swift(["build", "--build-system", system.rawValue, "--product", "Till", "--verbose"], in: folder)
    }

    /// Runs the till, and returns the last line of its output.
    func till() throws -> String {
        let command = ["run", "--build-system", system.rawValue, "--skip-build"]
        let run = try Build.swift(command, in: folder, arguments: ["Till"])
        return run.output.split(separator: "\n").last.map(String.init) ?? ""
    }

    func write(_ text: String, to file: String) throws {
        let file = folder.appending(path: file)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    func replace(_ old: String, by new: String, in file: String) throws {
        let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
        try write(text.replacing(old, with: new), to: file)
    }

    func move(_ old: String, to new: String) throws {
        try FileManager.default.moveItem(at: folder.appending(path: old), to: folder.appending(path: new))
    }

    func remove(_ file: String) throws {
        try FileManager.default.removeItem(at: folder.appending(path: file))
    }
}

extension Build {
    /// The schemas for which the tool ran.
    var generated: Set<String> {
        Set(output.matches(of: /\/([^\/\s]+) --output/).map { String($0.output.1) })
    }

    /// The modules of the package that were compiled.
    var compiled: Set<String> {
        Set(output.matches(of: /-module-name (Store|Till)\b/).map { String($0.output.1) })
    }
}
