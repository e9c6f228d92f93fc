package import CountersignSchema

extension Schema {
    /// Returns the scopes that sign-in requests: those of the scheme, then those that its operations add.
    package func signInScopes(of scheme: Int, _ oauth: OAuthParameters) -> [String] {
        var scopes: [String] = []
        let needed = operations.filter { $0.requirement.alternatives.contains { $0.schemes.contains(scheme) } }
        for scope in oauth.scopes + needed.flatMap(\.scopes) where !scopes.contains(scope) { scopes.append(scope) }
        return scopes
    }

    /// Indicates whether some operation has an alternative to this scheme, so that it works without a user.
    func hasOptionalUser(_ scheme: Int) -> Bool {
        operations.contains { operation in
            let alternatives = operation.requirement.alternatives
            return alternatives.count > 1 && alternatives.contains { $0.schemes.contains(scheme) }
        }
    }
}
