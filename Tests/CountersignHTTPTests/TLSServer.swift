import Dispatch
import Foundation

/// A TLS server with a self-signed certificate for `localhost`, run by the command `openssl`.
final class TLSServer: Sendable {
    /// The path of the command; `nil` if it is not installed.
    static let openssl = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .map { "\($0)/openssl" }
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    let port: Int
    let certificateFile: String
    private let folder: URL
    private let processIdentifier: Int32

    struct Failure: Error {
        var message: String
    }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        certificateFile = folder.appending(path: "certificate.pem").path
        let key = folder.appending(path: "key.pem").path
        let makeCertificate = try Self.start([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key,
            "-out", certificateFile,
        ])
        makeCertificate.process.waitUntilExit()
        let server = try Self.start([
            "s_server", "-accept", "127.0.0.1:0", "-cert", certificateFile, "-key", key, "-www",
        ])
        processIdentifier = server.process.processIdentifier
        // Ends the read below if the server does not start.
        let watchdog = DispatchWorkItem { [processIdentifier] in kill(processIdentifier, SIGKILL) }
        DispatchQueue.global().asyncAfter(deadline: .now() + 60, execute: watchdog)
        defer { watchdog.cancel() }
        // The server prints its address: "ACCEPT 127.0.0.1:41234".
        var text = ""
        while !text.contains("ACCEPT") || !text.hasSuffix("\n") {
            let data = server.output.availableData
            guard !data.isEmpty else { throw Failure(message: "openssl s_server did not start: \(text)") }
            text += String(decoding: data, as: UTF8.self)
        }
        let digits = text.trimmingCharacters(in: .whitespacesAndNewlines).components(separatedBy: ":").last
        guard let port = digits.flatMap({ Int($0) }) else {
            throw Failure(message: "openssl s_server printed no port: \(text)")
        }
        self.port = port
    }

    deinit {
        kill(processIdentifier, SIGKILL)
        try? FileManager.default.removeItem(at: folder)
    }

    var certificate: [UInt8] {
        get throws { Array(try Data(contentsOf: URL(filePath: certificateFile))) }
    }

    private static func start(_ arguments: [String]) throws -> (process: Process, output: FileHandle) {
        guard let openssl else { throw Failure(message: "openssl is not installed") }
        let (process, pipe) = (Process(), Pipe())
        process.executableURL = URL(filePath: openssl)
        process.arguments = arguments
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        return (process, pipe.fileHandleForReading)
    }
}
