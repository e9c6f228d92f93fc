/// One challenge of a `WWW-Authenticate` field (RFC 9110 section 11.6.1).
struct WWWAuthenticateChallenge: Hashable, Sendable {
    /// The name of the scheme, in lower case.
    var scheme: String
    /// The parameters by name in lower case; the first value if a name is repeated.
    var parameters: [String: String] = [:]

    var error: String? { parameters["error"] }

    /// True if the challenge is about an access token, of either type: some servers challenge Bearer when they require
    /// DPoP (P28).
    var isForToken: Bool { scheme == "dpop" || scheme == "bearer" }

    /// True if the server requires a proof with a nonce (RFC 9449 sections 8 and 9).
    var demandsNonce: Bool { isForToken && error == "use_dpop_nonce" }

    /// Parses all challenges of a response's fields, in linear time.
    ///
    /// A field can contain several challenges, and commas separate both challenges and parameters. A name is that of a
    /// parameter if `=` follows, and otherwise that of a scheme. A syntax error ends the parsing of its field; the
    /// challenges before it are returned.
    static func parse(_ fields: [String]) -> [WWWAuthenticateChallenge] {
        var challenges: [WWWAuthenticateChallenge] = []
        for field in fields {
            var scanner = Scanner(field)
            while let challenge = scanner.challenge() { challenges.append(challenge) }
        }
        return challenges
    }

    private struct Scanner {
        private let bytes: [UInt8]
        private var position = 0
        /// True after a quotation without an end: the rest of the field is skipped.
        private var isBroken = false

        init(_ text: String) {
            bytes = Array(text.utf8)
        }

        mutating func challenge() -> WWWAuthenticateChallenge? {
            skip(Self.isSeparator)
            guard !isBroken, let scheme = token() else { return nil }
            var challenge = WWWAuthenticateChallenge(scheme: scheme.lowercased())
            var isFirst = true
            while true {
                let start = position
                let separators = skip(Self.isSeparator)
                guard separators > 0, let name = token() else { break }
                skip(Self.isSpace)
                if peek == UInt8(ascii: "="), let value = value() {
                    if challenge.parameters[name.lowercased()] == nil {
                        challenge.parameters[name.lowercased()] = value
                    }
                } else if isBroken {
                    break
                } else if isFirst, !bytes[start..<position].contains(UInt8(ascii: ",")) {
                    // A token68, which some schemes use instead of parameters.
                    skip { $0 != UInt8(ascii: ",") }
                } else {
                    position = start
                    break
                }
                isFirst = false
            }
            return challenge
        }

        /// Parses `=` and a value; restores the position if no value follows.
        private mutating func value() -> String? {
            let start = position
            position += 1
            skip(Self.isSpace)
            if let value = quoted() ?? token() { return value }
            // An unterminated quotation ends the field; anything else may be a token68.
            isBroken = peek == UInt8(ascii: "\"")
            position = start
            return nil
        }

        private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

        @discardableResult
        private mutating func skip(_ isSkipped: (UInt8) -> Bool) -> Int {
            let start = position
            while position < bytes.count, isSkipped(bytes[position]) { position += 1 }
            return position - start
        }

        private mutating func token() -> String? {
            let start = position
            guard skip(Self.isTokenCharacter) > 0 else { return nil }
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }

        private mutating func quoted() -> String? {
            guard peek == UInt8(ascii: "\"") else { return nil }
            var text: [UInt8] = []
            var index = position + 1
            while index < bytes.count {
                switch bytes[index] {
                case UInt8(ascii: "\""):
                    position = index + 1
                    return String(decoding: text, as: UTF8.self)
                case UInt8(ascii: "\\") where index + 1 < bytes.count:
                    index += 1
                    text.append(bytes[index])
                case let byte:
                    text.append(byte)
                }
                index += 1
            }
            return nil
        }

        private static func isSeparator(_ byte: UInt8) -> Bool {
            byte == UInt8(ascii: ",") || isSpace(byte)
        }

        private static func isSpace(_ byte: UInt8) -> Bool {
            byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
        }

        private static func isTokenCharacter(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default:
                "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
        }
    }
}
