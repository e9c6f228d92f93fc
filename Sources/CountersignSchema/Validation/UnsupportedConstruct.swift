/// A construct of the schema language for which nothing is generated yet: a file that uses it is refused with the
/// place, never read with a part left out.
///
/// To support one, generate it and delete its case and the lines that then no longer compile.
enum UnsupportedConstruct: String, CaseIterable {
    // Schemes
    case userScheme = "a scheme of users ('authorizationCode', 'device', 'tokenExchange')"
    // Clients
    case openAPI = "'openapi'"
    case conformances = "'conformances'"
    // Types
    case includes = "'includes'"
    case others = "'others'"
    case integerEnumeration = "an enum of integers"
    case nullable = "'nullable'"
    case oneOf = "'oneOf'"
    case timestampFormat = "a timestamp other than rfc3339"
    case only = "'only'"
    // Bodies
    case multipart = "'multipart'"
    // Answers
    case stream = "'stream'"
    case events = "'events'"
}
