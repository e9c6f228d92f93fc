@testable import CountersignSchema
import Testing

extension Schema {
    /// Reads a schema from text.
    static func read(_ text: String, path: String = "a.client.yaml") -> (schema: Schema?, diagnostics: [Diagnostic]) {
        read(path: path, bytes: Array(text.utf8))
    }

    /// Returns the operation with a name; throws if there is none.
    func operation(_ name: String) throws -> Operation {
        try #require(operations.first { $0.name == name })
    }
}

/// Returns the schema of a text, in which unsupported constructs are allowed; nil if the text has errors.
func parsedSchema(_ text: String, path: String = "a.client.yaml") -> Schema? {
    Schema.read(path: path, bytes: Array(text.utf8), unsupported: []).schema
}
