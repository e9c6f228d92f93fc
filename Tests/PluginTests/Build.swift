import Foundation

/// One `swift build` or `swift run` of a package, as an adopter would run it.
struct Build {
    let status: Int32
    let output: String

    static let packages = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Packages")
    static let root = packages.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func target(_ target: String, of package: String) throws -> Build {
        try swift(["build", "--target", target], packages.appending(path: package))
    }

    /// Builds an executable and runs it.
    static func running(_ product: String, of package: String) throws -> Build {
        try swift(["run"], packages.appending(path: package), [product])
    }

    /// - Parameters:
    ///   - command: The command and its options.
    ///   - package: The folder of the package.
    ///   - scratch: The name of the folder of build products; that of the package if it is nil.
    ///   - arguments: What follows the options.
    static func swift(
        _ command: [String],
        _ package: URL,
        scratch: String? = nil,
        _ arguments: [String] = []
    ) throws -> Build {
        // A folder of its own: the build that runs the tests holds the lock on the usual one, and two root packages in one
        // folder are taken for each other.
        let scratch = root.appending(path: ".build/plugin-tests/\(scratch ?? package.lastPathComponent)")
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
