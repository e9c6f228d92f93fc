extension SchemaBuilder {
    /// The keys of the long form of a field: those of its type, and more.
    static let fieldKeys =
        TypeWord.forms + TypeWord.details + ["default", "description", "deprecated", "swift"]

    private static let foreignFieldKeys = [
        "required": "a value is required unless its type begins with 'optional'",
        "format": "the type says it, such as 'type: timestamp'",
    ]

    /// Builds a field of an object, a parameter, or a part of a form.
    ///
    /// - Parameters:
    ///   - owner: The type that contains an inline type of the field.
    ///   - isProperty: True for a field of an object, which can have a direction; a parameter can have a style.
    func field(_ entry: SourceNode.Entry, of owner: TypeName, isProperty: Bool = true) -> Field {
        let (name, location) = (entry.key.text, entry.key.location)
        if name.isEmpty { error(location, "a name cannot be empty") }
        let keys = Self.fieldKeys + [isProperty ? "only" : "style"]
        guard case .mapping = entry.value.content,
            let mapping = mapping(entry.value, of: quoted(name), keys: keys, elsewhere: Self.foreignFieldKeys)
        else {
            let swiftName = memberName(of: name, at: location, chosen: nil)
            let type = type(entry.value, inlineName: owner.nested(SwiftName.inlineType(name, of: swiftName)))
            return Field(name: name, swiftName: swiftName, type: type, location: location)
        }
        let swiftName = memberName(of: name, at: location, chosen: mapping["swift"])
        let type = longForm(mapping, inlineName: owner.nested(SwiftName.inlineType(name, of: swiftName)))
        var field = Field(name: name, swiftName: swiftName, type: type, location: location)
        field.description = prose(mapping["description"], of: "'description'")
        field.deprecated = prose(mapping["deprecated"], of: "'deprecated'")
        if let node = mapping["default"] { pendingDefaults[location] = node }
        if let entry = mapping.entry("only") {
            let direction: Direction? = word(entry.value, of: "'only'")
            field.only = direction.map { $0 == .request ? .encoded : .decoded }
        }
        return field
    }

    private enum Direction: String, CaseIterable {
        case request, response
    }
}
