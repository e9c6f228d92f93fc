import Foundation

/// A running StoreProbe, another process that uses a store.
final class Probe: @unchecked Sendable {
    // Unchecked: a `Process` is not Sendable; ours is started in `init` and then only asked for its end and its number.
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    struct Failure: Error {
        let reason: String
    }

    /// Starts a probe.
    ///
    /// - Parameter tracer: A command that runs it, with its options.
    init(_ command: String, _ folder: String, _ entry: String, under tracer: [String] = []) throws {
        // The build puts it beside the program that runs the tests.
        let tests = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        let words = tracer + [tests.appending(path: "StoreProbe").path, command, folder, entry]
        process.executableURL = URL(filePath: words[0])
        process.arguments = Array(words.dropFirst())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    deinit { kill() }

    func kill() { signal(SIGKILL) }

    func signal(_ number: Int32) {
        if process.processIdentifier > 0, process.isRunning { Foundation.kill(process.processIdentifier, number) }
    }

    /// Writes a line to its standard input; one that is dead does not read it.
    func say(_ line: String) {
        try? input.fileHandleForWriting.write(contentsOf: Data("\(line)\n".utf8))
    }

    /// Ends its standard input.
    func endInput() throws { try input.fileHandleForWriting.close() }

    /// The next line it writes; `nil` at the end.
    ///
    /// It is waited for on a thread of its own.
    func line() async -> String? {
        await onThread {
            var bytes: [UInt8] = []
            while let byte = try? self.output.fileHandleForReading.read(upToCount: 1)?.first {
                if byte == 0x0A { return String(decoding: bytes, as: UTF8.self) }
                bytes.append(byte)
            }
            return nil
        }
    }

    /// Whatever it still writes, once it is dead.
    func rest() async -> [String] {
        await onThread {
            let data = (try? self.output.fileHandleForReading.readToEnd()) ?? Data()
            self.process.waitUntilExit()
            return String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: true)
                .map(String.init)
        }
    }

    private func onThread<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: work()) }
        }
    }
}
