/// The length of a body by its `Content-Length` fields (RFC 9110 section 8.6).
///
/// libcurl takes the last of several fields, and cuts the body there. It reads a length that 64 bits cannot hold as an
/// unknown one, and ignores what follows the digits.
struct ContentLength {
    private var length: Int64?
    private var isChunked = false
    private var hasInvalidLength = false

    /// False if a length is not a number, if there are different ones, or if one does not fit into 64 bits.
    ///
    /// Lengths of a chunked body are not used (RFC 9112 section 6.3).
    var isValid: Bool { !hasInvalidLength || isChunked }

    /// Reads a field line of a response head.
    mutating func read(_ line: UnsafeRawBufferPointer) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return }
        let (name, value) = (line[..<colon], line[(colon + 1)...])
        if Self.equals(name, "transfer-encoding") {
            isChunked = isChunked || Self.equals(value.trimmingWhiteSpace.suffix(7), "chunked")
        }
        guard Self.equals(name, "content-length") else { return }
        // A list of equal lengths, which some proxies make of repeated fields, is as good as one.
        for element in value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            guard let number = Self.number(element), length == nil || length == number else {
                hasInvalidLength = true
                return
            }
            length = number
        }
    }

    private static func equals(_ text: Slice<UnsafeRawBufferPointer>, _ lowercased: String) -> Bool {
        text.count == lowercased.utf8.count && zip(text, lowercased.utf8).allSatisfy { $0.asciiLowercased == $1 }
    }

    private static func number(_ text: Slice<UnsafeRawBufferPointer>) -> Int64? {
        let digits = text.trimmingWhiteSpace
        guard !digits.isEmpty else { return nil }
        var number: Int64 = 0
        for digit in digits {
            guard digit.isASCIIDigit else { return nil }
            let (product, overflow) = number.multipliedReportingOverflow(by: 10)
            let (sum, carried) = product.addingReportingOverflow(Int64(digit - UInt8(ascii: "0")))
            guard !overflow, !carried else { return nil }
            number = sum
        }
        return number
    }
}

extension Slice<UnsafeRawBufferPointer> {
    fileprivate var trimmingWhiteSpace: Self {
        var text = self
        while let first = text.first, first <= 0x20 { text.removeFirst() }
        while let last = text.last, last <= 0x20 { text.removeLast() }
        return text
    }
}
