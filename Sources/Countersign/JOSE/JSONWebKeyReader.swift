import CountersignCrypto
import CountersignJSON

/// Reads the members of one JSON Web Key and refuses those that contradict each other.
struct JSONWebKeyReader {
    private let json: JSONNode

    /// Longer numbers belong to keys that are refused anyway: 8192 bits in base64url, and a leading zero.
    private static let maximumNumberByteCount = 1368

    init(_ json: JSONNode) {
        self.json = json
    }

    /// The value of a JSON text that has no key twice.
    static func root(of bytes: [UInt8]) throws(JSONWebKeyError) -> JSONNode {
        let document: JSONDocument
        do {
            document = try JSONDocument(parsing: bytes)
        } catch {
            throw JSONWebKeyError(nil, "not JSON: \(error.message), line \(error.line), column \(error.column)")
        }
        if let duplicate = document.duplicateKey() {
            let (line, column) = duplicate.location
            throw JSONWebKeyError(nil, "a member stands twice, line \(line), column \(column)")
        }
        return document.root
    }

    func publicComponents() throws(JSONWebKeyError) -> KeyComponents {
        guard json.kind == .object else { throw JSONWebKeyError(nil, "a key is a JSON object") }
        switch try requiredText("kty") {
        case "EC":
            guard let curve = EllipticCurve(rawValue: try requiredText("crv")) else {
                throw JSONWebKeyError("crv", "an EC key must be on P-256, P-384 or P-521")
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
                throw JSONWebKeyError("crv", "an OKP key for signatures must be Ed25519")
            }
            return .okp(x: try number("x", byteCount: 32))
        default:
            throw JSONWebKeyError("kty", "the key type must be EC, RSA or OKP")
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
            guard json["oth"] == nil else {
                throw JSONWebKeyError("oth", "RSA keys with more than two primes are not supported")
            }
            return PrivateKeyComponents(components, d: try number("d"), factors: try factors())
        }
    }

    /// What speeds RSA up: all five numbers, or none of them (RFC 7518 section 6.3.2).
    private func factors() throws(JSONWebKeyError) -> PrivateKeyComponents.Factors? {
        guard ["p", "q", "dp", "dq", "qi"].contains(where: { json[$0] != nil }) else { return nil }
        return PrivateKeyComponents.Factors(
            p: try number("p"),
            q: try number("q"),
            dp: try number("dp"),
            dq: try number("dq"),
            qi: try number("qi")
        )
    }

    /// Refuses a key that says it is not for signatures; `operation` is `sign` or `verify`.
    func checkPurpose(_ operation: String) throws(JSONWebKeyError) {
        if let use = try text("use"), use != "sig" {
            throw JSONWebKeyError("use", "the key is not for signatures")
        }
        guard let operations = json["key_ops"] else { return }
        var names: Set<String> = []
        for element in operations.elements {
            guard let name = element.string, names.insert(name).inserted else {
                throw JSONWebKeyError("key_ops", "the operations must be distinct strings")
            }
        }
        guard names.contains(operation) else {
            throw JSONWebKeyError("key_ops", "an array with \"\(operation)\" is needed")
        }
    }

    /// The algorithm the key names, if it suits the key.
    func algorithm(suiting components: KeyComponents) throws(JSONWebKeyError) -> SignatureAlgorithm? {
        guard let name = try text("alg") else { return nil }
        guard let algorithm = SignatureAlgorithm(rawValue: name), components.algorithms.contains(algorithm) else {
            let names = components.algorithms.map(\.rawValue).joined(separator: " or ")
            throw JSONWebKeyError("alg", "a key of this type and curve can only be used with \(names)")
        }
        return algorithm
    }

    /// A string, `nil` when it is absent.
    func text(_ member: String, maximumByteCount: Int = 64) throws(JSONWebKeyError) -> String? {
        guard let node = json[member] else { return nil }
        guard let text = node.string else { throw JSONWebKeyError(member, "a string is expected") }
        guard text.utf8.count <= maximumByteCount else {
            throw JSONWebKeyError(member, "longer than \(maximumByteCount) bytes")
        }
        return text
    }

    private func requiredText(
        _ member: String,
        maximumByteCount: Int = 64
    ) throws(JSONWebKeyError) -> String {
        guard let text = try text(member, maximumByteCount: maximumByteCount) else {
            throw JSONWebKeyError(member, "the member is missing")
        }
        return text
    }

    private func number(_ member: String, byteCount: Int? = nil) throws(JSONWebKeyError) -> [UInt8] {
        let text = try requiredText(member, maximumByteCount: Self.maximumNumberByteCount)
        guard let bytes = Base64URL.decode(text), !bytes.isEmpty else {
            throw JSONWebKeyError(member, "not base64url without padding")
        }
        if let byteCount, bytes.count != byteCount {
            throw JSONWebKeyError(member, "must be \(byteCount) bytes long, not \(bytes.count)")
        }
        return bytes
    }
}
