import Foundation
import Testing

/// A document of this package.
enum Article {
    static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static func text(_ path: String) throws -> String {
        try String(contentsOf: package.appending(path: path), encoding: .utf8)
    }

    /// Its lines of Swift, without comments.
    static func swift(_ text: String) -> [String] {
        text.matches(of: /(?ms)^```swift\n(.*?)^```$/).flatMap { code($0.output.1) }
    }

    /// Lines without their comments, and without what a test must have and a reader need not see.
    static func code(_ text: Substring) -> [String] {
        text.split(separator: "\n").compactMap { line in
            let code = line.replacing(/(^|\s)\/\/.*$/, with: "")
                .replacing(/, runtime: [rR]untime\b/, with: "")
                .replacing(#/\b(private|static)\s+/#, with: "")
                .trimmingCharacters(in: .whitespaces)
            return code.isEmpty ? nil : code
        }
    }
}

@Suite("The articles about users")
struct ArticleLinesTests {
    private static let compiled = [
        "Tests/LanguageTests/Articles", "Tests/CountersignOIDCTests/SignIn", "Tests/CountersignTestingTests/Users",
    ]

    private static func compiledLines() throws -> Set<String> {
        var lines: Set<String> = []
        for folder in compiled {
            let url = Article.package.appending(path: folder)
            for file in try FileManager.default.contentsOfDirectory(at: url, includingPropertiesForKeys: nil)
            where file.pathExtension == "swift" {
                lines.formUnion(Article.code(try String(contentsOf: file, encoding: .utf8)[...]))
            }
        }
        return lines
    }

    @Test(
        "Every line of Swift in them is compiled by a test",
        arguments: [
            "Sources/CountersignOIDC/CountersignOIDC.docc/CountersignOIDC.md",
            "Sources/CountersignOIDC/CountersignOIDC.docc/KeepingUsersSignedIn.md",
            "Sources/CountersignOIDC/CountersignOIDC.docc/ACommandLineTool.md",
            "Sources/CountersignOIDC/CountersignOIDC.docc/OnBehalfOfCallers.md",
            "Sources/CountersignTesting/CountersignTesting.docc/SigningInUsers.md",
        ]
    )
    func articles(_ path: String) throws {
        let lines = Article.swift(try Article.text(path))
        #expect(!lines.isEmpty)
        let compiled = try Self.compiledLines()
        for line in lines where !compiled.contains(line) { Issue.record("\(path): \(line)") }
    }

    @Test("Every line of Swift in the README is compiled by a test")
    func readme() throws {
        let text = try Article.text("README.md").replacing(#/(?s)```swift\n// swift-tools-version.*?\n```\n/#, with: "")
        let lines = Article.swift(text)
        #expect(lines.count > 30)
        let compiled = try Self.compiledLines().union(["import Countersign"])
        for line in lines where !compiled.contains(line) { Issue.record("README.md: \(line)") }
    }

    @Test("The README's schema is the one that its sample is compiled with")
    func readmeSchema() throws {
        let text = try Article.text("README.md")
        let schema = try #require(text.firstMatch(of: /(?ms)^```yaml\n(client: CatalogAPI\n.*?)^```$/)?.output.1)
        let compiled = try Article.text("Tests/LanguageTests/Articles/ReadmeCatalog.client.yaml")
        #expect(compiled.hasSuffix(schema.replacing("client: CatalogAPI", with: "client: ReadmeCatalogAPI")))
    }
}
