import CountersignSchema

/// The JSON coding of models, only in the directions that the operations need.
extension ClientSource {
    mutating func writeCodings() throws(GenerationError) {
        let tags = try tagsOfStructures()
        for node in models.nodes {
            switch node.content {
            case .declared(let declaration):
                try writeCoding(of: declaration, tags: tags[node.name] ?? [])
                if schema.conformances.contains(.codable) { writeCodable(declaration) }
            case .body(let structure):
                openExtension(of: node.name, conformingTo: "JSONEncodable")
                let fields = try fields(ofBody: structure)
                if structure.others != nil { writeFieldNames(fields, tags: []) }
                writeEncoding(of: fields, others: structure.others, tags: [], isInternal: node.children.isEmpty)
                source.close()
            case .headed(let response):
                try writeDecoding(of: response)
            case .namespace, .choice:
                break
            }
        }
    }

    /// Returns the discriminators of each structure that is part of a `oneOf`.
    private func tagsOfStructures() throws(GenerationError) -> [TypeName: [String]] {
        var tags: [TypeName: [String]] = [:]
        for declaration in schema.types {
            guard case .oneOf(let choice) = declaration.kind else { continue }
            for option in choice.cases {
                guard case .named(let name) = spelling.resolved(option.type),
                    tags[name]?.contains(choice.discriminator) != true
                else { continue }
                tags[name, default: []].append(choice.discriminator)
                if let tags = tags[name], tags.count > 1, hasField(of: tags, name) {
                    throw GenerationError(
                        option.location,
                        "'\(name)' has several discriminators, and a field with the name of one of them; remove the field"
                    )
                }
            }
        }
        return tags
    }

    private func hasField(of names: [String], _ name: TypeName) -> Bool {
        guard case .structure(let structure)? = spelling.declaration(of: name)?.kind else { return false }
        return structure.fields.contains { names.contains($0.name) }
    }

    mutating func openExtension(of name: TypeName, conformingTo conformance: String) {
        source.blankLine()
        writeSPI()
        source.open(head(of: name, conformingTo: spelling.runtime(conformance)))
    }

    /// Hides conformances that only generated code uses from users of a public client.
    private mutating func writeSPI() {
        if schema.access == .public { source.line("@_spi(Generated)") }
    }

    private func head(of name: TypeName, conformingTo conformance: String) -> String {
        let path = name.path.map { SwiftName.escaped($0) }.joined(separator: ".")
        return "nonisolated extension \(schema.name).\(path): \(conformance) {"
    }

    private mutating func writeCoding(of declaration: TypeDeclaration, tags: [String]) throws(GenerationError) {
        let isDecoded = declaration.coding.contains(.decoded)
        let isEncoded = declaration.coding.contains(.encoded)
        if spelling.isScalar(.named(declaration.name)) {
            writeScalarCoding(of: declaration)
            return
        }
        guard isDecoded || isEncoded else { return }
        if case .alias = declaration.kind { return }
        let conformance = isDecoded && isEncoded ? "JSONCodable" : isDecoded ? "JSONDecodable" : "JSONEncodable"
        openExtension(of: declaration.name, conformingTo: conformance)
        switch declaration.kind {
        case .structure(let structure):
            let fields = try ModelField.fields(of: structure, coding: declaration.coding, spelling: spelling)
            if structure.others != nil { writeFieldNames(fields, tags: tags) }
            if isDecoded { writeDecoding(of: fields, others: structure.others) }
            if isEncoded {
                writeEncoding(of: fields, others: structure.others, tags: tags, isInternal: false)
            }
        case .wrapper(let type):
            writeCoding(ofWrapped: type, isDecoded: isDecoded, isEncoded: isEncoded)
        case .oneOf(let choice):
            if isDecoded { writeDecoding(of: choice) }
            if isEncoded { writeEncoding(of: choice) }
        case .enumeration, .alias:
            break
        }
        source.close()
    }

    private mutating func openDecoding() {
        let types = (node: spelling.runtime("JSONNode"), error: spelling.runtime("JSONDecodingError"))
        source.open("\(access)init(json: \(types.node)) throws(\(types.error)) {")
    }

    private mutating func openEncoding(isInternal: Bool = false) {
        source.blankLine()
        source.open("\(isInternal ? "" : access)func encode(to json: inout \(spelling.runtime("JSONWriter"))) {")
    }

    // MARK: Wrappers

    private mutating func writeScalarCoding(of declaration: TypeDeclaration) {
        if case .alias = declaration.kind { return }
        source.blankLine()
        writeSPI()
        let head = head(of: declaration.name, conformingTo: spelling.runtime("APIScalar"))
        guard case .wrapper(let type) = declaration.kind, spelling.timestampFormat(of: type) != nil else {
            source.line(head + "}")
            return
        }
        source.open(head)
        writeCoding(ofWrapped: type, isDecoded: true, isEncoded: true)
        source.blankLine()
        let parameter = spelling.parameter("rawValue", of: type) + ".parameter"
        let string = spelling.swift("String")
        source.line("\(access)var parameter: \(string) { \(parameter) }")
        source.blankLine()
        source.open("\(access)init?(parameter: \(string)) {")
        let format = formatArgument(spelling.timestampFormat(of: type))
        let date = "\(spelling.foundation("Date"))(parameter: parameter\(format))"
        source.line("guard let rawValue = \(date) else { return nil }")
        source.line("self.init(rawValue: rawValue)")
        source.close()
        source.close()
    }

    private mutating func writeCoding(ofWrapped type: TypeReference, isDecoded: Bool, isEncoded: Bool) {
        let format = formatArgument(spelling.timestampFormat(of: type))
        if isDecoded {
            openDecoding()
            source.line("rawValue = try .init(json: json\(format))")
            source.close()
        }
        if isEncoded {
            openEncoding()
            source.line("rawValue.encode(to: &json\(format))")
            source.close()
        }
    }

