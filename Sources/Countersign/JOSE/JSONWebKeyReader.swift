import CountersignCrypto
@_spi(Generated) import CountersignJSON

/// A reader of the members of one JSON Web Key, which rejects contradictory members.
///
/// A member that is null counts as missing.
struct JSONWebKeyReader {
    private enum Source {
        /// An object without duplicate members.
        case node(JSONNode)
        case members(JSONMembers)
    }

    private let source: Source

    /// The maximum length of a number: 8192 bits in base64url, and a leading zero.
    ///
    /// Longer keys are not accepted.
    private static let maximumNumberByteCount = 1368

    /// Creates a reader of an object that the caller has checked for duplicate members.
    init(_ json: JSONNode) {
        source = .node(json)
    }

    /// Creates a reader that rejects only invalid and duplicate members that it reads.
    init(_ members: JSONMembers) {
        source = .members(members)
    }

    /// Parses a JSON text and rejects duplicate members.
    static func root(of bytes: [UInt8]) throws(JSONWebKeyError) -> JSONNode {
        let document: JSONDocument
        do {
            document = try JSONDocument(parsing: bytes)
        } catch {
            let place = "line \(error.line), column \(error.column)"
            throw JSONWebKeyError(.malformed, nil, "the text is not JSON: \(error.message), \(place)")
        }
        if let duplicate = document.duplicateKey() {
            let (line, column) = duplicate.location
            throw JSONWebKeyError(.malformed, nil, "the text has a duplicate member, line \(line), column \(column)")
        }
        return document.root
    }

    /// Returns the value of a member; nil if it is missing or null.
    private func value(_ member: String) throws(JSONWebKeyError) -> JSONNode? {
        switch source {
        case .node(let json):
            return json[member].flatMap { $0.isNull ? nil : $0 }
        case .members(let members):
            do {
                return try members.value(member)
            } catch {
                throw JSONWebKeyError(.malformed, member, error.message)
            }
        }
    }

    /// Returns true if a member is present and not null.
    func has(_ member: String) throws(JSONWebKeyError) -> Bool { try value(member) != nil }

    func publicComponents() throws(JSONWebKeyError) -> KeyComponents {
        if case .node(let json) = source, json.kind != .object {
            throw JSONWebKeyError(.malformed, nil, "expected a JSON object")
        }
        switch try requiredText("kty") {
        case "EC":
            guard let curve = EllipticCurve(rawValue: try requiredText("crv")) else {
                throw JSONWebKeyError(.unsupported, "crv", "the curve of an EC key must be P-256, P-384 or P-521")
            }
            return .ec(
                curve: curve,
                x: try number("x", byteCount: curve.coordinateByteCount),
                y: try number("y", byteCount: curve.coordinateByteCount)
            )
        case "RSA":
            return .rsa(n: try number("n"), e: try number("e"))
        case "OKP":
            guard try requiredText("crv") == "Ed25519" else {
                throw JSONWebKeyError(.unsupported, "crv", "the curve of an OKP key must be Ed25519")
            }
            return .okp(x: try number("x", byteCount: 32))
        default:
            throw JSONWebKeyError(.unsupported, "kty", "the key type must be EC, RSA or OKP")
        }
    }

    func privateComponents() throws(JSONWebKeyError) -> PrivateKeyComponents {
        let components = try publicComponents()
        switch components {
        case .ec(let curve, _, _):
            return PrivateKeyComponents(components, d: try number("d", byteCount: curve.coordinateByteCount))
        case .okp:
            return PrivateKeyComponents(components, d: try number("d", byteCount: 32))
        case .rsa:
            guard try !has("oth") else {
                throw JSONWebKeyError(.unsupported, "oth", "RSA keys with more than two primes are not supported")
            }
            return PrivateKeyComponents(components, d: try number("d"), factors: try factors())
        }
    }

    /// The factors, which speed RSA up: all five numbers or none of them (RFC 7518 section 6.3.2).
    private func factors() throws(JSONWebKeyError) -> PrivateKeyComponents.Factors? {
        var hasFactors = false
        for name in ["p", "q", "dp", "dq", "qi"] where try has(name) { hasFactors = true }
        guard hasFactors else { return nil }
        return PrivateKeyComponents.Factors(
            p: try number("p"),
            q: try number("q"),
            dp: try number("dp"),
            dq: try number("dq"),
            qi: try number("qi")
        )
    }

    /// Rejects a key that is not for signatures.
    ///
    /// - Parameter operation: `sign` or `verify`.
    func checkUse(_ operation: String) throws(JSONWebKeyError) {
        if let use = try text("use"), use != "sig" {
            throw JSONWebKeyError(.wrongUse, "use", "the key is not for signatures; expected \"sig\"")
        }
        guard let operations = try value("key_ops") else { return }
        var names: Set<String> = []
        for element in operations.elements {
            guard let name = element.string, names.insert(name).inserted else {
                throw JSONWebKeyError(.malformed, "key_ops", "the operations must be distinct strings")
            }
        }
        guard names.contains(operation) else {
            throw JSONWebKeyError(.wrongUse, "key_ops", "the operations must contain \"\(operation)\"")
        }
    }

    /// The algorithm that the key names; `nil` if it names none.
    ///
    /// - Throws: ``JSONWebKeyError`` if the algorithm does not fit the key.
    func algorithm(fitting components: KeyComponents) throws(JSONWebKeyError) -> SignatureAlgorithm? {
        guard let name = try text("alg") else { return nil }
        guard let algorithm = SignatureAlgorithm(named: name), components.algorithms.contains(algorithm) else {
            let names = components.algorithms.flatMap(\.names).joined(separator: " or ")
            throw JSONWebKeyError(.algorithmMismatch, "alg", "the algorithm does not fit the key; expected \(names)")
        }
        return algorithm
    }

    /// The string in a member; `nil` if the member is missing or null.
    func text(_ member: String, maximumByteCount: Int = 64) throws(JSONWebKeyError) -> String? {
        guard let node = try value(member) else { return nil }
        guard let text = node.string else { throw JSONWebKeyError(.malformed, member, "expected a string") }
        guard text.utf8.count <= maximumByteCount else {
            throw JSONWebKeyError(.malformed, member, "the text is longer than \(maximumByteCount) bytes")
        }
        return text
    }

    private func requiredText(
        _ member: String,
        maximumByteCount: Int = 64
    ) throws(JSONWebKeyError) -> String {
        guard let text = try text(member, maximumByteCount: maximumByteCount) else {
            throw JSONWebKeyError(.malformed, member, "the member is missing")
        }
        return text
    }

    private func number(_ member: String, byteCount: Int? = nil) throws(JSONWebKeyError) -> [UInt8] {
        let text = try requiredText(member, maximumByteCount: Self.maximumNumberByteCount)
        guard let bytes = Base64URL.decode(text), !bytes.isEmpty else {
            throw JSONWebKeyError(.malformed, member, "the text is not base64url without padding")
        }
        if let byteCount, bytes.count != byteCount {
            throw JSONWebKeyError(.malformed, member, "the number has \(bytes.count) bytes; expected \(byteCount)")
        }
        return bytes
    }
}
