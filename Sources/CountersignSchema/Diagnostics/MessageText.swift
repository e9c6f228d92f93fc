/// Returns text of a file for use in a message: in quotes, on one line, and shortened.
func quoted(_ text: some StringProtocol) -> String {
    var result = "'"
    for (index, scalar) in text.unicodeScalars.enumerated() {
        guard index < 60 else { return result + "…'" }
        let isControl = scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
        result.unicodeScalars.append(isControl ? "\u{FFFD}" : scalar)
    }
    return result + "'"
}

/// Returns the words as a choice: `'a', 'b' or 'c'`.
func alternatives(_ words: some Sequence<String>) -> String {
    let words = words.map { quoted($0) }
    guard let last = words.last, words.count > 1 else { return words.first ?? "nothing" }
    return words.dropLast().joined(separator: ", ") + " or " + last
}
