@_spi(Generated) import CountersignJSON

/// Reads the members of an object; reads JSON, writes it, and reads it again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let members = try? JSONMembers(parsing: bytes)
    for name in (members?.values() ?? [:]).keys {
        _ = try? members?.value(name)
        _ = try? members?.object(name)?.values()
        _ = try? members?.objects(name)?.map { $0.values() }
    }
    guard let document = try? JSONDocument(parsing: bytes), let value = try? JSONValue(json: document.root) else {
        return 0
    }
    precondition((members != nil) == (document.root.kind == .object))
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
