@testable import Countersign
@_spi(Generated) import CountersignJSON

/// Reads a compact JWS, with the key in its header, a JWK and a set of keys.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    if let signature = try? JSONWebSignature(parsing: text) {
        if let json = signature.header["jwk"], let key = try? JSONWebKey(json: json) {
            _ = try? signature.verify(with: key.key, allowing: [.es256, .rs256, .ps256, .edDSA])
        }
    }
    if let key = try? JSONWebKey(parsing: text) {
        precondition((try? JSONWebKey(parsing: key.json)) == key)
    }
    _ = try? JSONWebKeySet(parsing: text)
    return 0
}
