import Countersign
import Foundation
import TestSupport
import Testing

/// The process of glewlwyd, which can be suspended, killed and restarted.
final class RunningServer {
    private let description: LiveServers.ServerProcess
    private var id: pid_t

    init(_ process: LiveServers.ServerProcess) {
        description = process
        // The newest process that was started with this configuration.
        let ids = (try? String(contentsOfFile: process.list, encoding: .utf8))?.split(separator: "\n").compactMap {
            Int32($0)
        }
        id = (ids ?? []).last { Self.arguments(of: $0).contains(process.configuration) } ?? process.id
    }

    deinit { resume() }

    func suspend() { Foundation.kill(id, SIGSTOP) }

    func resume() { Foundation.kill(id, SIGCONT) }

    /// Kills the process and waits until its port is closed.
    func kill() async throws {
        let configuration = try String(contentsOfFile: description.configuration, encoding: .utf8)
        let port = try #require(configuration.firstMatch(of: /port=([0-9]+)/)?.output.1)
        let address = try HTTP.URL("http://127.0.0.1:\(port)/")
        Foundation.kill(id, SIGKILL)
        try await waitUntil("port \(port) of glewlwyd is closed", checkingEvery: .milliseconds(10)) {
            do throws(HTTP.TransportError) {
                _ = try await CurlTransport.shared.send(HTTP.Request(url: address))
                return false
            } catch {
                return error.kind == .connect
            }
        }
    }

    func restart() throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["glewlwyd", "--config-file", description.configuration]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        id = process.processIdentifier
        // `Servers/down` stops all processes on the list.
        let list = try FileHandle(forWritingTo: URL(filePath: description.list))
        try list.seekToEnd()
        try list.write(contentsOf: Data("\(id)\n".utf8))
        try list.close()
    }

    /// Returns the command line of a process; empty if the process has ended.
    private static func arguments(of id: pid_t) -> String {
        (try? String(contentsOfFile: "/proc/\(id)/cmdline", encoding: .utf8)) ?? ""
    }
}
