import Foundation

/// Another installed program that the benchmarks use.
struct Command {
    let executable: URL

    /// Looks up a program by its name.
    ///
    /// - Returns: nil if no directory of `PATH` contains it.
    init?(_ name: String) {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        // Servers are installed outside of the PATH of ordinary users.
        let directories = path.split(separator: ":").map(String.init) + ["/usr/sbin"]
        let files = directories.map { URL(fileURLWithPath: $0).appendingPathComponent(name) }
        guard let found = files.first(where: { FileManager.default.isExecutableFile(atPath: $0.path) }) else {
            return nil
        }
        executable = found
    }

    /// Runs the program and returns its output on both streams.
    func output(_ arguments: String...) throws -> String {
        let pipe = Pipe()
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: output, as: UTF8.self)
    }

    /// Returns the first line of the version information of a program.
    static func version(of name: String, _ argument: String) -> String {
        guard let command = Command(name), let text = try? command.output(argument) else {
            return "\(name): not installed"
        }
        return text.split(whereSeparator: \.isNewline).first.map(String.init) ?? name
    }
}
