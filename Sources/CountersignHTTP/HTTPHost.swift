#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension HTTP {
    /// A parser of URL hosts (RFC 3986 section 3.2.2) that is stricter than the grammar.
    ///
    /// Names must be valid in the DNS, and addresses have a single spelling.
    enum Host {
        /// Returns the host in the normalized form of ``HTTP/Origin/host``.
        static func normalized(_ bytes: some Collection<UInt8>, at offset: Int) throws(HTTP.URLError) -> String {
            guard let first = bytes.first else { throw HTTP.URLError("the host is missing", at: offset) }
            if first == UInt8(ascii: "[") { return try address(bytes, at: offset) }
            guard bytes.count <= 255 else { throw HTTP.URLError("the host is longer than 255 bytes", at: offset) }
            for (index, byte) in bytes.enumerated() {
                switch byte.asciiLowercased {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                    UInt8(ascii: "."), UInt8(ascii: "_"):
                    continue
                case 0x80...:
                    throw HTTP.URLError(
                        "the host is not ASCII; write an internationalized name in its xn-- form",
                        at: offset + index
                    )
                default:
                    throw HTTP.URLError("invalid character in the host", at: offset + index)
                }
            }
            let host = String(decoding: bytes.map(\.asciiLowercased), as: UTF8.self)
            var labels = host.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            if labels.count > 1, labels.last?.isEmpty == true { labels.removeLast() }
            guard labels.allSatisfy({ !$0.isEmpty && $0.count <= 63 }) else {
                throw HTTP.URLError("the host has an empty label, or one of more than 63 bytes", at: offset)
            }
            // Resolvers read 0x7f.1, 017700000001 and 127.1 as 127.0.0.1: such spellings would bypass the loopback check.
            if let last = labels.last, endsAsNumber(last), !isIPv4(host.utf8) {
                throw HTTP.URLError(
                    "a host that ends in a number must be an IPv4 address of four decimal numbers without leading zeros",
                    at: offset
                )
            }
            return host
        }

        /// Returns true for an IPv4 address in its canonical spelling: four decimal numbers without leading zeros.
        static func isIPv4(_ bytes: some Collection<UInt8>) -> Bool {
            let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            return parts.count == 4
                && parts.allSatisfy { part in
                    guard 1...3 ~= part.count, part.allSatisfy(\.isASCIIDigit) else { return false }
                    if part.count > 1, part.first == UInt8(ascii: "0") { return false }
                    return part.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) } <= 255
                }
        }

        private static func endsAsNumber(_ label: Substring.UTF8View) -> Bool {
            label.allSatisfy(\.isASCIIDigit)
                || (label.starts(with: "0x".utf8) && label.dropFirst(2).allSatisfy(\.isASCIIHexDigit))
        }

        private static func address(_ bytes: some Collection<UInt8>, at offset: Int) throws(HTTP.URLError) -> String {
            guard bytes.count <= 48, let text = shortest(String(decoding: bytes.dropFirst().dropLast(), as: UTF8.self)),
                Array(bytes).last == UInt8(ascii: "]")
            else { throw HTTP.URLError("invalid IPv6 address in brackets (zones are not supported)", at: offset) }
            return "[" + text + "]"
        }

        /// Returns the canonical form of an IPv6 address (RFC 5952).
        private static func shortest(_ address: String) -> String? {
            guard address.utf8.allSatisfy({ $0.isASCIIHexDigit || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") })
            else { return nil }
            var binary = in6_addr()
            guard inet_pton(AF_INET6, address, &binary) == 1 else { return nil }
            return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { buffer in
                guard let base = buffer.baseAddress,
                    let text = inet_ntop(AF_INET6, &binary, base, socklen_t(buffer.count))
                else { return nil }
                return String(cString: text)
            }
        }
    }
}

extension UInt8 {
    var isASCIIDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

    var isASCIIHexDigit: Bool {
        isASCIIDigit || (asciiLowercased >= UInt8(ascii: "a") && asciiLowercased <= UInt8(ascii: "f"))
    }
}
