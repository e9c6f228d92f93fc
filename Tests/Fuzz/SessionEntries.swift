import Countersign
@_spi(Generated) import CountersignJSON
@testable import CountersignOIDC
import Foundation

/// Decodes the stored documents of sessions, pending sign-ins and browsers, and encodes them again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    if let transaction = try? SignInTransaction(decoding: bytes) {
        _ = transaction.isExpired(at: Date(timeIntervalSince1970: 1_750_000_000))
        let written = transaction.encoded()
        precondition((try? SignInTransaction(decoding: written))?.encoded() == written)
    }
    guard let json = try? JSONDocument(parsing: bytes).root else { return 0 }
    if let record = try? SessionRecord(json: json) {
        precondition((try? SessionRecord(reading: record.contents, for: record.id)) == record)
        for token in record.tokens {
            _ = token.isUsable(at: Date(timeIntervalSince1970: 1_750_000_000), policy: RenewalPolicy())
            _ = try? token.accessToken(boundTo: nil, clock: SystemClock())
        }
        _ = record.idToken.flatMap(IDToken.init(unverified:))
    }
    _ = try? BrowserSessionRecord(json: json)
    _ = try? [SessionIndex.Entry](json: json)
    if let pending = try? PendingSignIn(json: json) {
        _ = try? SignInTransaction(decoding: Array(pending.transaction.utf8))
    }
    return 0
}
