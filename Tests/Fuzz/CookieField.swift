@testable import CountersignOIDC

/// Reads the field Cookie of a request.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    let cookie = Cookie("s", isSecure: true)
    guard let secret = cookie.secret(in: text) else { return 0 }
    precondition(secret.utf8.count == 43 && BrowserSecret.check(secret) != nil)
    // What is found alone is found among others, and not when it stands there twice.
    let pair = "\(cookie.name)=\(secret)"
    precondition(cookie.secret(in: "a=b; \(pair); c") == secret)
    precondition(cookie.secret(in: "\(text); \(pair)") == nil)
    return 0
}
