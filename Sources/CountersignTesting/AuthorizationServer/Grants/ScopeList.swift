/// The `scope` parameter (RFC 6749 section 3.3).
enum ScopeList {
    /// The scopes in a parameter's text, each of them allowed; without a text, all that are allowed.
    static func read(_ text: String?, allowed: Set<String>) throws(OAuthRefusal) -> Set<String> {
        guard let text else { return allowed }
        let names = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        let isWellFormed = names.allSatisfy { name in
            !name.isEmpty && name.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }
        }
        guard isWellFormed, allowed.isSuperset(of: names) else {
            throw OAuthRefusal(
                code: "invalid_scope",
                description: "a scope is not allowed, or not written as RFC 6749 3.3"
            )
        }
        return Set(names)
    }
}
