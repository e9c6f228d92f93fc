@testable import Countersign

/// Parses the `WWW-Authenticate` fields of a response, one on each line.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    for challenge in WWWAuthenticateChallenge.parse(text.split(separator: "\n").map(String.init)) {
        precondition(!challenge.scheme.isEmpty && challenge.scheme == challenge.scheme.lowercased())
    }
    return 0
}
