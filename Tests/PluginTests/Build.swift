import Foundation

/// `swift build` of one of the packages beside this file, as an adopter would run it.
struct Build {
    let status: Int32
    let output: String

    static let packages = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Packages")

    static func target(_ target: String, of package: String) throws -> Build {
        try swift(["build", "--target", target], package)
    }

    /// Builds an executable and runs it.
    static func running(_ product: String, of package: String) throws -> Build {
        try swift(["run"], package, [product])
    }

    private static func swift(_ command: [String], _ package: String, _ arguments: [String] = []) throws -> Build {
        // A folder of its own: the build that runs the tests holds the lock on the usual one, and two root packages in one
        // folder are taken for each other.
        let root = packages.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            ["swift"] + command + ["--package-path", packages.appending(path: package).path]
            + ["--scratch-path", root.appending(path: ".build/plugin-tests/\(package)").path] + arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Build(status: process.terminationStatus, output: String(decoding: output, as: UTF8.self))
    }
}
