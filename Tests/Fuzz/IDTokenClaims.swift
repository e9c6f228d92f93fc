import Countersign
@testable import CountersignOIDC

private let token = try? SignedToken(parsing: "eyJhbGciOiJFUzI1NiJ9.e30.AAAA", types: ["jwt"])

/// Reads what an ID token and a logout token say, as if the signature were good.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let payload = Array(UnsafeBufferPointer(start: start, count: count))
    guard let token, let claims = try? ClaimsReader(payload) else { return 0 }
    var rules = IDTokenRules(issuer: "https://i.example", clientID: "c", now: .seconds(1_750_000_000))
    _ = try? rules.logoutToken(claims)
    guard let read = try? rules.idToken(claims, from: token) else { return 0 }
    precondition(read.issuer == "https://i.example" && read.audience.contains("c") && !read.subject.isEmpty)
    precondition(read.expiresAt > .seconds(1_749_999_940))
    precondition(read.claims.subject.utf8.elementsEqual(read.subject.utf8))
    // And as a request that asked for all there is.
    rules.nonce = "n"
    rules.maxAge = .seconds(300)
    rules.essentialACR = ["gold"]
    rules.accessToken = "a"
    if let strict = try? rules.idToken(claims, from: token) {
        precondition(strict.nonce == "n" && strict.authenticationContext == "gold" && strict.authenticatedAt != nil)
    }
    return 0
}
