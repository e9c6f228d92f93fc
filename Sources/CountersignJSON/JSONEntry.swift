/// One value (or key) on the tape: where its text starts, and how far it goes.
///
/// Its kind is the first byte of its text. Documents stay below 2³¹ bytes, so both fields fit.
struct JSONEntry {
    /// The offset of the first byte: of the quote, the digit, the brace.
    private let start: UInt32
    private let packed: UInt32

    private static let flag: UInt32 = 0x8000_0000

    init(offset: Int, extent: Int, isMarked: Bool = false) {
        start = UInt32(truncatingIfNeeded: offset)
        packed = UInt32(truncatingIfNeeded: extent) & ~JSONEntry.flag | (isMarked ? JSONEntry.flag : 0)
    }

    var offset: Int { Int(truncatingIfNeeded: start) }

    /// How far the value goes.
    ///
    /// Of a string, the bytes between its quotes; of a number or a word, its bytes; of a container, the entries it takes,
    /// its own with them. While a container is still open: the index after that of the container around it, 0 for none.
    var extent: Int { Int(truncatingIfNeeded: packed & ~JSONEntry.flag) }

    /// Of a string, whether it has escapes; of a number, whether it has a fraction or an exponent.
    var isMarked: Bool { packed & JSONEntry.flag != 0 }
}
