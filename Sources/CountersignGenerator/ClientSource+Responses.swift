import CountersignSchema

/// How the types that hold header fields are made of a response.
extension ClientSource {
    mutating func writeReading(of response: Response) throws(Unsupported) {
        guard case .structure(let structure) = response.declaration.kind else { return }
        openExtension(of: response.name, conformingTo: "ResponseDecodable")
        source.open("\(access)init(response: \(spelling.runtime("HTTPResponse"))) throws {")
        for field in try ModelField.fields(of: structure, coding: .decoded, spelling: spelling) {
            let name = field.name.property(besides: ["response"])
            let isBody = response.body != nil && field.name.name == "body"
            source.line("\(name) = try response.\(isBody ? "json()" : read(field))")
        }
        source.close()
        source.close()
    }

    private func read(_ field: ModelField) -> String {
        var arguments = SwiftLiteral.string(field.field.name)
        if let format = spelling.timestampFormat(of: field.type) { arguments += ", as: .\(format)" }
        if let value = field.defaultValue { return "optionalHeader(\(arguments)) ?? \(value)" }
        return (field.type.isOptional ? "optionalHeader" : "header") + "(\(arguments))"
    }
}
