/// A construct of the schema language for which nothing is generated yet.
///
/// A file that uses one is rejected, rather than generated without that part. To support a construct, generate it,
/// delete its case here and remove the code that no longer compiles.
enum UnsupportedConstruct: String, CaseIterable {
    // Clients
    case openAPI = "'openapi'"
    // Bodies
    case multipart = "'multipart'"
    // Responses
    case stream = "'stream'"
    case events = "'events'"
}
