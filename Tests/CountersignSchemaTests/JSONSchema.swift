@testable import CountersignSchema

/// A validator for the part of JSON Schema (2020-12) that Schemas/client.schema.json uses.
struct JSONSchema {
    let root: Instance
    private let patterns = Patterns()

    init(root: Instance) {
        self.root = root
    }

    /// A cache of compiled patterns, since compilation takes most of the time.
    private final class Patterns {
        var compiled: [String: Regex<AnyRegexOutput>] = [:]
    }

    /// A keyword that this validator does not support, or an invalid reference.
    struct Unknown: Error {
        let what: String
    }

    /// A value of a document.
    indirect enum Instance: Hashable {
        case null
        case bool(Bool)
        case number(String)
        case string(String)
        case array([Instance])
        case object([String: Instance])

        /// Converts a node as an editor would: unquoted text can be a number, a boolean or null.
        init(_ node: SourceNode) {
            switch node.content {
            case .scalar(let scalar) where scalar.style == .plain:
                switch scalar.notation {
                case .null: self = .null
                case .bool: self = .bool(scalar.text.lowercased() == "true")
                case .integer, .number: self = .number(scalar.text)
                case .text: self = .string(scalar.text)
                }
            case .scalar(let scalar): self = .string(scalar.text)
            case .sequence(let nodes): self = .array(nodes.map { Instance($0) })
            case .mapping(let entries):
                self = .object(
                    Dictionary(entries.map { ($0.key.text, Instance($0.value)) }) { first, _ in first }
                )
            }
        }

        subscript(_ key: String) -> Instance? {
            if case .object(let members) = self { members[key] } else { nil }
        }

        var elements: [Instance] {
            if case .array(let elements) = self { elements } else { [] }
        }

        var members: [String: Instance] {
            if case .object(let members) = self { members } else { [:] }
        }

        var string: String? {
            if case .string(let text) = self { text } else { nil }
        }

        var integer: Int? {
            if case .number(let text) = self { Int(text) } else { nil }
        }

        var type: String {
            switch self {
            case .null: "null"
            case .bool: "boolean"
            case .number: "number"
            case .string: "string"
            case .array: "array"
            case .object: "object"
            }
        }
    }

    /// Indicates whether the document is valid.
    func accepts(_ instance: Instance) throws -> Bool { try accepts(instance, by: root) }

    /// Returns the target of a reference, or the schema itself.
    func resolved(_ schema: Instance) throws -> Instance {
        guard let reference = schema["$ref"]?.string else { return schema }
        let parts = reference.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, parts[0] == "#", parts[1] == "$defs", let found = root["$defs"]?[parts[2]] else {
            throw Unknown(what: reference)
        }
        return found
    }

    private func accepts(_ instance: Instance, by schema: Instance) throws -> Bool {
        if case .bool(let accepts) = schema { return accepts }
        for (keyword, value) in schema.members where try !accepts(instance, by: keyword, value, of: schema) {
            return false
        }
        return true
    }

    private func accepts(_ instance: Instance, by keyword: String, _ value: Instance, of schema: Instance) throws
        -> Bool
    {
        switch keyword {
        case "$schema", "$id", "$comment", "$defs", "title", "description", "then", "else": return true
        case "$ref": return try accepts(instance, by: resolved(.object(["$ref": value])))
        case "allOf": return try value.elements.allSatisfy { try accepts(instance, by: $0) }
        case "anyOf": return try value.elements.contains { try accepts(instance, by: $0) }
        case "oneOf": return try value.elements.count { try accepts(instance, by: $0) } == 1
        case "not": return try !accepts(instance, by: value)
        case "if":
            let branch = try accepts(instance, by: value) ? schema["then"] : schema["else"]
            return try branch.map { try accepts(instance, by: $0) } ?? true
        case "type":
            let types = value.elements.isEmpty ? [value] : value.elements
            return types.contains(.string(instance.type))
                || instance.integer != nil && types.contains(.string("integer"))
        case "const": return instance == value
        case "enum": return value.elements.contains(instance)
        default:
            switch instance {
            case .string(let text): return try accepts(text, by: keyword, value)
            case .array(let elements): return try accepts(elements, by: keyword, value)
            case .object(let members): return try accepts(members, by: keyword, value, of: schema)
            default: return true
            }
        }
    }

    private func accepts(_ text: String, by keyword: String, _ value: Instance) throws -> Bool {
        switch keyword {
        case "minLength": text.unicodeScalars.count >= value.integer ?? 0
        case "pattern": try matches(text, value)
        default: try appliesToOtherKinds(keyword)
        }
    }

