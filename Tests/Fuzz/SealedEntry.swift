import Countersign

private let sealing = try? StoreEncryption.aes256GCM(keys: [Array(repeating: 7, count: 32)])

/// Opens what may be an entry of a store, and a sealed one after it was changed.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    // A checksum can be made by anybody: what opens is written as it was.
    if let (entry, expiry) = try? StoreEncryption.none.open(bytes, as: "a") {
        precondition((try? StoreEncryption.none.seal(entry, as: "a", until: expiry)) == bytes)
    }
    guard let sealing else { preconditionFailure("32 bytes are a key") }
    precondition((try? sealing.open(bytes, as: "a")) == nil, "an entry opens that nobody sealed")

    // The first byte says where the others go, in place of what a good entry has there.
    let entry = StoredEntry(contents: Array("a refresh token".utf8), version: StoreVersion("v1"))
    guard let position = bytes.first, let good = try? sealing.seal(entry, as: "a", until: .seconds(1)) else { return 0 }
    let place = Int(position) % good.count
    let changed = Array(good[..<place] + bytes.dropFirst() + good[place...].dropFirst(bytes.count - 1))
    precondition(changed == good || (try? sealing.open(changed, as: "a")) == nil, "a changed entry opens")
    return 0
}
