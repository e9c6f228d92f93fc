@_spi(Generated) import CountersignJSON

/// Reads JSON, writes it, and reads it again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let document = try? JSONDocument(parsing: bytes), let value = try? JSONValue(json: document.root) else {
        return 0
    }
    _ = document.duplicateKey()
    var writer = JSONWriter()
    value.encode(to: &writer)
    if writer.failure != nil { return 0 }
    guard let again = try? JSONDocument(parsing: writer.bytes), let copy = try? JSONValue(json: again.root) else {
        preconditionFailure("what was written cannot be read")
    }
    precondition(copy == value)
    return 0
}
