import Countersign

/// The parameters of an authorization response (RFC 6749 section 4.1.2, RFC 9207 section 2).
///
/// Other parameters are ignored, with all their faults: they must not hide the `error` of the server (P68).
struct CallbackParameters {
    enum Name: String, CaseIterable {
        case state, code, error
        case issuer = "iss"
        case errorDescription = "error_description"
    }

    private enum Value {
        case text(String)
        case invalid(String)
    }

    private var values: [Name: Value] = [:]

    private static let maximumLength = 65_536

    /// Parses a form-encoded response.
    ///
    /// - Throws: ``SignInError`` of kind ``SignInError/Kind/malformedCallback`` if it is longer than 64 KiB.
    init(_ form: some Collection<UInt8>) throws(SignInError) {
        guard form.count <= Self.maximumLength else {
            throw SignInError(.malformedCallback, "the callback is longer than 64 KiB")
        }
        for pair in form.split(separator: UInt8(ascii: "&")) {
            let halves = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let key = FormURLEncoded.decodedBytes(halves[0]),
                let name = Name.allCases.first(where: { key.elementsEqual($0.rawValue.utf8) })
            else { continue }
            add(name, halves.count > 1 ? Array(halves[1]) : [])
        }
    }

    private mutating func add(_ name: Name, _ encoded: [UInt8]) {
        let bytes = FormURLEncoded.decodedBytes(encoded)
        guard name != .errorDescription else {
            // A text for humans: some servers send it in Latin-1.
            values[name] = values[name] ?? .text(String(decoding: bytes ?? encoded, as: UTF8.self))
            return
        }
        if values[name] != nil {
            values[name] = .invalid("occurs more than once (RFC 6749 section 3.1)")
        } else if let bytes {
            values[name] = String(validating: bytes, as: UTF8.self).map(Value.text) ?? .invalid("is not UTF-8")
        } else {
            values[name] = .invalid("has a percent sign without two hexadecimal digits")
        }
    }

    /// Returns true if the response has a parameter.
    func contains(_ name: Name) -> Bool { values[name] != nil }

    /// Returns the value of a parameter; nil if it is missing.
    ///
    /// - Throws: ``SignInError`` of kind ``SignInError/Kind/malformedCallback`` if it is invalid or occurs twice.
    func text(_ name: Name) throws(SignInError) -> String? {
        switch values[name] {
        case nil: return nil
        case .text(let text): return text
        case .invalid(let fault):
            throw SignInError(.malformedCallback, "the parameter '\(name.rawValue)' of the callback \(fault)")
        }
    }
}
