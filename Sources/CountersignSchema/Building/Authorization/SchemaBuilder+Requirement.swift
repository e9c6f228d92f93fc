extension SchemaBuilder {
    /// Builds a requirement: `user`, `[user, none]`, `[worker and subscription, none]`.
    func requirement(_ node: SourceNode) -> AuthorizationRequirement {
        var combinations: [AuthorizationRequirement.Combination] = []
        for (text, location) in texts(node, of: "'auth'") {
            if combinations.last?.schemes.isEmpty == true {
                error(location, "'none' is always possible, so later alternatives are never used; put 'none' last")
            }
            guard let combination = combination(text, at: location) else { continue }
            guard !combinations.contains(combination) else {
                error(location, "duplicate \(quoted(text)) in 'auth'")
                continue
            }
            combinations.append(combination)
        }
        if combinations.isEmpty {
            if case .sequence(let elements) = node.content, elements.isEmpty {
                error(node.location, "an empty list of schemes is not allowed; write 'none'")
            }
            return AuthorizationRequirement.none
        }
        return AuthorizationRequirement(alternatives: combinations)
    }

    private func combination(_ text: String, at location: SourceLocation) -> AuthorizationRequirement.Combination? {
        let words = text.split(whereSeparator: \.isWhitespace).map { String($0) }
        if words == ["none"] { return .init(schemes: []) }
        var indices: [Int] = []
        for (position, word) in words.enumerated() {
            guard position % 2 == 0 else {
                if word == "and", position + 1 < words.count { continue }
                error(location, "expected 'and' between two schemes; write alternatives as a list: '[a, b]'")
                return nil
            }
            guard let index = scheme(word, at: location) else { return nil }
            guard !indices.contains(index) else {
                error(location, "duplicate \(quoted(word)) in \(quoted(text))")
                return nil
            }
            if setsAuthorization(index), indices.contains(where: setsAuthorization) {
                error(
                    location,
                    "two schemes of \(quoted(text)) set the header Authorization, which a request has only once"
                )
                return nil
            }
            indices.append(index)
        }
        return .init(schemes: indices)
    }

    private func setsAuthorization(_ index: Int) -> Bool {
        schemes[index].kind.setsAuthorization && !invalidSchemes.contains(index)
    }

    private func scheme(_ word: String, at location: SourceLocation) -> Int? {
        if let index = schemes.firstIndex(where: { ($0.name ?? $0.kind.word) == word }) { return index }
        if word == "none" {
            error(location, "'none' cannot be combined; write it as an alternative: '[a, none]'")
            return nil
        }
        let names = schemes.map { $0.name ?? $0.kind.word }
        let hint = self.suggestion(for: word, among: names + ["none"])
        error(location, "the scheme \(quoted(word)) is not declared in 'auth'\(hint)")
        return nil
    }
}
