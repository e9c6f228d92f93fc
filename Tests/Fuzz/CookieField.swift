@testable import CountersignOIDC

/// Reads the Cookie field of a request.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    let cookie = SessionCookie("s", isSecure: true)
    guard let secret = cookie.secret(in: text) else { return 0 }
    precondition(secret.utf8.count == 43 && BrowserSecret.validated(secret) != nil)
    // A cookie that is found alone is found among others, but not if it is duplicated.
    let pair = "\(cookie.name)=\(secret)"
    precondition(cookie.secret(in: "a=b; \(pair); c") == secret)
    precondition(cookie.secret(in: "\(text); \(pair)") == nil)
    return 0
}
