extension SchemaBuilder {
    /// Builds the type at a place where it is used, from words or a long form.
    ///
    /// - Parameter inlineName: The name of an inline type.
    func type(_ node: SourceNode, inlineName: @autoclosure () -> TypeName) -> TypeReference {
        switch node.content {
        case .scalar(let scalar): return type(words: scalar, at: node.location)
        case .mapping(let entries):
            return longForm(Mapping(entries: entries, location: node.location), inlineName: inlineName())
        case .sequence:
            error(node.location, "expected a type, not a list; write 'list of X' for a list of values")
            return .unknown
        }
    }

    /// Builds a type from the value of a key that accepts nothing but a type.
    func type(_ node: SourceNode, ofKey key: String, inlineName: TypeName) -> TypeReference {
        let start = types.count
        defer { completeTypes(from: start) }
        guard case .mapping = node.content else { return type(node, inlineName: inlineName) }
        guard let mapping = mapping(node, of: key, keys: TypeWord.forms + TypeWord.details) else { return .unknown }
        return longForm(mapping, inlineName: inlineName)
    }

    /// Builds a type from a long form with valid keys.
    func longForm(_ mapping: Mapping, inlineName: TypeName) -> TypeReference {
        guard typeDepth < TypeWord.maximumDepth else {
            error(mapping.location, "this type is nested too deeply; declare the inner type under 'types'")
            return .unknown
        }
        typeDepth += 1
        defer { typeDepth -= 1 }
        guard let form = form(of: mapping) else { return .unknown }
        return type(of: form, in: mapping, inlineName: inlineName)
    }

    /// Builds the type of a long form; a form that declares a type is declared under the inline name.
    func type(of form: SourceNode.Entry, in mapping: Mapping, inlineName: TypeName) -> TypeReference {
        switch form.key.text {
        case "type": return nestedType(form.value, inlineName: inlineName)
        case "optional", "nullable", "list", "map":
            let inner = nestedType(form.value, inlineName: inlineName)
            return wrap(inner, in: form.key.text, at: form.key.location)
        case "timestamp":
            let format: Scalar.TimestampFormat? = word(form.value, of: "'timestamp'")
            return .scalar(.timestamp(format ?? .rfc3339))
        default:
            declare(inlineName, at: mapping.location, kind(of: form, in: mapping, named: inlineName), in: mapping)
            return .named(inlineName)
        }
    }

    /// Builds a type inside a long form, where only the keys of types are allowed.
    private func nestedType(_ node: SourceNode, inlineName: TypeName) -> TypeReference {
        guard case .mapping = node.content else { return type(node, inlineName: inlineName) }
        guard let mapping = mapping(node, of: "a type", keys: TypeWord.forms + TypeWord.details) else {
            return .unknown
        }
        return longForm(mapping, inlineName: inlineName)
    }

    /// Returns the single entry that defines the type of a long form.
    func form(of mapping: Mapping) -> SourceNode.Entry? {
        var found: SourceNode.Entry?
        let forms = mapping.entries.filter { TypeWord.forms.contains($0.key.text) }
        for entry in forms {
            if reportFlag(entry, among: forms) { continue }
            if let first = found {
                error(entry.key.location, "\(quoted(entry.key.text)) cannot be combined with \(quoted(first.key.text))")
            } else {
                found = entry
            }
        }
        // `id` or `includes` alone also defines a structure.
        if found == nil { found = mapping.entry("includes") ?? mapping.entry("id") }
        if let found { checkDetails(of: found, in: mapping) }
        if found == nil, forms.isEmpty, !mapping.misspelt.contains(where: TypeWord.forms.contains) {
            error(mapping.location, "expected a type: words like 'list of string', or a form like '{ list: string }'")
        }
        return found
    }

    /// Reports `optional: true`, which other schema languages have: here the value of `optional` is a type.
    private func reportFlag(_ entry: SourceNode.Entry, among forms: [SourceNode.Entry]) -> Bool {
        let word = entry.key.text
        guard word == "optional" || word == "nullable", let value = entry.value.scalarText,
            value == "true" || value == "false"
        else { return false }
        guard value == "true" else {
            error(entry.key.location, "'\(word)' takes a type, not 'false'; remove it")
            return true
        }
        let spelling =
            switch forms.first(where: { $0.key.text != word }) {
            case let other? where other.key.text == "type" && other.value.scalarText != nil:
                "type: \(word) \(quoted(other.value.scalarText ?? "").dropFirst().dropLast())"
            case let other?: "{ \(word): { \(other.key.text): … } }"
            case nil: "{ \(word): string }"
            }
        error(entry.key.location, "'\(word)' takes a type, not 'true'; write '\(spelling)'")
        return true
    }

