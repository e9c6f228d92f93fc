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
                let names = relations.utf8.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.map(
                    Substring.init
                )
                if names.contains(where: { $0.lowercased() == relation }) { return link.target }
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
            let name = text(token()).lowercased()
            let value = skip(UInt8(ascii: "=")) ? self.value() : ""
            // The first parameter of a name applies (RFC 8288 section 3.3).
            if name == "rel" { link.rel = link.rel ?? value }
            if name == "anchor" { link.anchor = link.anchor ?? value }
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
        let head = reference.utf8.prefix { !"/?#".utf8.contains($0) }
        if head.contains(UInt8(ascii: ":")) { return try HTTP.URL(reference) }
        if reference.utf8.starts(with: "//".utf8) {
            return try HTTP.URL("\(origin.isSecure ? "https" : "http"):" + reference)
        }
        let reference = Substring(reference.utf8.prefix { $0 != UInt8(ascii: "#") })
        if reference.isEmpty { return self }
        if reference.utf8.first == UInt8(ascii: "?") {
            return try HTTP.URL(origin: origin, target: String(path) + reference)
        }
        let parts = reference.utf8.split(
            separator: UInt8(ascii: "?"),
            maxSplits: 1,
            omittingEmptySubsequences: false
        ).map(Substring.init)
        let directory = path.prefix(through: path.utf8.lastIndex(of: UInt8(ascii: "/")) ?? path.startIndex)
        let merged = String(reference.utf8.first == UInt8(ascii: "/") ? parts[0] : directory + parts[0])
        let query = parts.count > 1 ? "?" + parts[1] : ""
        return try HTTP.URL(origin: origin, target: Self.removingDotSegments(merged) + query)
    }

    /// Removes the dot segments of a path that begins with a slash (RFC 3986 section 5.2.4).
    private static func removingDotSegments(_ path: String) -> String {
        var segments: [Substring] = []
        let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst()
            .map(Substring.init)
        for (index, part) in parts.enumerated() {
            let isLast = index == parts.count - 1
            switch part {
            case ".", "..":
                if part == "..", !segments.isEmpty { segments.removeLast() }
                if isLast { segments.append("") }
            default: segments.append(part)
            }
        }
        return "/" + segments.joined(separator: "/")
    }
}
