@testable import CountersignSchema
import Foundation
import Testing

/// Checks of the articles about the schema language.
@Suite("The articles")
struct DocumentationTests {
    static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func text(_ article: String) throws -> String {
        let folder = article == "README" ? "" : "Sources/Countersign/Countersign.docc/"
        let file = package.appending(path: "\(folder)\(article).md")
        return try String(contentsOf: file, encoding: .utf8)
    }

    /// Completes a snippet that leaves out required parts of a schema.
    private static func completed(_ snippet: Substring) -> String {
        func lacks(_ key: String) -> Bool { !snippet.split(separator: "\n").contains { $0.hasPrefix("\(key):") } }
        var text = String(snippet)
        if lacks("client") { text = "client: ExampleAPI\n" + text }
        if lacks("server"), lacks("servers") { text = "server: https://api.example.com\n" + text }
        if lacks("operations") { text += "\noperations: { ping: { get: /ping, returns: nothing } }\n" }
        return text
    }

    static func snippets(_ article: String) throws -> [String] {
        try text(article).matches(of: /(?ms)^```yaml\n(.*?)^```$/).map { completed($0.output.1) }
    }

    @Test("Every schema in an article is valid for the validator and for the JSON Schema")
    func snippetsAreValid() throws {
        let schema = try ClientSchemaTests().schema
        for (article, count) in [("SchemaLanguage", 13), ("YourFirstClient", 2), ("README", 2)] {
            let snippets = try Self.snippets(article)
            #expect(snippets.count >= count)
            for snippet in snippets {
                let diagnostics = Schema.read(path: "a.client.yaml", bytes: Array(snippet.utf8), unsupported: [])
                    .diagnostics
                #expect(diagnostics == [], "\(article):\n\(snippet)")
                #expect(try schema.accepts(ClientSchemaTests.instance(snippet)), "\(article):\n\(snippet)")
            }
        }
    }

    @Test("Exactly the unsupported constructs are listed as not supported yet")
    func listsWhatIsNotSupported() throws {
        let list = try #require(try Self.text("SchemaLanguage").components(separatedBy: "## Not supported yet\n").last)
        let listed = list.split(separator: "\n").filter { $0.hasPrefix("- ") }.map {
            String($0.dropFirst(2)).replacing("`", with: "'")
        }
        #expect(Set(listed) == Set(UnsupportedConstruct.allCases.map(\.rawValue)))
    }

    @Test("The reference mentions every key of the language")
    func namesEveryKey() throws {
        let text = try Self.text("SchemaLanguage")
        let words = Set(text.split { !$0.isLetter && !$0.isNumber }.map { String($0) })
        for key in ClientSchemaTests.keys where !["tags", "proof"].contains(key) {
            #expect(words.contains(String(key.drop { $0 == "$" })), "'\(key)'")
        }
    }
}
