import CountersignGenerator
@testable import CountersignSchema
import Testing

/// Returns the generated source of a schema; throws for an invalid schema.
func generate(_ schema: String, fileName: String = "Test.client.yaml") throws -> String {
    // Constructs that the schema side does not support yet are allowed, to test the generator on its own.
    let (schema, diagnostics) = Schema.read(path: fileName, bytes: Array(schema.utf8), unsupported: [])
    let errors = diagnostics.filter { $0.severity == .error }
    return try ClientSource.text(of: #require(schema, "\(errors)"), fileName: fileName)
}

/// Returns the generated source of a client with types and operations in YAML, indented by two spaces.
func generate(types: String = "{}", operations: String, auth: String = "none") throws -> String {
    try generate(
        """
        client: TestAPI
        server: https://api.example.com
        auth: \(auth)
        types: \(types)
        operations:
        \(operations)
        """
    )
}

/// Returns the text as a JSON string, which is also valid YAML.
func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case _ where scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value) || scalar.value == 0x2028:
            let digits = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}
