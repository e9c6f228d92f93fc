import CountersignSchema

/// How models read and write themselves as JSON: only in the directions in which they travel.
extension ClientSource {
    mutating func writeCodings() throws(Unsupported) {
        let tagged = taggedStructures()
        for node in models.nodes {
            switch node.content {
            case .declared(let declaration):
                try writeCoding(of: declaration, isTagged: tagged.contains(node.name))
            case .body(let structure):
                openExtension(of: node.name, conformingTo: ["JSONEncodable"])
                writeEncoding(of: try fields(ofBody: structure), others: nil, isTagged: false, isInternal: true)
                source.close()
            case .headed(let response):
                try writeReading(of: response)
            case .namespace, .choice:
                break
            }
        }
    }

    /// The structures that are written with the tag of a `oneOf` among their fields.
    private func taggedStructures() -> Set<TypeName> {
        var names: Set<TypeName> = []
        for declaration in schema.types where declaration.coding.contains(.encoded) {
            guard case .oneOf(let choice) = declaration.kind else { continue }
            for option in choice.cases where !holdsTag(option, of: choice) {
                if case .named(let name) = spelling.resolved(option.type) { names.insert(name) }
            }
        }
        return names
    }

    /// Whether the tag is one of the fields of what it tells apart.
    private func holdsTag(_ option: OneOf.Case, of choice: OneOf) -> Bool {
        guard case .named(let name) = spelling.resolved(option.type),
            case .structure(let structure)? = spelling.declaration(of: name)?.kind
        else { return false }
        return structure.fields.contains { $0.name == choice.discriminator }
    }

    private func head(of name: TypeName, conformingTo protocols: [String]) -> String {
        let path = name.path.map { SwiftName.escaped($0) }.joined(separator: ".")
        let spi = schema.access == .public ? "@_spi(Generated) " : ""
        let conformances = protocols.map { spelling.runtime($0) }.joined(separator: ", ")
        return "\(spi)nonisolated extension \(schema.name).\(path): \(conformances) {"
    }

    private mutating func openExtension(of name: TypeName, conformingTo protocols: [String]) {
        source.blankLine()
        source.open(head(of: name, conformingTo: protocols))
    }

    private mutating func writeCoding(of declaration: TypeDeclaration, isTagged: Bool) throws(Unsupported) {
        var protocols: [String] = []
        if declaration.coding.contains(.decoded) { protocols.append("JSONDecodable") }
        if declaration.coding.contains(.encoded) { protocols.append("JSONEncodable") }
        if spelling.isScalar(.named(declaration.name)) {
            if case .alias = declaration.kind { return }
            source.blankLine()
            source.line(head(of: declaration.name, conformingTo: ["APIScalar"]) + "}")
            return
        }
        guard !protocols.isEmpty else { return }
        switch declaration.kind {
        case .structure(let structure):
            let fields = try ModelField.fields(of: structure, coding: declaration.coding, spelling: spelling)
            openExtension(of: declaration.name, conformingTo: protocols)
            if structure.others != nil { writeFieldNames(fields) }
            if declaration.coding.contains(.decoded) { writeDecoding(of: fields, others: structure.others) }
            if declaration.coding.contains(.encoded) {
                source.blankLine()
                writeEncoding(of: fields, others: structure.others, isTagged: isTagged)
            }
            source.close()
        case .wrapper:
            openExtension(of: declaration.name, conformingTo: protocols)
            if declaration.coding.contains(.decoded) {
                openDecoding()
                source.line("rawValue = try .init(json: json)")
                source.close()
            }
            if declaration.coding.contains(.encoded) {
                source.blankLine()
                openEncoding()
                source.line("rawValue.encode(to: &json)")
                source.close()
            }
            source.close()
        case .oneOf(let choice):
            openExtension(of: declaration.name, conformingTo: protocols)
            if declaration.coding.contains(.decoded) { writeDecoding(of: choice) }
            if declaration.coding.contains(.encoded) {
                source.blankLine()
                writeEncoding(of: choice)
            }
            source.close()
        case .enumeration, .alias:
            break
        }
    }

    private mutating func openDecoding() {
        let types = (node: spelling.runtime("JSONNode"), error: spelling.runtime("JSONDecodingError"))
        source.open("\(access)init(json: \(types.node)) throws(\(types.error)) {")
    }

