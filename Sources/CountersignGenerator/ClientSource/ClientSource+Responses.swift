import CountersignSchema

/// The initializers of types with header fields, from a response.
extension ClientSource {
    /// Writes the initializer of a type from a response.
    mutating func writeDecoding(of response: Response) throws(GenerationError) {
        guard case .structure(let structure) = response.declaration.kind else { return }
        openExtension(of: response.name, conformingTo: "ResponseDecodable")
        source.open("\(access)init(response: \(spelling.runtime("HTTP.Response"))) throws {")
        for field in try ModelField.fields(of: structure, coding: .decoded, spelling: spelling) {
            let name = field.name.property(avoiding: ["response"])
            let isBody = response.body != nil && field.name.name == "body"
            if isBody {
                source.line("\(name) = try response.json()")
            } else if field.type.isOptional || field.defaultValue != nil {
                let value = field.defaultValue.map { " ?? \($0)" } ?? ""
                source.line("\(name) = response.optionalHeader(\(arguments(field)))\(value)")
            } else {
                source.line("\(name) = try response.header(\(arguments(field)))")
            }
        }
        source.close()
        source.close()
    }

    private func arguments(_ field: ModelField) -> String {
        let name = SwiftLiteral.string(field.field.name)
        return spelling.timestampFormat(of: field.type).map { "\(name), as: .\($0)" } ?? name
    }
}
