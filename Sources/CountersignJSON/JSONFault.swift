/// An invalid value or key in a document whose structure is known: only code that reads it fails.
struct JSONFault: Sendable {
    /// The index of the value or key on the tape.
    let index: Int
    /// The offset of the first invalid byte.
    let offset: Int
    let message: StaticString
}
