@testable import CountersignGenerator
import Testing

@Suite("Documentation comments")
struct DocumentationCommentTests {
    @Test(
        "A comment starts with a summary of one sentence and keeps the author's paragraphs",
        arguments: [
            (["Fetches one item"], ["Fetches one item."]),
            (["Fetches one item. It may take a while."], ["Fetches one item.", "", "It may take a while."]),
            (["Uses e.g. tokens."], ["Uses e.g. tokens."]),
            (["Really?"], ["Really?"]),
            (["First.\n\n\nSecond.", "Third."], ["First.", "", "Second.", "", "Third."]),
            (["Two lines\nof one sentence"], ["Two lines of one sentence."]),
            (["", "  ", "Text."], ["Text."]),
            ([], []),
        ]
    )
    func paragraphs(texts: [String], lines: [String]) {
        #expect(DocumentationComment.lines(of: texts, parameters: [], width: 80) == lines)
    }

    @Test("Long lines are wrapped between words; those of parameters are indented")
    func wrapping() {
        let lines = DocumentationComment.lines(
            of: ["one two three four"],
            parameters: [("id", "one two three four"), ("x", "")],
            width: 16
        )
        #expect(
            lines == ["one two three", "four.", "", "- Parameters:", "  - id: one two", "    three four"]
        )
    }
}
