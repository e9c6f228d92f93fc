extension FormURLEncoded {
    /// Returns the parameters of a form in their order, or nil if it is invalid.
    ///
    /// A percent sign without two hexadecimal digits, text that is not UTF-8, more than 64 KiB and more than 100 parameters
    /// are invalid. A parameter without `=` has an empty value.
    package static func decode(_ text: some Collection<UInt8>) -> [(name: String, value: String)]? {
        guard text.count <= 65_536 else { return nil }
        var parameters: [(name: String, value: String)] = []
        for piece in text.split(separator: UInt8(ascii: "&"), maxSplits: 200) {
            let halves = piece.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard parameters.count < 100, let first = halves.first, let name = decodedText(first),
                let value = halves.count > 1 ? decodedText(halves[1]) : ""
            else { return nil }
            parameters.append((name, value))
        }
        return parameters
    }

    private static func decodedText(_ text: some Collection<UInt8>) -> String? {
        decodedBytes(text).flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// Returns the bytes of a name or a value; nil for a percent sign without two hexadecimal digits.
    package static func decodedBytes(_ text: some Collection<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var rest = text.makeIterator()
        while let byte = rest.next() {
            switch byte {
            case UInt8(ascii: "+"):
                bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.next()?.hexadecimalValue, let low = rest.next()?.hexadecimalValue else {
                    return nil
                }
                bytes.append(high << 4 | low)
            default:
                bytes.append(byte)
            }
        }
        return bytes
    }
}
