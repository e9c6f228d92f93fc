import Foundation

/// A TLS server with a certificate of its own for the name `localhost`, made by the `openssl` command.
final class TLSServer: Sendable {
    /// The path of the command, `nil` when it is not installed.
    static let openssl = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .map { "\($0)/openssl" }
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    let port: Int
    let certificateFile: String
    private let folder: URL
    private let processIdentifier: Int32

    struct Failure: Error {
        var reason: String
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
        // "ACCEPT 127.0.0.1:41234" tells that it listens, and where.
        var text = ""
        while !text.contains("ACCEPT") || !text.hasSuffix("\n") {
            let data = server.output.availableData
            guard !data.isEmpty else { throw Failure(reason: "openssl s_server does not start: \(text)") }
            text += String(decoding: data, as: UTF8.self)
        }
        let digits = text.trimmingCharacters(in: .whitespacesAndNewlines).components(separatedBy: ":").last
        guard let port = digits.flatMap({ Int($0) }) else { throw Failure(reason: text) }
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
        guard let openssl else { throw Failure(reason: "openssl is not installed") }
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
