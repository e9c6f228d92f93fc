/// The words that types are written with.
enum TypeWord {
    static let scalars: [String: Scalar] = [
        "string": .string, "bool": .bool, "int": .int, "int32": .int32, "int64": .int64, "float": .float,
        "double": .double, "decimal": .decimal, "date": .date, "timestamp": .timestamp(.rfc3339), "uuid": .uuid,
        "url": .url, "bytes": .bytes, "json": .json, "file": .file,
    ]
    static let prefixes = ["optional", "nullable", "list", "map"]
    /// What other languages call them, and what they are here.
    static let foreign: [String: String] = [
        "integer": "int", "long": "int64", "number": "double", "boolean": "bool", "str": "string", "text": "string",
        "datetime": "timestamp", "date-time": "timestamp", "instant": "timestamp", "any": "json", "object": "json",
        "array": "list of …", "dictionary": "map of …", "binary": "bytes", "uri": "url", "guid": "uuid",
        "void": "nothing", "empty": "nothing", "none": "nothing",
    ]
    /// The keys of the long forms, one of which says what the type is.
    static let forms = [
        "type", "optional", "nullable", "list", "map", "enum", "wraps", "fields", "oneOf", "timestamp",
    ]
    /// The keys that say more about a form.
    static let details = ["id", "includes", "others", "closed", "discriminator"]
    /// More words than this in a row are no type that anyone means.
    static let maximumWords = 24
    /// Long forms within long forms.
    static let maximumDepth = 12
}

extension TypeReference {
    /// Stands for a type that could not be read, so that one mistake is reported once.
    ///
    /// No valid schema holds it.
    static let unknown = TypeReference.named(TypeName(path: []))
}

extension SchemaBuilder {
    /// Reads a type at a place of use, in words or as a long form.
    ///
    /// - Parameter place: The name that an inline type gets.
    func type(_ node: SchemaNode, place: @autoclosure () -> TypeName) -> TypeReference {
        switch node.content {
        case .scalar(let scalar): return type(words: scalar, at: node.location)
        case .mapping(let entries): return longForm(Mapping(entries: entries, location: node.location), place: place())
        case .sequence:
            error(node.location, "expected a type, not a list; a list of values is 'list of X'")
            return .unknown
        }
    }

    /// Reads a long form whose keys are already checked.
    func longForm(_ mapping: Mapping, place: TypeName) -> TypeReference {
        guard typeDepth < TypeWord.maximumDepth else {
            error(mapping.location, "a type is nested too deeply here; declare the inner one under 'types'")
            return .unknown
        }
        typeDepth += 1
        defer { typeDepth -= 1 }
        guard let form = form(of: mapping) else { return .unknown }
        return type(of: form, in: mapping, place: place)
    }

    /// What a long form stands for; one that declares a type is declared under the name of its place.
    func type(of form: SchemaNode.Entry, in mapping: Mapping, place: TypeName) -> TypeReference {
        switch form.key.text {
        case "type": return nestedType(form.value, place: place)
        case "optional": return wrap(nestedType(form.value, place: place), in: "optional", at: form.key.location)
        case "nullable": return wrap(nestedType(form.value, place: place), in: "nullable", at: form.key.location)
        case "list": return wrap(nestedType(form.value, place: place), in: "list", at: form.key.location)
        case "map": return wrap(nestedType(form.value, place: place), in: "map", at: form.key.location)
        case "timestamp":
            let format: Scalar.TimestampFormat? = word(form.value, of: "timestamp format")
            return .scalar(.timestamp(format ?? .rfc3339))
        default:
            declare(place, at: mapping.location, kind(of: form, in: mapping, named: place), in: mapping)
            return .named(place)
        }
    }

    /// A type inside a long form: what the outer place may hold besides a type, a mapping here may not.
    private func nestedType(_ node: SchemaNode, place: TypeName) -> TypeReference {
        guard case .mapping = node.content else { return type(node, place: place) }
        guard let mapping = mapping(node, of: "a type", keys: TypeWord.forms + TypeWord.details) else {
            return .unknown
        }
        return longForm(mapping, place: place)
    }

    /// The one entry that says what a long form is.
    func form(of mapping: Mapping) -> SchemaNode.Entry? {
        var found: SchemaNode.Entry?
        for entry in mapping.entries where TypeWord.forms.contains(entry.key.text) {
            if let first = found {
                error(entry.key.location, "\(quoted(entry.key.text)) cannot stand beside \(quoted(first.key.text))")
            } else {
                found = entry
            }
        }
        // `id` and `includes` alone make a structure whose fields are all elsewhere.
        if found == nil { found = mapping.entry("includes") ?? mapping.entry("id") }
        if let found { checkDetails(of: found, in: mapping) }
        if found == nil, !mapping.misspelt.contains(where: TypeWord.forms.contains) {
            error(mapping.location, "expected a type: words like 'list of string', or a form like '{ list: string }'")
        }
        return found
    }

    // MARK: Words

    private func type(words scalar: SchemaNode.Scalar, at location: SourceLocation) -> TypeReference {
        let words = scalar.text.split(maxSplits: TypeWord.maximumWords, whereSeparator: \.isWhitespace)
        guard scalar.style != .refused else { return .unknown }
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

    /// Applies `optional`, `nullable`, `list` or `map`.
    private func wrap(_ inner: TypeReference, in word: String, at location: SourceLocation) -> TypeReference {
        if inner == .unknown { return .unknown }
        switch (word, inner) {
        case ("optional", .optional), ("nullable", .nullable):
            error(location, "\(quoted(word)) stands twice")
        case ("nullable", .optional):
            error(location, "write 'optional nullable', in this order, for a value that may be absent or null")
        case ("list", .optional), ("map", .optional):
            error(location, "an element of a \(word) is never absent; write '\(word) of nullable …'")
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
            error(location, "'nothing' stands only where an answer is described")
            return .unknown
        }
        if let meant = meant(byForeign: word) {
            error(location, "unknown type \(quoted(word)); did you mean \(quoted(meant))?")
            return .unknown
        }
        let known = mayGuess ? TypeWord.scalars.keys.sorted() + declared.keys.sorted() : []
        let hint =
            NearestWord.to(word, among: known).map { "; did you mean \(quoted($0))?" } ?? "; declare it under 'types'"
        error(location, "unknown type \(quoted(word))\(hint)")
        return .unknown
    }

    /// What a notation of other languages would be here: `string?`, `Item[]`, `[Item]`, `integer`.
    private func meant(byForeign word: String) -> String? {
        if word.hasSuffix("?") { return "optional \(word.dropLast())" }
        if word.hasSuffix("[]") { return "list of \(word.dropLast(2))" }
        return TypeWord.foreign[word.lowercased()]
    }
}
