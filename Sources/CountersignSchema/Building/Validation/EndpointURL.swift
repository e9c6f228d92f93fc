/// The rules for a URL in a schema: absolute, https or loopback, without credentials.
enum EndpointURL {
    /// Returns the problem with a URL and what to do about it; nil for a valid URL.
    static func problem(with text: String) -> String? {
        guard let separator = text.firstRange(of: "://") else {
            return "must be an absolute URL like 'https://api.example.com'"
        }
        let scheme = text[..<separator.lowerBound].lowercased()
        let rest = text[separator.upperBound...]
        guard
            text.unicodeScalars.allSatisfy({
                $0.value > 0x20 && $0.value < 0x7F && !"\"<>\\^`{|}".unicodeScalars.contains($0)
            })
        else { return "contains a character that is not allowed in a URL; percent-encode it" }
        if rest.contains("?") || rest.contains("#") { return "must have neither a query nor a fragment" }
        let authority = rest.prefix { $0 != "/" }
        if authority.contains("@") { return "must not contain credentials; never put a secret in a schema" }
        guard let host = host(of: authority) else {
            return "must have a valid host and, if it has a port, one from 1 to 65535"
        }
        switch scheme {
        case "https": return nil
        case "http": return isLoopback(host) ? nil : "must use https; plain http is only allowed for loopback hosts"
        default: return "must use https, not \(quoted(scheme))"
        }
    }

    /// Returns the problem with an origin and what to do about it; nil for a valid origin.
    static func problem(withOrigin text: String) -> String? {
        if let problem = problem(with: text) { return problem }
        guard let separator = text.firstRange(of: "://"), !text[separator.upperBound...].contains("/") else {
            return "must be origins without a path, like 'https://tokens.example.com'"
        }
        return nil
    }

    private static func host(of authority: Substring) -> Substring? {
        var host = authority
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = authority[...end]
            guard host.dropFirst().dropLast().allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else {
                return nil
            }
        } else if let colon = authority.firstIndex(of: ":") {
            host = authority[..<colon]
        }
        let port = authority[host.endIndex...]
        if !port.isEmpty {
            let digits = port.dropFirst()
            guard port.first == ":", digits.allSatisfy({ ("0"..."9").contains($0) }) else { return nil }
            guard let number = Int(digits), (1...65_535).contains(number) else { return nil }
        }
        return host.isEmpty || host.hasPrefix(".") ? nil : host
    }

    private static func isLoopback(_ host: Substring) -> Bool {
        if host == "[::1]" || host.lowercased() == "localhost" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
