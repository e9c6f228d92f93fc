import CountersignHTTP

/// A link in a header field (RFC 8288).
enum WebLink {
    /// Returns the target of the first link of a relation type, as written: a URL, or a reference relative to the request.
    ///
    /// Links with another context than the response (`anchor`) and invalid links are ignored.
    static func target(of relation: String, in values: [String]) -> String? {
        for value in values {
            var parser = LinkParser(value)
            while let link = parser.next() {
                guard link.anchor == nil, let relations = link.rel else { continue }
                let names = relations.utf8.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
                if names.contains(where: { $0.map(\.asciiLowercased) == Array(relation.utf8) }) { return link.target }
            }
        }
        return nil
    }
}

private struct LinkParser {
    struct Link {
        var target: String
        var rel: String?
        var anchor: String?
    }

    private let bytes: [UInt8]
    private var position = 0

    init(_ value: String) {
        bytes = Array(value.utf8)
    }

    /// Parses the next link, skipping everything else.
    mutating func next() -> Link? {
        guard let start = bytes[position...].firstIndex(of: UInt8(ascii: "<")),
            let end = bytes[start...].firstIndex(of: UInt8(ascii: ">"))
        else { return nil }
        var link = Link(target: text(bytes[(start + 1)..<end]))
        position = end + 1
        while skip(UInt8(ascii: ";")) {
            let name = token().map(\.asciiLowercased)
            let value = skip(UInt8(ascii: "=")) ? self.value() : ""
            // The first parameter of a name applies (RFC 8288 section 3.3).
            if name == Array("rel".utf8) { link.rel = link.rel ?? value }
            if name == Array("anchor".utf8) { link.anchor = link.anchor ?? value }
        }
        return link
    }

    private func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    private mutating func skipSpace() {
        while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x09 { position += 1 }
    }

    private mutating func skip(_ byte: UInt8) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func token() -> ArraySlice<UInt8> {
        skipSpace()
        let rest = bytes[position...]
        let token = rest.prefix { !" \t,;=\"<".utf8.contains($0) }
        position = token.endIndex
        return token
    }

    private mutating func value() -> String {
        skipSpace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { return text(token()) }
        position += 1
        var value: [UInt8] = []
        while position < bytes.count {
            var byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\"") { break }
            if byte == UInt8(ascii: "\\"), position < bytes.count {
                byte = bytes[position]
                position += 1
            }
            value.append(byte)
        }
        return String(decoding: value, as: UTF8.self)
    }
}

extension HTTP.URL {
    /// Resolves a reference against this URL (RFC 3986 section 5.2).
    func resolving(_ reference: String) throws(HTTP.URLError) -> HTTP.URL {
        let bytes = reference.utf8
        let head = bytes.prefix { !"/?#".utf8.contains($0) }
        if head.contains(UInt8(ascii: ":")) { return try HTTP.URL(reference).removingDotSegments() }
        if bytes.starts(with: "//".utf8) {
            return try HTTP.URL("\(origin.isSecure ? "https" : "http"):" + reference).removingDotSegments()
        }
        let target = Substring(bytes.prefix { $0 != UInt8(ascii: "#") })
        if target.isEmpty { return self }
        if target.utf8.first == UInt8(ascii: "?") { return try HTTP.URL(origin: origin, target: "\(path)\(target)") }
        if target.utf8.first == UInt8(ascii: "/") {
            return try HTTP.URL(origin: origin, target: String(target)).removingDotSegments()
        }
        let directory = Substring(path.utf8[...(path.utf8.lastIndex(of: UInt8(ascii: "/")) ?? path.startIndex)])
        return try HTTP.URL(origin: origin, target: "\(directory)\(target)").removingDotSegments()
    }

    /// Removes the dot segments of the path (RFC 3986 section 5.2.4), `%2E` included, as browsers do.
    private func removingDotSegments() throws(HTTP.URLError) -> HTTP.URL {
        var segments: [Substring.UTF8View] = []
        let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst()
        for (index, part) in parts.enumerated() {
            guard let dots = Self.dots(in: part), 1...2 ~= dots else {
                segments.append(part)
                continue
            }
            if dots == 2, !segments.isEmpty { segments.removeLast() }
            if index == parts.count - 1 { segments.append(part.prefix(0)) }
        }
        let path = "/" + segments.map { String(Substring($0)) }.joined(separator: "/")
        return try HTTP.URL(origin: origin, target: path + (query.map { "?" + $0 } ?? ""))
    }

    /// Returns the number of dots in a segment that consists of dots, percent-encoded or not; otherwise nil.
    private static func dots(in segment: Substring.UTF8View) -> Int? {
        var rest = segment
        var count = 0
        while let first = rest.first {
            if first == UInt8(ascii: ".") {
                rest = rest.dropFirst()
            } else if rest.starts(with: "%2E".utf8) || rest.starts(with: "%2e".utf8) {
                rest = rest.dropFirst(3)
            } else {
                return nil
            }
            count += 1
        }
        return count
    }
}
