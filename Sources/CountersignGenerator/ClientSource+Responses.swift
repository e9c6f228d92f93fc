import CountersignSchema

/// How the types that hold header fields are made of a response.
extension ClientSource {
    /// - Parameter isError: Whether a header that may be left out may be unreadable as well: what an error says is worth
    ///   more than its headers.
    mutating func writeReading(of response: Response, isError: Bool) throws(Unsupported) {
        guard case .structure(let structure) = response.declaration.kind else { return }
        openExtension(of: response.name, conformingTo: "ResponseDecodable")
        source.open("\(access)init(response: \(spelling.runtime("HTTPResponse"))) throws {")
        for field in try ModelField.fields(of: structure, coding: .decoded, spelling: spelling) {
            let name = field.name.property(besides: ["response"])
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
