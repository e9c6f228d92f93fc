import Countersign

private let plain = StoreEncryption.none
private let sealed = try? StoreEncryption.aes256GCM(keys: [Array(repeating: 7, count: 32)])

/// Opens what may be an entry of a store, and what was sealed after it was changed.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let sealed else { preconditionFailure("32 bytes are a key") }
    for encryption in [plain, sealed] {
        // Nobody guesses a checksum or a tag: what opens is one of the seeds, and is written again.
        if let (entry, expiry) = try? encryption.open(bytes, as: "a") {
            precondition(
                (try? encryption.seal(entry, as: "a", until: expiry)).flatMap { try? encryption.open($0, as: "a") }?
                    .entry == entry
            )
        }
    }
    // The first bytes say where the rest is put in, in place of what a good entry has there.
    guard let position = bytes.first, bytes.count > 1 else { return 0 }
    let entry = StoredEntry(contents: Array("a refresh token".utf8), version: StoreVersion("v1"))
    for encryption in [plain, sealed] {
        guard let good = try? encryption.seal(entry, as: "a", until: .seconds(1)) else { continue }
        let place = Int(position) % good.count
        let damaged = good[..<place] + bytes.dropFirst() + good[place...].dropFirst(bytes.count - 1)
        guard !damaged.elementsEqual(good) else { continue }
        precondition((try? encryption.open(Array(damaged), as: "a")) == nil, "a changed entry opens")
    }
    return 0
}
