/// The parser of `scope` parameters (RFC 6749 section 3.3).
enum ScopeList {
    /// Returns the requested scopes after checking that each is allowed; without the parameter, all allowed scopes.
    static func read(_ text: String?, allowed: Set<String>) throws(OAuthErrorResponse) -> Set<String> {
        guard let text else { return allowed }
        let names = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        let isWellFormed = names.allSatisfy { name in
            !name.isEmpty && name.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }
        }
        guard isWellFormed, allowed.isSuperset(of: names) else {
            throw OAuthErrorResponse(
                code: "invalid_scope",
                description: "a scope is malformed or not allowed for the client"
            )
        }
        return Set(names)
    }
}
