@testable import CountersignSchema
import CountersignGenerator
import Testing

/// The source that a schema generates; a schema that is not valid fails the test.
func generate(_ yaml: String, fileName: String = "Test.client.yaml") throws -> String {
    let (schema, diagnostics) = Schema.parse(path: fileName, bytes: Array(yaml.utf8), unsupported: [])
    let errors = diagnostics.filter { $0.severity == .error }
    return try ClientSource.text(of: #require(schema, "\(errors)"), fileName: fileName)
}
