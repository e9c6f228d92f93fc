/// A text that is compared and hashed by its UTF-8 bytes.
///
/// `String` compares by canonical equivalence: U+212A (Kelvin sign) equals `K`, and U+037E (Greek question mark) equals
/// `;`. Other programs treat these as different texts, so text of a protocol is a `ByteKey` in sets and dictionaries.
package struct ByteKey: Hashable, Comparable, Sendable {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package static func == (left: ByteKey, right: ByteKey) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    package static func < (left: ByteKey, right: ByteKey) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    // The hash of `String` is canonical too: many equivalent keys would share one bucket.
    package func hash(into hasher: inout Hasher) {
        withUTF8(of: text) { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(0xFF as UInt8)
    }
}

extension Sequence<String> {
    /// Returns true if an element has the same bytes as a text.
    package func containsBytes(of text: String) -> Bool {
        contains { $0.utf8.elementsEqual(text.utf8) }
    }

    /// Returns the elements without repetitions, sorted by their bytes.
    package func uniqueSortedByBytes() -> [String] {
        Set(map(ByteKey.init)).sorted().map(\.text)
    }
}
