import Foundation
import Testing

/// Comparisons with whole files in `Snapshots`, so that reviews show how a change of the generator changes its output.
///
/// Each process orders its dictionaries differently, so these tests also show that the output does not depend on that.
@Suite("Snapshots")
struct SnapshotTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Snapshots")
    private static let names = ["Catalog", "Everything", "Calls", "Orders", "Library", "Relay", "Screens"]
    private static let isRecording = ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] != nil

    @Test("The generated source equals the snapshot", arguments: names)
    func snapshot(name: String) throws {
        let schema = try String(contentsOf: Self.folder.appending(path: "\(name).client.yaml"), encoding: .utf8)
        let source = try generate(schema, fileName: "\(name).client.yaml")
        let file = Self.folder.appending(path: "\(name).client.swift")
        let expected = try? String(contentsOf: file, encoding: .utf8)
        guard Self.isRecording || expected == nil else {
            let difference = firstDifference(source, expected ?? "")
            #expect(
                difference == nil,
                "\(name): line \(difference ?? ""); to accept it, run RECORD_SNAPSHOTS=1 swift test --filter SnapshotTests"
            )
            return
        }
        try source.write(to: file, atomically: true, encoding: .utf8)
        Issue.record("recorded the snapshot \(name); run the test again without RECORD_SNAPSHOTS")
    }

    @Test("Generating twice produces the same bytes")
    func determinism() throws {
        let schema = try String(contentsOf: Self.folder.appending(path: "Everything.client.yaml"), encoding: .utf8)
        #expect(try generate(schema) == generate(schema))
    }

    @Test("The linter reports nothing in generated source")
    func lint() throws {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        let root = Self.folder.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        process.arguments =
            ["swift", "format", "lint", "--strict", "--configuration", root.appending(path: ".swift-format").path]
            + Self.names.map { Self.folder.appending(path: "\($0).client.swift").path }
        process.standardError = output
        try process.run()
        let findings = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(String(decoding: findings, as: UTF8.self))")
    }

    private func firstDifference(_ source: String, _ expected: String) -> String? {
        let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
        let others = expected.split(separator: "\n", omittingEmptySubsequences: false)
        for index in 0..<max(lines.count, others.count) {
            let line = index < lines.count ? lines[index] : "(missing)"
            let other = index < others.count ? others[index] : "(missing)"
            if line != other { return "\(index + 1) is '\(line)', not '\(other)'" }
        }
        return nil
    }
}
