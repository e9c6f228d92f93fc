@testable import CountersignOIDC

/// Reads the callback of an authorization server: as a form body, a query and a complete URL.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let text = String(decoding: bytes, as: UTF8.self)
    for callback in [AuthorizationCallback.form(bytes), .query(text), .url(text)] {
        guard let parameters = try? callback.parameters() else { continue }
        if let state = try? callback.state() {
            precondition(!state.isEmpty && (try? parameters.text(.state)) == state)
        }
    }
    if LocalPath.isLocal(text) { precondition(text.utf8.first == 0x2F && text.utf8.dropFirst().first != 0x2F) }
    return 0
}
