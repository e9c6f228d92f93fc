@testable import Countersign

/// Reads the fields WWW-Authenticate of an answer, one a line.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    for challenge in Challenge.parse(text.split(separator: "\n").map(String.init)) {
        precondition(!challenge.scheme.isEmpty && challenge.scheme == challenge.scheme.lowercased())
    }
    return 0
}
