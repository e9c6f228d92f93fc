import Countersign
@testable import CountersignOIDC
import Foundation

private let token = try? SignedToken(parsing: "eyJhbGciOiJFUzI1NiJ9.e30.AAAA", types: ["jwt"], allowing: [.es256])

/// Reads the claims of an ID token and a logout token, without verifying a signature.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let payload = Array(UnsafeBufferPointer(start: start, count: count))
    guard let token, let claims = try? ClaimsReader(payload) else { return 0 }
    let now = Date(timeIntervalSince1970: 1_750_000_000)
    var validator = IDTokenValidator(issuer: "https://i.example", clientID: "c", now: now)
    _ = try? validator.validateLogoutToken(claims)
    guard let read = try? validator.validate(claims, of: token) else { return 0 }
    precondition(read.issuer == "https://i.example" && read.audience.contains("c") && !read.subject.isEmpty)
    precondition(read.expiresAt > Date(timeIntervalSince1970: 1_749_999_940))
    precondition(read.claims.subject.utf8.elementsEqual(read.subject.utf8))
    // The same with every optional rule.
    validator.nonce = "n"
    validator.maxAge = .seconds(300)
    validator.requiredACRValues = ["gold"]
    validator.accessToken = "a"
    if let strict = try? validator.validate(claims, of: token) {
        precondition(strict.nonce == "n" && strict.authenticationContext == "gold" && strict.authenticatedAt != nil)
    }
    return 0
}