    private func accepts(_ elements: [Instance], by keyword: String, _ value: Instance) throws -> Bool {
        switch keyword {
        case "items": try elements.allSatisfy { try accepts($0, by: value) }
        case "minItems": elements.count >= value.integer ?? 0
        case "uniqueItems": Set(elements).count == elements.count
        default: try appliesToOtherKinds(keyword)
        }
    }

    private func accepts(
        _ members: [String: Instance],
        by keyword: String,
        _ value: Instance,
        of schema: Instance
    ) throws -> Bool {
        switch keyword {
        case "properties": return try value.members.allSatisfy { try accepts(members[$0.key], by: $0.value) }
        case "patternProperties":
            return try value.members.allSatisfy { pattern, schema in
                try members.allSatisfy { try !matches($0.key, .string(pattern)) || accepts($0.value, by: schema) }
            }
        case "additionalProperties":
            return try members.allSatisfy { name, member in
                let patterns = schema["patternProperties"]?.members.keys.map { Instance.string($0) } ?? []
                return try schema["properties"]?[name] != nil || patterns.contains { try matches(name, $0) }
                    || accepts(member, by: value)
            }
        case "propertyNames": return try members.keys.allSatisfy { try accepts(.string($0), by: value) }
        case "required": return value.elements.allSatisfy { members[$0.string ?? ""] != nil }
        case "minProperties": return members.count >= value.integer ?? 0
        case "maxProperties": return members.count <= value.integer ?? 0
        case "dependentRequired":
            return value.members.allSatisfy { name, needed in
                members[name] == nil || needed.elements.allSatisfy { members[$0.string ?? ""] != nil }
            }
        case "dependentSchemas":
            return try value.members.allSatisfy { name, schema in
                try members[name] == nil || accepts(.object(members), by: schema)
            }
        default: return try appliesToOtherKinds(keyword)
        }
    }

    private func accepts(_ member: Instance?, by schema: Instance) throws -> Bool {
        guard let member else { return true }
        return try accepts(member, by: schema)
    }

    /// Accepts a keyword that does not apply to values of the current kind; throws for an unknown keyword.
    private func appliesToOtherKinds(_ keyword: String) throws -> Bool {
        let known: Set = [
            "minLength", "pattern", "items", "minItems", "uniqueItems", "properties", "patternProperties",
            "additionalProperties", "propertyNames", "required", "minProperties", "maxProperties", "dependentRequired",
            "dependentSchemas",
        ]
        guard known.contains(keyword) else { throw Unknown(what: keyword) }
        return true
    }

    fileprivate func matches(_ text: String, _ pattern: Instance) throws -> Bool {
        let pattern = pattern.string ?? ""
        let regex = try patterns.compiled[pattern] ?? Regex(pattern)
        patterns.compiled[pattern] = regex
        return try regex.firstMatch(in: text) != nil
    }
}

// MARK: Keys

extension JSONSchema {
    /// Returns the keys that the schema allows in the object that contains a marker.
    func keys(ofObjectWith marker: String, in document: Instance) throws -> Set<String> {
        var schemas = try everyBranch(of: [root])
        var object = document
        while object[marker] == nil {
            guard let (name, member) = object.members.first(where: { $0.value.contains(key: marker) }) else {
                return []
            }
            schemas = try everyBranch(of: schemas.compactMap { try subschema(of: $0, for: name) })
            object = member
        }
        return Set(schemas.flatMap { $0["properties"]?.members.keys.map { $0 } ?? [] })
    }

    /// Returns the schemas together with all schemas that they refer to or combine.
    private func everyBranch(of schemas: [Instance]) throws -> [Instance] {
        var found: [Instance] = []
        var pending = schemas
        while let schema = pending.popLast() {
            found.append(schema)
            if schema["$ref"] != nil { pending.append(try resolved(schema)) }
            for keyword in ["allOf", "anyOf", "oneOf"] { pending += schema[keyword]?.elements ?? [] }
            for keyword in ["then", "else"] { pending += schema[keyword].map { [$0] } ?? [] }
        }
        return found
    }

    private func subschema(of schema: Instance, for name: String) throws -> Instance? {
        if let property = schema["properties"]?[name] { return property }
        for (pattern, subschema) in schema["patternProperties"]?.members ?? [:]
        where try matches(name, .string(pattern)) {
            return subschema
        }
        return schema["additionalProperties"]
    }
}

extension JSONSchema.Instance {
    fileprivate func contains(key: String) -> Bool { members.contains { $0.key == key || $0.value.contains(key: key) } }
}
