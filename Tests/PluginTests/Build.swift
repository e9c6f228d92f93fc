import Foundation

/// `swift build` of one of the packages beside this file, as an adopter would run it.
struct Build {
    let status: Int32
    let output: String

    /// The packages build one after the other into one folder of their own: the build that runs the tests holds a lock
    /// on the usual one, and Countersign itself need be built only once.
    private static let scratch = packageRoot.appending(path: ".build/plugin-tests").path

    static let packages = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Packages")
    private static let packageRoot =
        packages.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func package(_ name: String) throws -> Build {
        try run(["build", "--package-path", packages.appending(path: name).path, "--scratch-path", scratch])
    }

    /// Builds and runs an executable of a package.
    static func executable(_ product: String, of name: String) throws -> Build {
        try run(["run", "--package-path", packages.appending(path: name).path, "--scratch-path", scratch, product])
    }

    private static func run(_ arguments: [String]) throws -> Build {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["swift"] + arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Build(status: process.terminationStatus, output: String(decoding: output, as: UTF8.self))
    }
}
