import CCurl

/// A writer of header lines and C strings into preallocated memory.
struct CurlRequestWriter {
    private let nodes: UnsafeMutablePointer<curl_slist>
    private var nodeCount = 0
    private var text: UnsafeMutablePointer<UInt8>

    init(nodes: UnsafeMutablePointer<curl_slist>, text: UnsafeMutablePointer<UInt8>) {
        self.nodes = nodes
        self.text = text
    }

    /// The list of the lines; `nil` if it is empty.
    var firstNode: UnsafeMutablePointer<curl_slist>? { nodeCount == 0 ? nil : nodes }

    /// Writes a field line; returns false if the value contains a byte that cannot be sent.
    mutating func append(_ field: HTTP.Field) -> Bool {
        let line = text
        copy(field.name.rawName)
        let value = text + 2
        text = value
        copy(field.value)
        var isBlank = true
        for byte in UnsafeBufferPointer(start: value, count: text - value) {
            guard byte.isHTTPFieldValueByte else { return false }
            if byte > 0x20 { isBlank = false }
        }
        if isBlank {
            // In libcurl, "Name:" removes a field, and "Name;" sends it without a value.
            value[-2] = UInt8(ascii: ";")
            value[-1] = 0
            text = value
        } else {
            value[-2] = UInt8(ascii: ":")
            value[-1] = UInt8(ascii: " ")
            terminate()
        }
        link(UnsafeMutableRawPointer(line).assumingMemoryBound(to: CChar.self))
        return true
    }

    /// Adds a constant line.
    mutating func append(_ line: StaticString) {
        // libcurl does not write to the lines of its list.
        link(UnsafeMutableRawPointer(mutating: line.utf8Start).assumingMemoryBound(to: CChar.self))
    }

    /// Writes a C string.
    mutating func string(_ string: String) -> UnsafePointer<CChar> {
        let start = text
        copy(string)
        terminate()
        return UnsafeRawPointer(start).assumingMemoryBound(to: CChar.self)
    }

    /// Writes the target of a request line; returns `nil` if it would break out of the line.
    mutating func target(_ target: String) -> UnsafePointer<CChar>? {
        let start = text
        let written = string(target)
        let isValid =
            start.pointee == UInt8(ascii: "/")
            && UnsafeBufferPointer(start: start, count: text - start - 1).allSatisfy { $0 > 0x20 && $0 < 0x7F }
        return isValid ? written : nil
    }

    private mutating func copy(_ string: String) {
        var string = string
        string.withUTF8 { source in
            if let base = source.baseAddress { text.update(from: base, count: source.count) }
            text += source.count
        }
    }

    private mutating func terminate() {
        text.pointee = 0
        text += 1
    }

    private mutating func link(_ line: UnsafeMutablePointer<CChar>) {
        let node = nodes + nodeCount
        node.initialize(to: curl_slist(data: line, next: nil))
        if nodeCount > 0 { nodes[nodeCount - 1].next = node }
        nodeCount += 1
    }
}
