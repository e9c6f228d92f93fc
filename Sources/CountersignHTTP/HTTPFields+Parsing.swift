extension HTTP.Fields {
    /// Parses the field lines of a response head, without the status line (RFC 9112 section 5).
    ///
    /// The head is untrusted: invalid lines are dropped, and control characters in values become spaces (RFC 9110
    /// section 5.5), so that the fields can be printed and forwarded.
    init(parsingHead head: [UInt8]) {
        self.init()
        head.withUnsafeBufferPointer { head in
            var start = head.startIndex
            while start < head.endIndex {
                let end = head[start...].firstIndex(of: UInt8(ascii: "\n")) ?? head.endIndex
                append(line: head[start..<end])
                start = end + 1
            }
        }
    }

    private mutating func append(line: Slice<UnsafeBufferPointer<UInt8>>) {
        guard let first = line.first else { return }
        if first == UInt8(ascii: " ") || first == UInt8(ascii: "\t") { return unfold(line) }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
            line[..<colon].allSatisfy(\.isHTTPTokenByte)
        else { return }
        let name = String(decoding: UnsafeBufferPointer(rebasing: line[..<colon]), as: UTF8.self)
        append(name: HTTP.FieldName(unchecked: name), value: Self.value(line[(colon + 1)...]))
    }

    /// Appends a continuation line to the value of the previous field (`obs-fold`, RFC 9112 section 5.2).
    private mutating func unfold(_ line: Slice<UnsafeBufferPointer<UInt8>>) {
        guard let last = self.last else { return }
        let more = Self.value(line)
        if !more.isEmpty { replaceLast(with: HTTP.Field(name: last.name, value: last.value + " " + more)) }
    }

    private static func value(_ line: Slice<UnsafeBufferPointer<UInt8>>) -> String {
        var line = line
        while let first = line.first, first <= 0x20 { line.removeFirst() }
        while let last = line.last, last <= 0x20 { line.removeLast() }
        if line.allSatisfy(\.isHTTPFieldValueByte) {
            return String(decoding: UnsafeBufferPointer(rebasing: line), as: UTF8.self)
        }
        return String(decoding: line.map { $0.isHTTPFieldValueByte ? $0 : UInt8(ascii: " ") }, as: UTF8.self)
    }
}
