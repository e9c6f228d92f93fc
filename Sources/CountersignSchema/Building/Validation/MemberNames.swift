/// The Swift names that are taken in one scope.
struct MemberNames {
    /// For each Swift name the name in the file that took it, and its location.
    var taken: [String: (name: String, location: SourceLocation)] = [:]
}
