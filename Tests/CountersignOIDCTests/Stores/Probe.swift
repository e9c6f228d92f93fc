import Foundation
import Testing

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

    /// The longest wait for a line, in milliseconds: long, because a busy machine must not fail a test.
    private static let lineTimeout: Int32 = 600_000

    /// Returns the next line of the standard output; nil at its end.
    func line() async -> String? {
        let (line, isLate) = await onThread { () -> (String?, Bool) in
            var bytes: [UInt8] = []
            while true {
                var descriptor = pollfd(
                    fd: self.output.fileHandleForReading.fileDescriptor,
                    events: Int16(POLLIN),
                    revents: 0
                )
                let count = poll(&descriptor, 1, Self.lineTimeout)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return (nil, true) }
                guard let byte = try? self.output.fileHandleForReading.read(upToCount: 1)?.first else {
                    return (nil, false)
                }
                if byte == 0x0A { return (String(decoding: bytes, as: UTF8.self), false) }
                bytes.append(byte)
            }
        }
        if isLate { Issue.record("StoreProbe wrote no line within \(Self.lineTimeout / 1000) s") }
        return line
    }

    /// Returns the remaining output after the probe has ended.
    ///
    /// - Parameter timeout: The longest wait for its end. A probe that runs longer is killed, which is an issue.
    func rest(within timeout: Duration = .seconds(600)) async -> [String] {
        let limit = Task {
            try await Task.sleep(for: timeout)
            Issue.record("StoreProbe did not end within \(timeout)")
            kill()
        }
        defer { limit.cancel() }
        return await onThread {
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
