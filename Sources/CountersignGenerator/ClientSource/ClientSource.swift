package import CountersignSchema

/// The Swift source of one client.
///
/// The same schema and file name give the same bytes on every machine.
package struct ClientSource {
    let schema: Schema
    let fileName: String
    let spelling: Spelling
    let problem: ProblemType
    let requirements: RequirementTable
    /// The access modifier of every member, followed by a space; empty for `internal`.
    let access: String
    var models = ModelTree()
    var source = SourceText()

    /// Returns the source of a client.
    ///
    /// - Parameters:
    ///   - schema: The schema of the client.
    ///   - fileName: The name of the schema file, which the first line mentions.
    ///   - target: The target of the client, if it cannot import CountersignOIDC.
    /// - Returns: The content of one Swift file.
    /// - Throws: An error with a location if the schema is valid but has no Swift equivalent.
    package static func text(
        of schema: Schema,
        fileName: String,
        targetWithoutSignIn target: String? = nil
    ) throws(GenerationError) -> String {
        if let target, let scheme = schema.schemes.first(where: \.isForUsers) {
            throw GenerationError(
                scheme.location,
                "a client with signed-in users requires CountersignOIDC: add .product(name: \"CountersignOIDC\", package: "
                    + "\"countersign\") to the dependencies of target '\(target)'"
            )
        }
        var client = try ClientSource(schema, fileName: fileName)
        try client.write()
        return client.source.text
    }

    private init(_ schema: Schema, fileName: String) throws(GenerationError) {
        self.schema = schema
        self.fileName = fileName
        problem = try ProblemType(schema)
        requirements = RequirementTable(schema)
        access = schema.access == .internal ? "" : schema.access.rawValue + " "
        var names = ["Failure"]
        if case .named = schema.servers { names.append("Server") }
        if schema.generatesStub { names.append("Stub") }
        if case .several = problem { names.append(ProblemType.name) }
        spelling = Spelling(schema, generatedNames: names)
        if let taken = schema.types.first(where: { $0.name.path.contains(schema.name) }) {
            throw GenerationError(
                taken.location,
                "the type '\(schema.name)' has the name of its client; rename one of them"
            )
        }
        collectModels()
    }

    private mutating func write() throws(GenerationError) {
        writeHeader()
        try writeClient()
        if !models.roots.isEmpty || hasProblemEnumeration { try writeModels() }
        try writeCodings()
        try writeOperations()
    }

    private mutating func writeHeader() {
        let name = DocumentationComment.lines(of: [fileName], parameters: [], width: .max).first ?? ""
        let file = name.hasSuffix(".") && !fileName.hasSuffix(".") ? String(name.dropLast()) : name
        source.line("// Generated from \(file) by Countersign. Edit the schema, not this file.")
        source.blankLine()
        var modules = ["Countersign"]
        if schema.schemes.contains(where: \.isForUsers) { modules.append("CountersignOIDC") }
        if Spelling.needsFoundation(schema) { modules.append("Foundation") }
        func write(_ level: String) {
            for module in modules {
                source.line((module == "Countersign" ? "@_spi(Generated) " : "") + level + "import " + module)
            }
        }
        switch schema.access {
        case .internal: write("")
        case .public: write("public ")
        case .package:
            // With imports that are internal by default, a plain import is not visible enough. Without, an explicit level
            // makes plain imports in other files an error.
            source.line("#if hasFeature(InternalImportsByDefault)")
            write("package ")
            source.line("#else")
            write("")
            source.line("#endif")
        }
    }

    private mutating func collectModels() {
        for type in schema.types { models.add(type.name, .declared(type)) }
        for operation in schema.operations {
            if case .fields(let structure, let name)? = operation.body { models.add(name, .body(structure)) }
            if case .choice(let name, let choice) = success(of: operation) { models.add(name, .choice(choice)) }
            for response in operation.responses where !response.headers.isEmpty {
                models.add(response.name, .headed(response))
            }
            for response in operation.errors where !response.headers.isEmpty {
                models.add(response.name, .headed(response))
            }
        }
    }

    var hasProblemEnumeration: Bool {
        if case .several = problem { true } else { false }
    }

    static func storesIndirectly(_ schema: Schema) -> Bool {
        schema.types.contains { type in
            if case .structure(let structure) = type.kind {
                structure.fields.contains(where: \.isIndirect)
            } else {
                false
            }
        }
    }
}