    // MARK: Words

    private func type(words scalar: SourceNode.Scalar, at location: SourceLocation) -> TypeReference {
        let words = scalar.text.split(maxSplits: TypeWord.maximumWords, whereSeparator: \.isWhitespace)
        guard scalar.style != .invalid else { return .unknown }
        guard !words.isEmpty, words.count <= TypeWord.maximumWords else {
            error(
                location,
                words.isEmpty ? "expected a type, such as 'string' or 'list of Item'" : "this type is too long"
            )
            return .unknown
        }
        if scalar.style == .plain, let missing = MissingSpace(in: scalar.text) {
            error(location, missing.message)
            return .unknown
        }
        if scalar.style == .plain, let mistake = WordsBeforeForm(in: scalar.text) {
            error(location, mistake.message)
            return .unknown
        }
        return type(words: words[...], at: location)
    }

    private func type(words: ArraySlice<Substring>, at location: SourceLocation) -> TypeReference {
        guard let first = words.first else { return .unknown }
        var rest = words.dropFirst()
        let word = String(first)
        guard TypeWord.prefixes.contains(word) else {
            guard rest.isEmpty else {
                error(location, "expected one type, not \(quoted(words.joined(separator: " ")))\(hint(for: word))")
                return .unknown
            }
            return named(word, at: location)
        }
        if word == "list" || word == "map" {
            guard rest.first == "of" else {
                error(location, "expected 'of' after \(quoted(word)): write '\(word) of \(rest.first ?? "string")'")
                return .unknown
            }
            rest = rest.dropFirst()
        }
        guard !rest.isEmpty else {
            let phrase = words.joined(separator: " ")
            error(location, "expected a type after \(quoted(phrase)), as in '\(phrase) string'")
            return .unknown
        }
        return wrap(type(words: rest, at: location), in: word, at: location)
    }

    private func hint(for word: String) -> String {
        if ["array", "set", "sequence"].contains(word.lowercased()) { return "; did you mean 'list of …'?" }
        if ["dictionary", "dict", "object"].contains(word.lowercased()) { return "; did you mean 'map of …'?" }
        return NearestWord.to(word, among: TypeWord.prefixes).map { "; did you mean \(quoted($0))?" } ?? ""
    }

    /// Applies `optional`, `nullable`, `list` or `map` to a type.
    private func wrap(_ inner: TypeReference, in word: String, at location: SourceLocation) -> TypeReference {
        if inner == .unknown { return .unknown }
        switch (word, inner) {
        case ("optional", .optional), ("nullable", .nullable):
            error(location, "duplicate \(quoted(word))")
        case ("nullable", .optional):
            error(location, "write 'optional nullable', in this order, for a value that may be absent or null")
        case ("list", .optional), ("map", .optional):
            error(location, "an element of a \(word) cannot be optional; write '\(word) of nullable …'")
        case (_, .scalar(.file)) where word == "nullable" || word == "map":
            error(location, "a file cannot be \(word == "map" ? "the value of a map" : "null")")
        case ("optional", _): return .optional(inner)
        case ("nullable", _):
            return .nullable(inner)
        case ("list", _): return .list(inner)
        default: return .map(inner)
        }
        return .unknown
    }

    private func named(_ word: String, at location: SourceLocation) -> TypeReference {
        if let name = declared[word] { return .named(name) }
        if let scalar = TypeWord.scalars[word] { return .scalar(scalar) }
        if word == "nothing" {
            error(location, "'nothing' is only allowed as a response")
            return .unknown
        }
        if word.lowercased() == "number" {
            error(
                location,
                "unknown type \(quoted(word)); write 'decimal' for an exact value, such as an amount of money, or 'double'"
            )
            return .unknown
        }
        if let meant = meant(byForeign: word) {
            error(location, "unknown type \(quoted(word)); did you mean \(quoted(meant))?")
            return .unknown
        }
        let known = canSuggest ? TypeWord.scalars.keys.sorted() + declared.keys.sorted() : []
        let hint =
            NearestWord.to(word, among: known).map { "; did you mean \(quoted($0))?" } ?? "; declare it under 'types'"
        error(location, "unknown type \(quoted(word))\(hint)")
        return .unknown
    }

    /// Returns the type that a notation of another language stands for: `string?`, `Item[]`, `integer`.
    private func meant(byForeign word: String) -> String? {
        if word.hasSuffix("?") { return "optional \(word.dropLast())" }
        if word.hasSuffix("[]") { return "list of \(word.dropLast(2))" }
        return TypeWord.foreign[word.lowercased()]
    }
}
