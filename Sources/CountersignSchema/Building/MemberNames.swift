/// The Swift names taken in one scope, with the names and places that took them.
struct MemberNames {
    fileprivate var taken: [String: (name: String, location: SourceLocation)] = [:]

    init() {}
}

extension SchemaBuilder {
    /// Takes a Swift name in a scope; a name that is taken already is an error that shows both places.
    @discardableResult
    func claim(
        _ swiftName: String,
        for name: String,
        at location: SourceLocation,
        in names: inout MemberNames,
        remedy: String = "choose another name with 'swift: …'"
    ) -> Bool {
        guard let first = names.taken[swiftName] else {
            names.taken[swiftName] = (name, location)
            return true
        }
        guard name != first.name else {
            error(location, "\(quoted(name)) is taken at \(first.location.line):\(first.location.column); \(remedy)")
            return false
        }
        error(
            location,
            "\(quoted(name)) and \(quoted(first.name)) (\(first.location.line):\(first.location.column)) are both "
                + "'\(swiftName)' in Swift; \(remedy)"
        )
        return false
    }

    /// The Swift name that `swift:` chose, or that the naming rules give.
    func memberName(of name: String, at location: SourceLocation, chosen node: SchemaNode?) -> String {
        if let node {
            if let text = text(node, of: "'swift'") {
                if SwiftName.isIdentifier(text) { return text }
                error(node.location, "\(quoted(text)) is no Swift name")
            }
        } else if let derived = SwiftName.member(name) {
            return derived
        } else {
            error(location, "nothing of \(quoted(name)) can stand in a Swift name; choose one with 'swift: …'")
        }
        return "_\(location.line)_\(location.column)"
    }
}
