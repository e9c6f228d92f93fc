extension SchemaBuilder {
    func structure(_ mapping: Mapping, named name: TypeName) -> Structure {
        var structure = Structure()
        if let entry = mapping.entry("id") {
            structure.isIdentifiable = true
            structure.fields.append(field(entry, of: name))
        }
        if let entry = mapping.entry("includes") {
            for (word, location) in texts(entry.value, of: "'includes'") {
                guard let included = declared[word] else {
                    let hint = self.suggestion(for: word, among: declared.keys.sorted())
                    error(location, "unknown type \(quoted(word)) in 'includes'\(hint)")
                    continue
                }
                structure.includes.append(included)
                pendingIncludes[name, default: []].append((included, location))
            }
        }
        if let node = mapping["fields"] {
            for entry in entries(node, of: "'fields'") ?? [] {
                if structure.isIdentifiable, entry.key.text == "id" {
                    error(entry.key.location, "'id' is declared both in 'fields' and beside it; keep one")
                    continue
                }
                structure.fields.append(field(entry, of: name))
            }
        }
        if let entry = mapping.entry("others") {
            structure.others = type(entry.value, inlineName: name.nested("Others"))
            if case .optional = structure.others {
                error(entry.value.location, "the type of 'others' cannot be optional; write 'nullable …'")
            }
        }
        claimNames(of: structure)
        for field in structure.fields where typeIndices[name.nested(field.swiftName)] != nil {
            error(
                field.location,
                "'\(field.swiftName)' is also the name of a nested type; choose another name with 'swift: …'"
            )
        }
        return structure
    }

    /// Reports fields with the same Swift name, and fields called like a property that is generated.
    func claimNames(of structure: Structure) {
        var names = MemberNames()
        for field in structure.fields {
            if structure.others != nil, field.swiftName == "others" {
                error(
                    field.location,
                    "'others' is the property for additional properties; choose another name with 'swift: …'"
                )
            }
            if field.swiftName == "hashValue" {
                error(field.location, "'hashValue' is reserved by Swift; choose another name with 'swift: …'")
            }
            claim(field.swiftName, for: field.name, at: field.location, in: &names)
            if field.deprecated != nil { claim(field.storedName, for: field.name, at: field.location, in: &names) }
        }
    }
}
