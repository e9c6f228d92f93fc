@testable import Countersign

/// Reads a response of a token endpoint, as a success and as an error.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let body = Array(UnsafeBufferPointer(start: start, count: count))
    if let token = try? TokenEndpointResponse(HTTP.Response(status: 200, body: body), boundTo: nil).accessToken {
        precondition(token.lifetime.map { $0 >= .zero && $0 <= .seconds(315_360_000) } ?? true)
    }
    let failure = TokenEndpointResponse.failure(of: HTTP.Response(status: 400, body: body), unixTime: .zero)
    precondition(!"\(failure)".contains("\n"))
    return 0
}
