/// The rules for a URL that a schema names: absolute, https or loopback, without credentials.
enum EndpointURL {
    /// What is wrong with the URL and what to do about it; nil when nothing is.
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
        else { return "holds a character that no URL may hold; write it percent-encoded" }
        if rest.contains("?") || rest.contains("#") { return "must have neither a query nor a fragment" }
        let authority = rest.prefix { $0 != "/" }
        if authority.contains("@") { return "must not hold credentials; a secret never stands in a schema" }
        guard let host = host(of: authority) else { return "must name a host, and a port from 1 to 65535 if any" }
        switch scheme {
        case "https": return nil
        case "http": return isLoopback(host) ? nil : "must be https; plain http is for loopback hosts only"
        default: return "must be https, not \(quoted(scheme))"
        }
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

extension SchemaBuilder {
    /// A URL that requests are sent to.
    func url(_ node: SchemaNode, of what: String) -> String? {
        guard let text = text(node, of: what) else { return nil }
        if let problem = EndpointURL.problem(with: text) {
            // The URL is not repeated: it may hold a secret.
            error(node.location, "\(what) \(problem)")
            return nil
        }
        return text
    }

    /// A base URL, to which paths are appended.
    func baseURL(_ node: SchemaNode, of what: String) -> String? {
        guard var url = url(node, of: what) else { return nil }
        while url.hasSuffix("/") { url.removeLast() }
        return url
    }
}