    private mutating func openEncoding(isInternal: Bool = false) {
        source.open("\(isInternal ? "" : access)func encode(to json: inout \(spelling.runtime("JSONWriter"))) {")
    }

    // MARK: Structures

    private mutating func writeDecoding(of fields: [ModelField], others: TypeReference?) {
        openDecoding()
        let decoded = fields.filter(\.isDecoded)
        let isRead = decoded.contains { !$0.isPatch }
        if isRead {
            source.line("var object = try json.object()")
        } else {
            source.line("\(others == nil ? "_" : "let object") = try json.object()")
        }
        for field in fields {
            let name = field.name.property(besides: ["json", "object"])
            let key = SwiftLiteral.string(field.field.name)
            guard field.isDecoded else {
                source.line("\(name) = \(field.initialValue ?? "nil")")
                continue
            }
            let value =
                switch (field.type, field.defaultValue) {
                case (.optional(.nullable), _):
                    "json[\(key)] == nil ? nil : .some(try object.nullable(\(key)))"
                case (.optional, let value?): "try object.optional(\(key)) ?? \(value)"
                case (.optional, nil): "try object.optional(\(key))"
                case (.nullable, _): "try object.nullable(\(key))"
                case (_, let value?): "try object.value(\(key), default: \(value))"
                case (_, nil): "try object.value(\(key))"
                }
            source.line("\(name) = \(value)")
        }
        if others != nil { source.line("others = try object.others(except: Self.fieldNames)") }
        source.close()
    }

    private mutating func writeEncoding(
        of fields: [ModelField],
        others: TypeReference?,
        isTagged: Bool,
        isInternal: Bool = false
    ) {
        openEncoding(isInternal: isInternal)
        source.line("json.beginObject()")
        if isTagged {
            source.line("encodeFields(to: &json)")
            source.line("json.endObject()")
            source.close()
            source.blankLine()
            source.open("fileprivate func encodeFields(to json: inout \(spelling.runtime("JSONWriter"))) {")
        }
        for field in fields where field.isEncoded { writeEncoding(of: field) }
        if others != nil { writeEncodingOfOthers() }
        if !isTagged { source.line("json.endObject()") }
        source.close()
    }

    private mutating func writeEncoding(of field: ModelField) {
        let name = field.name.property(besides: ["json"])
        let key = SwiftLiteral.string(field.field.name)
        switch field.type {
        case .optional(.nullable):
            source.open("if let value = \(name) {")
            source.line("json.nullableField(\(key), value)")
            source.close()
        case .nullable: source.line("json.nullableField(\(key), \(name))")
        default: source.line("json.field(\(key), \(name))")
        }
    }

    /// In the order of their keys, so that equal values are equal bytes; fields win over properties of their name.
    private mutating func writeEncodingOfOthers() {
        source.open("for (key, value) in others.sorted(by: { $0.key < $1.key }) where !Self.fieldNames.contains(key) {")
        source.line("json.field(key, value)")
        source.close()
    }

    private mutating func writeFieldNames(_ fields: [ModelField]) {
        let names = Layout.array(fields.map { .text(SwiftLiteral.string($0.field.name)) })
        source.lay("private static let fieldNames: [\(spelling.swift("String"))] = ", names)
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
        source.line("default: self = .unrecognized(try .init(json: json))")
        source.line("}")
        source.close()
    }

    private mutating func writeEncoding(of choice: OneOf) {
        openEncoding()
        source.line("switch self {")
        for option in choice.cases {
            source.open("case .\(SwiftIdentifier(option.swiftName).member)(let value):")
            if holdsTag(option, of: choice) {
                source.close("    json.value(value)")
                continue
            }
            source.line("json.beginObject()")
            let key = SwiftLiteral.string(choice.discriminator)
            source.line("json.field(\(key), \(SwiftLiteral.string(option.tag)))")
            source.line("value.encodeFields(to: &json)")
            source.close("    json.endObject()")
        }
        source.line("case .unrecognized(let value): json.value(value)")
        source.line("}")
        source.close()
    }
}

extension ModelField {
    /// Whether absent, null and a value are three things.
    fileprivate var isPatch: Bool {
        if case .optional(.nullable) = type { true } else { false }
    }
}
