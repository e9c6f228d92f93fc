import Foundation
import Testing

/// The web example, in a real browser.
@Suite(.liveServers, .chromium, .timeLimit(.minutes(10)))
struct BrowserTests {
    @Test("In Chromium a user signs in at glewlwyd, calls, waits past expiry, calls again and signs out for good")
    func journey() async throws {
        // The build puts the example beside the program that runs the tests.
        let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "WebSignIn")
        let folder = FileManager.default.temporaryDirectory.appending(path: "countersign-screenshots-\(UUID())")
        let process = Process()
        process.executableURL = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Browser/journey")
        process.arguments = [program.path, folder.path]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let said = await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                let data = (try? output.fileHandleForReading.readToEnd()) ?? Data()
                process.waitUntilExit()
                continuation.resume(returning: String(decoding: data, as: UTF8.self))
            }
        }
        #expect(process.terminationStatus == 0, "\(said)")
        // They are for people to look at, when something is wrong.
        if process.terminationStatus == 0 { try FileManager.default.removeItem(at: folder) }
    }
}

extension Trait where Self == ConditionTrait {
    /// For tests that need a browser.
    static var chromium: Self {
        .enabled(
            if: ["chromium", "chromedriver"].allSatisfy {
                FileManager.default.isExecutableFile(atPath: "/usr/bin/\($0)")
            },
            "needs Chromium: the Debian packages chromium and chromium-driver"
        )
    }
}
