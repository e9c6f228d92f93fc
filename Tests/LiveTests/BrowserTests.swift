import Foundation
import Testing

/// The example program WebSignIn in a real browser.
@Suite(.liveServers, .chromium, .timeLimit(.minutes(10)))
struct BrowserTests {
    @Test("In Chromium, a user signs in at glewlwyd, makes calls before and after expiry, and signs out")
    func journey() async throws {
        // The example is in the same folder as the test executable.
        let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "WebSignIn")
        let folder = FileManager.default.temporaryDirectory.appending(path: "countersign-screenshots-\(UUID())")
        let process = Process()
        process.executableURL = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Browser/journey")
        process.arguments = [program.path, folder.path]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                let data = (try? output.fileHandleForReading.readToEnd()) ?? Data()
                process.waitUntilExit()
                continuation.resume(returning: String(decoding: data, as: UTF8.self))
            }
        }
        #expect(process.terminationStatus == 0, "\(text)")
        // After a failure, the screenshots help to find the cause.
        if process.terminationStatus == 0 { try FileManager.default.removeItem(at: folder) }
    }
}

extension Trait where Self == ConditionTrait {
    /// The condition of tests that require a browser.
    static var chromium: Self {
        .enabled(
            if: ["chromium", "chromedriver"].allSatisfy {
                FileManager.default.isExecutableFile(atPath: "/usr/bin/\($0)")
            },
            "requires Chromium: the Debian packages chromium and chromium-driver"
        )
    }
}
