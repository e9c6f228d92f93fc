extension SchemaBuilder {
    /// Takes a Swift name in a scope; a name that is already taken is an error that shows both locations.
    ///
    /// - Parameter remedy: The advice at the end of the error.
    /// - Returns: True if the name was free.
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
            error(location, "\(quoted(name)) is already used at \(first.location); \(remedy)")
            return false
        }
        error(
            location,
            "\(quoted(name)) and \(quoted(first.name)) (\(first.location)) are both '\(swiftName)' in Swift; \(remedy)"
        )
        return false
    }

    /// Returns the Swift name that `swift:` gives, or else the one of the naming rules.
    func memberName(of name: String, at location: SourceLocation, chosen node: SourceNode?) -> String {
        if let node {
            if let text = text(node, of: "'swift'") {
                if SwiftName.isIdentifier(text) { return text }
                error(node.location, "\(quoted(text)) is not a valid Swift name")
            }
        } else if let derived = SwiftName.member(name) {
            return derived
        } else {
            error(location, "\(quoted(name)) has no characters for a Swift name; choose one with 'swift: …'")
        }
        return "_\(location.line)_\(location.column)"
    }
}
