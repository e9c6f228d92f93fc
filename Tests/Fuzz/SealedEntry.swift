import Countersign
import Foundation

private let sealing = try? StoreEncryption.aes256GCM(keys: [Array(repeating: 7, count: 32)])

/// Opens an arbitrary entry of a store, and a sealed entry that was modified.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    // Anyone can compute a checksum. An entry that opens is the same after it was sealed again.
    if let (entry, expiry) = try? StoreEncryption.none.open(bytes, as: "a") {
        let again = try? StoreEncryption.none.open(StoreEncryption.none.seal(entry, as: "a", until: expiry), as: "a")
        precondition(again?.entry == entry && again?.expiry == expiry)
    }
    guard let sealing else { preconditionFailure("32 bytes are a key") }
    precondition((try? sealing.open(bytes, as: "a")) == nil, "an entry opens that was not sealed")

    // The first byte is the position at which the other bytes replace those of a valid entry.
    let entry = StoredEntry(contents: Array("a refresh token".utf8), version: StoreVersion("v1"))
    let expiry = Date(timeIntervalSince1970: 1)
    guard let position = bytes.first, let good = try? sealing.seal(entry, as: "a", until: expiry) else { return 0 }
    let place = Int(position) % good.count
    let changed = Array(good[..<place] + bytes.dropFirst() + good[place...].dropFirst(bytes.count - 1))
    precondition(changed == good || (try? sealing.open(changed, as: "a")) == nil, "a modified entry opens")
    return 0
}
