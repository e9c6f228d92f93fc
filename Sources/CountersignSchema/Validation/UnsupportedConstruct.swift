/// A construct of the schema language for which nothing is generated yet: a file that uses it is refused with the
/// place, never read with a part left out.
///
/// To support one, generate it and delete its case and the lines that then no longer compile.
enum UnsupportedConstruct: String, CaseIterable {
    // Schemes
    case userScheme = "a scheme of users ('authorizationCode', 'device', 'tokenExchange')"
    // Clients
    case openAPI = "'openapi'"
    // Bodies
    case multipart = "'multipart'"
    // Answers
    case stream = "'stream'"
    case events = "'events'"
}
