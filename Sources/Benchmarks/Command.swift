import Foundation

/// Another program that the benchmarks use, if it is installed.
struct Command {
    let executable: URL

    /// - Returns: nil when no directory of `PATH` has it.
    init?(_ name: String) {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        // Servers stand where an ordinary user's path does not look.
        let directories = path.split(separator: ":").map(String.init) + ["/usr/sbin"]
        let files = directories.map { URL(fileURLWithPath: $0).appendingPathComponent(name) }
        guard let found = files.first(where: { FileManager.default.isExecutableFile(atPath: $0.path) }) else {
            return nil
        }
        executable = found
    }

    /// What it prints, on either stream.
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

    /// The first line of what it prints about its version.
    static func version(of name: String, _ argument: String) -> String {
        guard let command = Command(name), let text = try? command.output(argument) else {
            return "\(name): not installed"
        }
        return text.split(whereSeparator: \.isNewline).first.map(String.init) ?? name
    }
}
