/// A construct of the schema language for which nothing is generated yet: a file that uses it is refused with the
/// place, never read with a part left out.
///
/// To support one, generate it and delete its case and the lines that then no longer compile.
enum UnsupportedConstruct: String, CaseIterable {
    // Schemes
    case userScheme = "a scheme of users ('authorizationCode', 'device', 'tokenExchange')"
    // Clients
    case openAPI = "'openapi'"
    case servers = "'servers'"
    case timeout = "'timeout'"
    case stub = "'stub'"
    // Parameters and bodies
    case parameterStyle = "'style'"
    case objectParameter = "an object as a parameter"
    case form = "'form'"
    case multipart = "'multipart'"
    case rawBody = "'raw'"
    case operationServer = "'server' of an operation"
    // Answers
    case stream = "'stream'"
    case events = "'events'"
    case severalSuccesses = "more than one status in 'returns'"
    case responseHeaders = "'headers' of an answer"
    case linkHeaderPagination = "'linkHeader'"
    case pagePagination = "'page'"
}
