/// Suggestions for misspelt words.
package enum NearestWord {
    /// Returns the nearest candidate; nil if more than a third of the letters of every candidate differ.
    static func to(_ word: String, among candidates: some Sequence<String>) -> String? {
        if let meant = foreign[word], let candidate = candidates.first(where: { $0 == meant }) { return candidate }
        let folded = fold(word)
        guard !folded.isEmpty, folded.count <= 40 else { return nil }
        var best: (word: String, distance: Int, sharedStart: Int)?
        for candidate in candidates {
            let other = fold(candidate)
            let length = min(folded.count, other.count)
            let limit = min(length == 2 ? 1 : length / 3, best?.distance ?? .max)
            guard abs(folded.count - other.count) <= limit, other.count <= 40 else { continue }
            let distance = distance(folded, other)
            let sharedStart = zip(folded, other).prefix { $0 == $1 }.count
            guard distance <= limit else { continue }
            // Of equally near words, prefer the longest common prefix: 'pathh' is 'path' rather than 'patch'.
            if let best, best.distance == distance, best.sharedStart >= sharedStart { continue }
            best = (candidate, distance, sharedStart)
        }
        return best?.word
    }

    /// Keywords of other languages and tools, and the corresponding keywords here.
    private static let foreign = [
        "client_credentials": "clientCredentials", "authorization_code": "authorizationCode",
        "token_exchange": "tokenExchange", "additionalProperties": "others", "allOf": "includes",
        "parameters": "query", "response": "returns", "responses": "returns", "result": "returns",
        "requestBody": "body", "request": "body", "security": "auth", "securitySchemes": "auth",
        "paths": "operations", "schemas": "types", "components": "types",
    ]

    /// The longest list in a message: all keys of an operation fit.
    private static let maximumListed = 32

    /// Returns `; did you mean 'x'?` for a close candidate, otherwise the list of candidates.
    package static func suggestion(for word: String, among candidates: [String]) -> String {
        if let nearest = to(word, among: candidates) { return "; did you mean \(quoted(nearest))?" }
        guard !candidates.isEmpty else { return "" }
        let listed = candidates.count > maximumListed ? candidates.prefix(maximumListed) + ["…"] : candidates[...]
        return "; expected \(listed.count == 1 ? "" : "one of ")\(listed.joined(separator: ", "))"
    }

    /// Returns the letters in lower case without separators, since differences in those are the most common mistakes.
    private static func fold(_ word: String) -> [UInt8] {
        word.utf8.prefix(64).filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-") }.map {
            (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0
        }
    }

    /// Returns the number of insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast = [Int](repeating: 0, count: right.count + 1)
        var last = Array(0...right.count)
        for i in stride(from: 1, through: left.count, by: 1) {
            var current = [i]
            current.reserveCapacity(right.count + 1)
            for j in stride(from: 1, through: right.count, by: 1) {
                let replaced = last[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1)
                var least = min(replaced, last[j] + 1, current[j - 1] + 1)
                if i > 1, j > 1, left[i - 1] == right[j - 2], left[i - 2] == right[j - 1] {
                    least = min(least, beforeLast[j - 2] + 1)
                }
                current.append(least)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}
