@testable import CountersignSchema

/// Reads a JSON schema file.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let (schema, diagnostics) = Schema.read(path: "a.client.json", bytes: bytes, unsupported: [])
    // The result is a schema or an error, and every message is on one line.
    precondition((schema == nil) == diagnostics.contains { $0.severity == .error })
    precondition(!diagnostics.contains { $0.message.contains("\n") })
    return 0
}