    private func formatArgument(_ format: Scalar.TimestampFormat?) -> String {
        format.map { ", as: .\($0)" } ?? ""
    }

    // MARK: Codable

    /// Writes a `Codable` conformance that uses the JSON coding, so that both give the same result.
    private mutating func writeCodable(_ declaration: TypeDeclaration) {
        if case .alias = declaration.kind { return }
        source.blankLine()
        source.open(head(of: declaration.name, conformingTo: spelling.swift("Codable")))
        source.open("\(access)init(from decoder: any \(spelling.swift("Decoder"))) throws {")
        source.line("self = try \(spelling.runtime("JSONValue"))(from: decoder).decoded()")
        source.close()
        source.blankLine()
        source.open("\(access)func encode(to encoder: any \(spelling.swift("Encoder"))) throws {")
        source.line("try \(spelling.runtime("JSONValue"))(encoding: self).encode(to: encoder)")
        source.close()
        source.close()
    }

    // MARK: Structures

    private mutating func writeDecoding(of fields: [ModelField], others: TypeReference?) {
        openDecoding()
        if fields.contains(where: \.isDecoded) {
            source.line("var object = try json.object()")
        } else {
            source.line("\(others == nil ? "_" : "let object") = try json.object()")
        }
        for field in fields {
            let name = field.stored.property(avoiding: ["json", "object"])
            source.line("\(name) = \(field.isDecoded ? decoded(field) : field.initialValue ?? "nil")")
        }
        if let others {
            let format = formatArgument(spelling.timestampFormat(of: others))
            source.line("others = try object.others(except: Self.fieldNames\(format))")
        }
        source.close()
    }

    private func decoded(_ field: ModelField) -> String {
        let arguments = SwiftLiteral.string(field.field.name) + formatArgument(field.format)
        switch (field.type, field.defaultValue) {
        case (.optional(.nullable), let value):
            return "try object.optionalNullable(\(arguments))" + (value.map { " ?? " + $0 } ?? "")
        case (.optional, let value): return "try object.optional(\(arguments))" + (value.map { " ?? " + $0 } ?? "")
        case (.nullable, _): return "try object.nullable(\(arguments))"
        case (_, let value?): return "try object.value(\(arguments), default: \(value))"
        case (_, nil): return "try object.value(\(arguments))"
        }
    }

    /// - Parameter tags: The discriminators of the type, which the `oneOf` encodes itself.
    private mutating func writeEncoding(
        of fields: [ModelField],
        others: TypeReference?,
        tags: [String],
        isInternal: Bool
    ) {
        let encoded = fields.filter(\.isEncoded)
        openEncoding(isInternal: isInternal)
        source.line("json.beginObject()")
        if !tags.isEmpty {
            for field in encoded where tags.contains(field.field.name) { writeEncoding(of: field) }
            source.line("encodeFields(to: &json)")
            source.line("json.endObject()")
            source.close()
            source.blankLine()
            source.open("fileprivate func encodeFields(to json: inout \(spelling.runtime("JSONWriter"))) {")
        }
        for field in encoded where !tags.contains(field.field.name) { writeEncoding(of: field) }
        if let others {
            let format = formatArgument(spelling.timestampFormat(of: others))
            source.line("json.fields(others, except: Self.fieldNames\(format))")
        }
        if tags.isEmpty { source.line("json.endObject()") }
        source.close()
    }

    private mutating func writeEncoding(of field: ModelField) {
        let name = field.stored.property(avoiding: ["json"])
        let method = if case .nullable = field.type { "nullableField" } else { "field" }
        let key = SwiftLiteral.string(field.field.name)
        source.line("json.\(method)(\(key), \(name)\(formatArgument(field.format)))")
    }

    private mutating func writeFieldNames(_ fields: [ModelField], tags: [String]) {
        let names = fields.map(\.field.name)
        let all = (tags.filter { !names.contains($0) } + names).map { Layout.text(SwiftLiteral.string($0)) }
        source.lay("private static let fieldNames: [\(spelling.swift("String"))] = ", .array(all))
        source.blankLine()
    }

    // MARK: Choices

    private mutating func writeDecoding(of choice: OneOf) {
        openDecoding()
        source.line("var object = try json.object()")
        source.line(
            "let tag: \(spelling.swift("String")) = try object.value(\(SwiftLiteral.string(choice.discriminator)))"
        )
        source.line("switch tag {")
        for option in choice.cases {
            let name = SwiftIdentifier(option.swiftName).member
            source.line("case \(SwiftLiteral.string(option.tag)): self = .\(name)(try .init(json: json))")
        }
        if choice.isClosed {
            let error = spelling.runtime("JSONDecodingError")
            source.line("default: throw \(error)(at: json, message: \"unknown discriminator\")")
        } else {
            source.line("default: self = .unrecognized(tag, try .init(json: json))")
        }
        source.line("}")
        source.close()
    }

    private mutating func writeEncoding(of choice: OneOf) {
        openEncoding()
        source.line("switch self {")
        for option in choice.cases {
            source.open("case .\(SwiftIdentifier(option.swiftName).member)(let value):")
            source.line("json.beginObject()")
            let key = SwiftLiteral.string(choice.discriminator)
            source.line("json.field(\(key), \(SwiftLiteral.string(option.tag)))")
            source.line("value.encodeFields(to: &json)")
            source.close("    json.endObject()")
        }
        if !choice.isClosed { source.line("case .unrecognized(_, let value): json.value(value)") }
        source.line("}")
        source.close()
    }
}
