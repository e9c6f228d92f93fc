/// The rules that derive a Swift name from a name on the wire.
///
/// `released_on` → `releasedOn`, `next_page_url` → `nextPageURL`, `item_id` → `itemID`, `If-None-Match` → `ifNoneMatch`.
package enum SwiftName {
    /// Returns the name of a property, parameter, method or enumeration case; nil if no character is allowed in Swift.
    package static func member(_ name: String) -> String? {
        let words = words(of: name)
        guard let first = words.first else { return nil }
        var result = leading(first)
        for word in words.dropFirst() { result += following(word) }
        return startingLikeAnIdentifier(result)
    }

    /// Returns the name of a type; nil if no character is allowed in Swift.
    package static func type(_ name: String) -> String? {
        if isUpperCamelCase(name) { return name }
        let words = words(of: name)
        guard !words.isEmpty else { return nil }
        return startingLikeAnIdentifier(words.reduce(into: "") { $0 += following($1) })
    }

    /// Returns the name of an inline type, derived from the field or case that it belongs to.
    ///
    /// - Parameter member: The Swift name of the field or case. Both are in one scope, and the type would have the same
    ///   name if that has no capital form, such as `_1st` and `名前`.
    static func inlineType(_ name: String, of member: String) -> String {
        guard let name = type(name) else { return "Value" }
        return reservedTypes.contains(name) || name == member ? name + "Value" : name
    }

    /// Returns the name as source text: in backticks if Swift reserves the word.
    package static func escaped(_ name: String) -> String {
        reserved.contains(name) ? "`\(name)`" : name
    }

    /// Indicates whether the text can be a Swift identifier, reserved or not.
    package static func isIdentifier(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, !isDigit(first) else { return false }
        return text != "_" && text.unicodeScalars.allSatisfy { isWordScalar($0) || $0 == "_" }
    }

    // MARK: Words

    /// Words that are written in capitals, except at the start of a member.
    private static let acronyms: Set<String> = [
        "api", "csv", "html", "http", "https", "id", "ip", "json", "jwt", "pdf", "sql", "uri", "url", "uuid", "xml",
    ]

    /// The spelling of plural acronyms.
    private static let pluralAcronyms = ["ids": "IDs", "uris": "URIs", "urls": "URLs", "uuids": "UUIDs"]

    /// Returns the words of a name.
    ///
    /// A name is split at every character that is not a letter or digit, and where lower case changes to upper case:
    /// `getItemURLFor` is get, Item, URL, For. A name in capitals only (`NEXT_PAGE`) is treated as lower case.
    private static func words(of name: String) -> [String] {
        var words: [String] = []
        var word = String.UnicodeScalarView()
        let scalars = Array(name.unicodeScalars)
        let hasSmallLetters = scalars.contains { $0.properties.isLowercase }
        func end() {
            guard !word.isEmpty else { return }
            words.append(hasSmallLetters ? String(word) : String(word).lowercased())
            word = .init()
        }
        for (index, scalar) in scalars.enumerated() {
            guard isWordScalar(scalar) else {
                end()
                continue
            }
            if hasSmallLetters, isCapital(scalar), index > 0 {
                let afterSmall = !isCapital(scalars[index - 1])
                let beforeSmall = index + 1 < scalars.count && scalars[index + 1].properties.isLowercase
                let isPlural = beforeSmall && isPluralEnding(scalars, after: index)
                if afterSmall || (beforeSmall && !isPlural) { end() }
            }
            word.append(scalar)
        }
        end()
        return words
    }

    /// Indicates whether the capital at the index is the last of a plural acronym: the D of `IDs`.
    private static func isPluralEnding(_ scalars: [Unicode.Scalar], after index: Int) -> Bool {
        guard scalars[index + 1] == "s" else { return false }
        return index + 2 == scalars.count || !scalars[index + 2].properties.isLowercase
    }

    private static func leading(_ word: String) -> String {
        let small = word.lowercased()
        if acronyms.contains(small) || pluralAcronyms[small] != nil || word == word.uppercased() { return small }
        return word.prefix(1).lowercased() + word.dropFirst()
    }

    private static func following(_ word: String) -> String {
        let small = word.lowercased()
        if acronyms.contains(small) { return small.uppercased() }
        return pluralAcronyms[small] ?? word.prefix(1).uppercased() + word.dropFirst()
    }

    private static func isUpperCamelCase(_ name: String) -> Bool {
        guard let first = name.unicodeScalars.first, isCapital(first) else { return false }
        return name.unicodeScalars.allSatisfy(isWordScalar)
    }

    private static func startingLikeAnIdentifier(_ name: String) -> String? {
        guard let first = name.unicodeScalars.first else { return nil }
        return isDigit(first) ? "_" + name : name
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    private static func isCapital(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII ? ("A"..."Z").contains(scalar) : scalar.properties.isUppercase
    }

    private static func isWordScalar(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII {
            return ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || isDigit(scalar)
        }
        return scalar.properties.isAlphabetic && scalar.properties.isXIDContinue
    }

    // MARK: Reserved words

    /// The names that Swift does not allow for nested types, and the modules that generated code imports.
    ///
    /// Other names of Swift and Foundation (`Date`, `Error`) are allowed: generated code then qualifies theirs with the
    /// module.
    static let reservedTypes: Set<String> = [
        "Any", "Protocol", "Self", "Type", "Countersign", "CountersignOIDC", "Foundation", "Swift",
    ]

    /// The words that require backticks as names of members.
    private static let reserved: Set<String> = [
        "Any", "Protocol", "Self", "Type", "as", "associatedtype", "await", "break", "case", "catch", "class",
        "continue",
        "default", "defer", "deinit", "do", "else", "enum", "extension", "fallthrough", "false", "fileprivate", "for",
        "func", "guard", "if", "import", "in", "init", "inout", "internal", "is", "let", "nil", "operator",
        "precedencegroup", "private", "protocol", "public", "repeat", "rethrows", "return", "self", "static", "struct",
        "subscript", "super", "switch", "throw", "throws", "true", "try", "typealias", "var", "where", "while",
    ]
}
