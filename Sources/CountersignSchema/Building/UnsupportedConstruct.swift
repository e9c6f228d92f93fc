/// A construct of the schema language for which nothing is generated yet: a file that uses it is refused with the
/// place, never read with a part left out.
///
/// To support one, generate it and delete its case and the lines that then no longer compile.
enum UnsupportedConstruct: String, CaseIterable {
    // Clients
    case openAPI = "'openapi'"
    // Bodies
    case multipart = "'multipart'"
    // Answers
    case stream = "'stream'"
    case events = "'events'"
}
