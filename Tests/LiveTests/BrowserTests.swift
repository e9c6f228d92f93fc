import Foundation
import Testing

/// The example program WebSignIn in a real browser.
@Suite(.liveServers, .chromium, .timeLimit(.minutes(10)))
struct BrowserTests {
    @Test("In Chromium, a user signs in at glewlwyd, makes calls before and after expiry, and signs out")
    func journey() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "countersign-screenshots-\(UUID())")
        let (status, text) = try await run("journey", folder.path)
        #expect(status == 0, "\(text)")
        // After a failure, the screenshots help to find the cause.
        if status == 0 { try FileManager.default.removeItem(at: folder) }
    }

    @Test("In Chromium, a cookie that a neighboring host forges does not sign a user in as somebody else")
    func forgedCookies() async throws {
        let (status, text) = try await run("cookies")
        #expect(status == 0, "\(text)")
    }

    /// Runs a program of the folder Browser with the path of WebSignIn, and returns its status and output.
    private func run(_ name: String, _ arguments: String...) async throws -> (Int32, String) {
        // The example is in the same folder as the test executable.
        let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "WebSignIn")
        let process = Process()
        process.executableURL = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Browser/\(name)")
        process.arguments = [program.path] + arguments
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
        return (process.terminationStatus, text)
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
