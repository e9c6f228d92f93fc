import Foundation

/// A running StoreProbe: another process that uses a store.
final class Probe: @unchecked Sendable {
    // Unchecked because `Process` is not Sendable: it is started in `init`, and afterwards only its identifier and its state
    // are read.
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    /// Starts a probe.
    ///
    /// - Parameter tracer: A command with options that runs the probe.
    init(_ command: String, _ folder: String, _ entry: String, under tracer: [String] = []) throws {
        // The build puts the probe beside the test program.
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

    /// Writes a line to the standard input; ignored if the probe has ended.
    func writeLine(_ line: String) {
        try? input.fileHandleForWriting.write(contentsOf: Data("\(line)\n".utf8))
    }

    /// Closes the standard input.
    func endInput() throws { try input.fileHandleForWriting.close() }

    /// Returns the next line of the standard output; nil at its end.
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

    /// Returns the remaining output after the probe has ended.
    func rest() async -> [String] {
        await onThread {
            let data = (try? self.output.fileHandleForReading.readToEnd()) ?? Data()
            self.process.waitUntilExit()
            return String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: true)
                .map(String.init)
        }
    }

    /// Runs a blocking operation on a new thread.
    private func onThread<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: work()) }
        }
    }
}
