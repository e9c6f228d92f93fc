extension SentCredentials {
    private static let mask = "<redacted>"
    /// The number of characters of a credential that no text may contain in a row.
    private static let window = 8
    /// The length from which a credential is searched for as a whole.
    private static let minimumLength = 4

    /// Returns a server's text with all credentials masked, and everything that looks like one.
    ///
    /// This protects against servers that repeat parts of a request in their error texts. It does not protect against a
    /// server that encodes a credential on purpose.
    func redact(_ text: String) -> String {
        let scalars: [Unicode.Scalar] = text.unicodeScalars.map { $0.isPrintable ? $0 : " " }
        var isMasked = Array(repeating: false, count: scalars.count)
        maskCredentials(in: scalars, &isMasked)
        TokenShape.mask(scalars, &isMasked)
        var redacted = String.UnicodeScalarView()
        for (index, scalar) in scalars.enumerated() {
            if !isMasked[index] {
                redacted.append(scalar)
            } else if index == 0 || !isMasked[index - 1] {
                redacted.append(contentsOf: Self.mask.unicodeScalars)
            }
        }
        return String(redacted)
    }

    /// Masks the parts of the text that occur in a credential: verbatim, and without regard to case and punctuation.
    private func maskCredentials(in scalars: [Unicode.Scalar], _ isMasked: inout [Bool]) {
        let all = Array(scalars.indices)
        let letters = all.filter { scalars[$0].isASCIIAlphanumeric }
        let folded = letters.map { scalars[$0].properties.lowercaseMapping.unicodeScalars.first ?? scalars[$0] }
        for value in values {
            let credential = Array(value.unicodeScalars)
            Self.mask(credential, in: scalars, at: all, &isMasked)
            let foldedCredential = Array(value.lowercased().unicodeScalars).filter(\.isASCIIAlphanumeric)
            Self.mask(foldedCredential, in: folded, at: letters, &isMasked)
        }
    }

    /// Masks each window of the text that is part of a credential.
    ///
    /// - Parameter positions: The positions in the whole text of the scalars that are compared.
    private static func mask(
        _ credential: [Unicode.Scalar],
        in scalars: [Unicode.Scalar],
        at positions: [Int],
        _ isMasked: inout [Bool]
    ) {
        guard credential.count >= minimumLength else { return }
        let width = min(window, credential.count)
        guard scalars.count >= width else { return }
        var pieces: Set<ArraySlice<Unicode.Scalar>> = []
        for start in 0...(credential.count - width) { pieces.insert(credential[start..<(start + width)]) }
        for start in 0...(scalars.count - width) where pieces.contains(scalars[start..<(start + width)]) {
            // Includes the punctuation in between.
            for position in positions[start]...positions[start + width - 1] { isMasked[position] = true }
        }
    }
}

/// The shapes of tokens: long runs of base64url or hexadecimal digits, JWTs, and the word after `Bearer` and `DPoP`.
private enum TokenShape {
    private static let minimumLength = 16
    private static let schemes = ["bearer", "dpop", "basic"]

    static func mask(_ scalars: [Unicode.Scalar], _ isMasked: inout [Bool]) {
        var isAfterScheme = false
        for word in ranges(of: scalars.indices, where: { !isDelimiter(scalars[$0]) }) {
            let text = String(String.UnicodeScalarView(scalars[word]))
            // The parts of a URL are masked one by one, so that its host and its path stay legible.
            let isURL = text.hasPrefix("/") || text.contains("://")
            let parts = ranges(of: word, where: { isTokenCharacter(scalars[$0]) })
            for part in parts where isToken(scalars[part]) {
                for index in isURL ? part : word { isMasked[index] = true }
            }
            if isAfterScheme { for index in word { isMasked[index] = true } }
            isAfterScheme = schemes.contains(text.lowercased())
        }
    }

    /// True for a long run that is neither a word nor a number, nor several of them joined by hyphens.
    private static func isToken(_ run: ArraySlice<Unicode.Scalar>) -> Bool {
        guard run.count >= minimumLength else { return false }
        return !run.split(whereSeparator: { $0 == "-" || $0 == "_" }).allSatisfy(isWordOrNumber)
    }

    private static func isWordOrNumber(_ part: ArraySlice<Unicode.Scalar>) -> Bool {
        if part.allSatisfy(\.isASCIIDigit) { return part.count <= 6 }
        guard part.count <= 30, part.allSatisfy(\.isASCIILetter) else { return false }
        let capitals = part.count { ("A"..."Z").contains($0) }
        return capitals == part.count || capitals <= max(1, part.count / 5)
    }

    private static func isDelimiter(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || "\"'`<>()[]{},;".unicodeScalars.contains(scalar)
    }

    private static func isTokenCharacter(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCIIAlphanumeric || "-_+=~%".unicodeScalars.contains(scalar)
    }

    /// The longest ranges whose elements all satisfy a condition.
    private static func ranges(of range: Range<Int>, where isIncluded: (Int) -> Bool) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start: Int?
        for index in range {
            if isIncluded(index) {
                start = start ?? index
            } else if let first = start {
                ranges.append(first..<index)
                start = nil
            }
        }
        if let start { ranges.append(start..<range.upperBound) }
        return ranges
    }
}

extension Unicode.Scalar {
    fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
    fileprivate var isASCIILetter: Bool { ("a"..."z").contains(self) || ("A"..."Z").contains(self) }
    fileprivate var isASCIIAlphanumeric: Bool { isASCIIDigit || isASCIILetter }

    /// False for controls, invisible characters and those that change the direction of text.
    var isPrintable: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: false
        default: true
        }
    }
}
