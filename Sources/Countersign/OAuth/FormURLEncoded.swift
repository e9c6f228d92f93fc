/// The encoding `application/x-www-form-urlencoded` (RFC 6749 appendix B).
package enum FormURLEncoded {
    package static let mediaType = "application/x-www-form-urlencoded"

    package static func encode(_ parameters: [(name: String, value: String)]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (name, value) in parameters { append(name, value, to: &bytes) }
        return bytes
    }

    static func append(_ name: String, _ value: String, to bytes: inout [UInt8]) {
        if !bytes.isEmpty { bytes.append(UInt8(ascii: "&")) }
        append(name, to: &bytes)
        bytes.append(UInt8(ascii: "="))
        append(value, to: &bytes)
    }

    package static func encode(_ text: String) -> String {
        var bytes: [UInt8] = []
        append(text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        for byte in text.utf8 {
            if byte == UInt8(ascii: " ") {
                bytes.append(UInt8(ascii: "+"))
            } else {
                bytes.appendPercentEncoding(byte)
            }
        }
    }
}
