import CountersignSchema

extension TypeName {
    /// The name of the type in which this one is nested.
    var parent: TypeName? {
        guard let root = path.first, path.count > 1 else { return nil }
        return path.dropFirst().dropLast().reduce(TypeName(root)) { $0.nested($1) }
    }
}
