import Foundation
import Testing

/// The articles of this package.
enum Article {
    static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static func text(_ path: String) throws -> String {
        try String(contentsOf: package.appending(path: path), encoding: .utf8)
    }

    /// The lines of Swift in a text, without comments and without package manifests.
    static func swift(_ text: String) -> [String] {
        text.matches(of: /(?ms)^```swift\n(.*?)^```$/).map(\.output.1)
            .filter { !$0.hasPrefix("// swift-tools-version") && !$0.hasPrefix(".executableTarget(") }
            .flatMap { code($0) }
    }

    /// Lines without their comments, and without the parts that only a test needs.
    static func code(_ text: Substring) -> [String] {
        text.split(separator: "\n").compactMap { line in
            let code = line.replacing(/(^|\s)\/\/.*$/, with: "")
                .replacing(/, runtime: (?:Countersign)?[rR]untime\b/, with: "")
                .replacing(#/\b(private|static)\s+/#, with: "")
                .trimmingCharacters(in: .whitespaces)
            return code.isEmpty ? nil : code
        }
    }
}

@Suite("Samples of the articles")
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
        "Every line of Swift in an article is compiled by a test",
        arguments: [
            "Sources/Countersign/Countersign.docc/YourFirstClient.md",
            "Sources/Countersign/Countersign.docc/MakingCalls.md",
            "Sources/Countersign/Countersign.docc/SchemaLanguage.md",
            "Sources/Countersign/Countersign.docc/TestingClients.md",
            "Sources/Countersign/Countersign.docc/TokensOfYourOwn.md",
            "Sources/CountersignOIDC/CountersignOIDC.docc/CountersignOIDC.md",
            "Sources/CountersignOIDC/CountersignOIDC.docc/KeepingUsersSignedIn.md",
            "Sources/CountersignOIDC/CountersignOIDC.docc/ACommandLineTool.md",
            "Sources/CountersignOIDC/CountersignOIDC.docc/OnBehalfOfCallers.md",
            "Sources/CountersignLoopback/CountersignLoopback.docc/CountersignLoopback.md",
            "Sources/CountersignTesting/CountersignTesting.docc/CountersignTesting.md",
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
        let lines = Article.swift(try Article.text("README.md"))
        #expect(lines.count > 20)
        let compiled = try Self.compiledLines()
        for line in lines where !compiled.contains(line) { Issue.record("README.md: \(line)") }
    }

    @Test("The README's schema is the one that its sample is compiled with")
    func readmeSchema() throws {
        let text = try Article.text("README.md")
        let schema = try #require(text.firstMatch(of: /(?ms)^```yaml\n(client: CatalogAPI\n.*?)^```$/)?.output.1)
        let compiled = try Article.text("Tests/LanguageTests/Articles/ReadmeCatalog.client.yaml")
        #expect(compiled.hasSuffix(schema.replacing("client: CatalogAPI", with: "client: ReadmeCatalogAPI")))
    }

    @Test(
        "Every file and folder that the articles for contributors name exists",
        arguments: ["Architecture", "Contributing"]
    )
    func paths(article: String) throws {
        let text = try Article.text("Sources/Countersign/Countersign.docc/\(article).md")
        let paths = text.matches(of: /`([\w.+-]+(?:\/[\w.+-]+)+)`/).map(\.output.1).filter { !$0.hasPrefix(".build/") }
        #expect(paths.count > 10)
        for path in paths {
            let places = [Article.package, Article.package.appending(path: "Sources")]
            let exists = places.contains { FileManager.default.fileExists(atPath: $0.appending(path: path).path) }
            #expect(exists, "\(article).md: \(path)")
        }
    }
}
