/// The lines of a file, for diagnostics that depend on the text around a node.
struct SourceLines {
    private let bytes: [UInt8]
    private let starts: [Int]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var starts = [0]
        bytes.withUnsafeBufferPointer { buffer in
            var index = 0
            while index < buffer.count {
                let byte = buffer[index]
                index += 1
                if byte == 0x0D, index < buffer.count, buffer[index] == 0x0A { index += 1 }
                if byte == 0x0A || byte == 0x0D { starts.append(index) }
            }
        }
        self.starts = starts
    }

    /// The scalars of a line without its line ending; empty if the file has no such line.
    ///
    /// Only the first 4,096 bytes of a line are considered.
    subscript(line: Int) -> [Unicode.Scalar] {
        guard line >= 1, line <= starts.count else { return [] }
        let end = line < starts.count ? starts[line] : bytes.count
        let text = String(decoding: bytes[starts[line - 1]..<end].prefix(4_096), as: UTF8.self)
        return text.unicodeScalars.filter { $0 != "\n" && $0 != "\r" }
    }

    /// Returns the rest of the line from a location on.
    func rest(from location: SourceLocation) -> ArraySlice<Unicode.Scalar> {
        self[location.line].dropFirst(location.column - 1)
    }

    /// Returns the byte at a location.
    func byte(at location: SourceLocation) -> Int {
        let before = self[location.line].prefix(location.column - 1)
        return starts[location.line - 1] + before.reduce(0) { $0 + UTF8.width($1) }
    }

    /// Returns the location of a byte.
    func location(ofByte offset: Int) -> SourceLocation {
        var low = 0
        var high = starts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= offset { low = middle } else { high = middle }
        }
        let text = bytes[starts[low]..<max(starts[low], min(offset, bytes.count))]
        return SourceLocation(line: low + 1, column: text.count { $0 & 0xC0 != 0x80 } + 1)
    }
}
