/// A value or key on the tape of a document: the offset and the extent of its text.
///
/// The first byte of the text determines the kind. Documents are smaller than 2³¹ bytes, so both fields fit.
struct JSONEntry {
    /// The offset of the first byte: the quote, digit or bracket.
    private let start: UInt32
    private let packed: UInt32

    private static let flag: UInt32 = 0x8000_0000

    init(offset: Int, extent: Int, isMarked: Bool = false) {
        start = UInt32(truncatingIfNeeded: offset)
        packed = UInt32(truncatingIfNeeded: extent) & ~JSONEntry.flag | (isMarked ? JSONEntry.flag : 0)
    }

    var offset: Int { Int(truncatingIfNeeded: start) }

    /// The extent of the value.
    ///
    /// For a string, the number of bytes between its quotes. For a number or a literal, the number of its bytes. For a
    /// container, the number of its entries, including its own. For a container that is still open: the index of the
    /// enclosing container plus one, or 0 at the top level.
    var extent: Int { Int(truncatingIfNeeded: packed & ~JSONEntry.flag) }

    /// True for a string with escapes, and for a number with a fraction or an exponent.
    var isMarked: Bool { packed & JSONEntry.flag != 0 }
}
