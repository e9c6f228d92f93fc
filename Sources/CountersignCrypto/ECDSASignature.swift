/// Conversions between the two forms of an ECDSA signature.
///
/// OpenSSL uses DER (RFC 3279 section 2.2.3), and JWS uses `r‖s` (RFC 7518 section 3.4), in which both numbers have the
/// full length of the curve.
package enum ECDSASignature {
    /// An upper bound for the length of the DER form (P-521: 139 bytes).
    static let maximumDERByteCount = 144

    /// Writes `r‖s` of a DER signature to `output`, whose halves have the curve's coordinate length.
    ///
    /// - Returns: False if `der` is not exactly one strict DER signature whose numbers fit.
    package static func unpack(der: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Bool {
        var reader = DERReader(der)
        guard let body = reader.value(of: .sequence), reader.isAtEnd else { return false }
        let half = output.count / 2
        var numbers = DERReader(body)
        return numbers.copyNumber(into: UnsafeMutableRawBufferPointer(rebasing: output[..<half]))
            && numbers.copyNumber(into: UnsafeMutableRawBufferPointer(rebasing: output[half...]))
            && numbers.isAtEnd
    }

    /// Returns the DER form of `r‖s`; `raw` must have an even length of at most 132 bytes.
    package static func der(raw: UnsafeRawBufferPointer) -> [UInt8] {
        let half = raw.count / 2
        var body: [UInt8] = []
        body.reserveCapacity(maximumDERByteCount)
        appendNumber(UnsafeRawBufferPointer(rebasing: raw[..<half]), to: &body)
        appendNumber(UnsafeRawBufferPointer(rebasing: raw[half...]), to: &body)
        let header = [DERReader.Tag.sequence.rawValue] + (body.count < 0x80 ? [] : [0x81]) + [UInt8(body.count)]
        return header + body
    }

    private static func appendNumber(_ bytes: UnsafeRawBufferPointer, to body: inout [UInt8]) {
        let digits = bytes.drop { $0 == 0 }
        // The sign bit must be clear; zero is written as one zero byte.
        let needsZero = (digits.first ?? 0x80) >= 0x80
        body.append(DERReader.Tag.integer.rawValue)
        body.append(UInt8(digits.count + (needsZero ? 1 : 0)))
        if needsZero { body.append(0) }
        body.append(contentsOf: digits)
    }
}

/// A strict parser of the subset of DER that ECDSA signatures use.
private struct DERReader {
    enum Tag: UInt8 {
        case integer = 0x02
        case sequence = 0x30
    }

    private var rest: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) {
        rest = bytes
    }

    var isAtEnd: Bool { rest.isEmpty }

    /// Returns the contents of the next element, or `nil` if it has another tag or its length is not in the shortest form.
    mutating func value(of tag: Tag) -> UnsafeRawBufferPointer? {
        guard rest.count >= 2, rest[0] == tag.rawValue else { return nil }
        var start = 2
        var length = Int(rest[1])
        if length == 0x81 {
            guard rest.count >= 3, rest[2] >= 0x80 else { return nil }
            start = 3
            length = Int(rest[2])
        } else if length >= 0x80 {
            return nil
        }
        guard rest.count - start >= length else { return nil }
        let value = UnsafeRawBufferPointer(rebasing: rest[start..<start + length])
        rest = UnsafeRawBufferPointer(rebasing: rest[(start + length)...])
        return value
    }

    /// Writes the next element, a non-negative integer, right-aligned to `output`; returns false if it is invalid.
    mutating func copyNumber(into output: UnsafeMutableRawBufferPointer) -> Bool {
        guard var digits = value(of: .integer), let first = digits.first, first < 0x80 else { return false }
        if first == 0, digits.count > 1 {
            guard digits[1] >= 0x80 else { return false }
            digits = UnsafeRawBufferPointer(rebasing: digits[1...])
        }
        let padding = output.count - digits.count
        guard padding >= 0 else { return false }
        for index in 0..<padding { output[index] = 0 }
        UnsafeMutableRawBufferPointer(rebasing: output[padding...]).copyMemory(from: digits)
        return true
    }
}
