/// A mapping whose keys are keywords of the schema language.
struct Mapping {
    let entries: [SourceNode.Entry]
    /// The keywords that unknown keys were probably meant to be.
    var misspelt: [String] = []
    let location: SourceLocation

    subscript(_ key: String) -> SourceNode? { entry(key)?.value }

    func entry(_ key: String) -> SourceNode.Entry? {
        for entry in entries where entry.key.text == key { return entry }
        return nil
    }

    func contains(_ key: String) -> Bool { entry(key) != nil }

    /// Indicates whether a key is missing and not merely misspelt, which has been reported already.
    func lacks(_ key: String) -> Bool { !contains(key) && !misspelt.contains(key) }
}
