import Countersign
import Foundation
import Testing

/// glewlwyd as a process that can be stopped, killed and started again.
final class RunningServer {
    private let description: LiveServers.ServerProcess
    private var id: pid_t

    init(_ process: LiveServers.ServerProcess) {
        description = process
        // The newest that has been started with this configuration.
        let ids = (try? String(contentsOfFile: process.list, encoding: .utf8))?.split(separator: "\n").compactMap {
            Int32($0)
        }
        id = (ids ?? []).last { Self.arguments(of: $0).contains(process.configuration) } ?? process.id
    }

    deinit { goOn() }

    func stop() { Foundation.kill(id, SIGSTOP) }

    func goOn() { Foundation.kill(id, SIGCONT) }

    /// Kills it, and waits until nobody listens at its port any more.
    func kill() async throws {
        let configuration = try String(contentsOfFile: description.configuration, encoding: .utf8)
        let port = try #require(configuration.firstMatch(of: /port=([0-9]+)/)?.output.1)
        let address = try HTTP.URL("http://127.0.0.1:\(port)/")
        Foundation.kill(id, SIGKILL)
        for _ in 0..<500 {
            do throws(HTTP.TransportError) {
                _ = try await CurlTransport.shared.send(HTTP.Request(url: address))
            } catch {
                if error.kind == .connect { return }
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw LiveServers.Missing(what: "glewlwyd's end")
    }

    func restart() throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["glewlwyd", "--config-file", description.configuration]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        id = process.processIdentifier
        // So that it is stopped with the others.
        let list = try FileHandle(forWritingTo: URL(filePath: description.list))
        try list.seekToEnd()
        try list.write(contentsOf: Data("\(id)\n".utf8))
        try list.close()
    }

    /// The command line of a process; empty when it has ended.
    private static func arguments(of id: pid_t) -> String {
        (try? String(contentsOfFile: "/proc/\(id)/cmdline", encoding: .utf8)) ?? ""
    }
}
