import CountersignSchema

/// The initializers of types with header fields, from a response.
extension ClientSource {
    /// Writes the initializer of a type from a response.
    ///
    /// - Parameter isError: True to ignore an optional header that cannot be read, since the error itself is more
    ///   important than its headers.
    mutating func writeDecoding(of response: Response, isError: Bool) throws(GenerationError) {
        guard case .structure(let structure) = response.declaration.kind else { return }
        openExtension(of: response.name, conformingTo: "ResponseDecodable")
        source.open("\(access)init(response: \(spelling.runtime("HTTP.Response"))) throws {")
        for field in try ModelField.fields(of: structure, coding: .decoded, spelling: spelling) {
            let name = field.name.property(avoiding: ["response"])
            let isBody = response.body != nil && field.name.name == "body"
            if isBody {
                source.line("\(name) = try response.json()")
            } else if isError, field.type.isOptional || field.defaultValue != nil {
                let value = field.defaultValue.map { " ?? \($0)" } ?? ""
                source.line("\(name) = response.readableHeader(\(arguments(field)))\(value)")
            } else if let value = field.defaultValue {
                source.line("\(name) = try response.optionalHeader(\(arguments(field))) ?? \(value)")
            } else {
                let reader = field.type.isOptional ? "optionalHeader" : "header"
                source.line("\(name) = try response.\(reader)(\(arguments(field)))")
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
