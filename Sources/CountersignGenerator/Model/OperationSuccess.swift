import CountersignSchema

/// The result of a method.
enum OperationSuccess {
    case nothing
    case value(TypeReference)
    /// The value, or nil for a response without a body.
    case optional(TypeReference)
    /// One of several values, by status.
    case choice(TypeName, ResponseChoice)
}
