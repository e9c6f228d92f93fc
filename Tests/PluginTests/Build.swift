import Foundation

/// The result of one `swift build` or `swift run` of a package, as an adopter would run it.
struct Build {
    let status: Int32
    let output: String

    static let packages = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Packages")
    static let root = packages.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Builds one target of a test package.
    static func target(_ target: String, of package: String) throws -> Build {
        try swift(["build", "--target", target], in: packages.appending(path: package))
    }

    /// Builds and runs an executable of a test package.
    static func running(_ product: String, of package: String) throws -> Build {
        try swift(["run"], in: packages.appending(path: package), arguments: [product])
    }

    /// - Parameters:
    ///   - command: The subcommand and its options.
    ///   - package: The folder of the package.
    ///   - arguments: The arguments after all options.
    static func swift(_ command: [String], in package: URL, arguments: [String] = []) throws -> Build {
        // Each package has its own folder: the build that runs the tests holds the lock on the default one, and SwiftPM
        // confuses two root packages in one folder.
        let scratch = root.appending(path: ".build/plugin-tests/\(package.lastPathComponent)")
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            ["swift"] + command + ["--package-path", package.path, "--scratch-path", scratch.path] + arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Build(status: process.terminationStatus, output: String(decoding: output, as: UTF8.self))
    }
}
