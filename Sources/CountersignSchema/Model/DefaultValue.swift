/// A default value, in terms of the type inside `optional` and `nullable`.
package indirect enum DefaultValue: Equatable, Sendable {
    case string(String)
    case bool(Bool)
    case integer(Int64)
    /// The digits as written, for `float`, `double` and `decimal`.
    case number(String)
    /// A case of an enumeration, by its Swift name.
    case enumerationCase(String)
    /// A value of a wrapper type.
    case wrapped(DefaultValue)
    case list([DefaultValue])
    case emptyMap
}
