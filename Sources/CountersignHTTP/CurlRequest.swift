import CCurl

/// A request in libcurl's form: C strings, a list of header lines and the body, in one block of memory.
///
/// libcurl copies neither the list nor the body, so the block lives as long as the transfer.
struct CurlRequest: ~Copyable, @unchecked Sendable {
    // Unchecked because of the pointers: they point into `block` or to constants, which are not changed after `init`, and
    // only the transfer that owns this value reads them.

    enum Kind {
        case get, head
        /// Any other method, without a body.
        case bare
        /// A method with a body, which may be empty.
        case upload
    }

    let origin: HTTP.Origin
    let kind: Kind
    /// The name of the method, if libcurl would send a different one for this kind.
    let customMethod: UnsafePointer<CChar>?
    let url: UnsafePointer<CChar>
    let target: UnsafePointer<CChar>
    let fields: UnsafeMutablePointer<curl_slist>?
    let body: UnsafeRawPointer?
    let bodyCount: Int
    private let block: UnsafeMutableRawPointer

    /// Fields that frame the message or change what libcurl does.
    private static let connectionFields: [HTTP.FieldName] = [
        .host, .contentLength, .transferEncoding, .connection, "Expect", "Upgrade", "Keep-Alive", "Proxy-Connection",
        "Proxy-Authorization", "Trailer", "HTTP2-Settings",
    ]

    /// Lines without a value, which keep libcurl from adding its own fields.
    private static let noAccept: StaticString = "Accept:"
    private static let noContentType: StaticString = "Content-Type:"
    private static let noExpect: StaticString = "Expect:"

    init(_ request: HTTP.Request) throws(HTTP.TransportError) {
        let kind = try Self.kind(of: request)
        let bytes = request.body?.bytes ?? []
        let lineCount = request.fields.count + 3
        let textStart = MemoryLayout<curl_slist>.stride * lineCount
        let bodyStart = textStart + Self.textSize(of: request)
        let block = UnsafeMutableRawPointer.allocate(
            byteCount: bodyStart + bytes.count,
            alignment: MemoryLayout<curl_slist>.alignment
        )
        var writer = CurlRequestWriter(
            nodes: block.bindMemory(to: curl_slist.self, capacity: lineCount),
            text: (block + textStart).bindMemory(to: UInt8.self, capacity: bodyStart - textStart)
        )
        let target: UnsafePointer<CChar>
        do throws(HTTP.TransportError) {
            try Self.write(request.fields, for: kind, with: &writer)
            target = try Self.write(target: request.url.target, with: &writer)
        } catch {
            block.deallocate()
            throw error
        }
        bytes.withUnsafeBytes { source in
            if let base = source.baseAddress { (block + bodyStart).copyMemory(from: base, byteCount: source.count) }
        }

        self.block = block
        self.kind = kind
        self.target = target
        origin = request.url.origin
        url = writer.string(origin.description)
        customMethod = Self.isOwnMethod(of: kind, request.method) ? nil : writer.string(request.method.rawValue)
        fields = writer.firstNode
        body = UnsafeRawPointer(block + bodyStart)
        bodyCount = bytes.count
    }

    deinit { block.deallocate() }

    private static func kind(of request: HTTP.Request) throws(HTTP.TransportError) -> Kind {
        switch request.method {
        case .head:
            guard request.body == nil else { throw .invalidRequest("a HEAD request cannot have a body") }
            return .head
        // Without a body, these methods send "Content-Length: 0" (RFC 9110 section 8.6).
        case .post, .put, .patch: return .upload
        case _ where request.body != nil: return .upload
        case .get: return .get
        default:
            guard request.method.rawValue != "CONNECT" else {
                throw .invalidRequest("the method CONNECT is not supported")
            }
            return .bare
        }
    }

    /// Returns true if libcurl sends this method for this kind by default.
    private static func isOwnMethod(of kind: Kind, _ method: HTTP.Method) -> Bool {
        switch kind {
        case .get, .head: true
        case .upload: method == .post
        case .bare: false
        }
    }

    private static func write(
        _ fields: HTTP.Fields,
        for kind: Kind,
        with writer: inout CurlRequestWriter
    ) throws(HTTP.TransportError) {
        var (hasAccept, hasContentType) = (false, false)
        for field in fields {
            guard !connectionFields.contains(field.name) else {
                throw .invalidRequest("the transport sets the field '\(field.name)'; remove it from the request")
            }
            guard writer.append(field) else {
                throw .invalidRequest("the value of the field '\(field.name)' contains a control character")
            }
            hasAccept = hasAccept || field.name == .accept
            hasContentType = hasContentType || field.name == .contentType
        }
        if !hasAccept { writer.append(noAccept) }
        guard kind == .upload else { return }
        if !hasContentType { writer.append(noContentType) }
        writer.append(noExpect)
    }

    private static func write(
        target: String,
        with writer: inout CurlRequestWriter
    ) throws(HTTP.TransportError) -> UnsafePointer<CChar> {
        guard let written = writer.target(target) else {
            throw .invalidRequest("the URL target must start with / and contain no space or control character")
        }
        return written
    }

    /// Returns the maximum number of bytes that ``CurlRequestWriter`` writes for a request.
    private static func textSize(of request: HTTP.Request) -> Int {
        var size = request.method.rawValue.utf8.count
        size += request.url.origin.description.utf8.count
        size += request.url.target.utf8.count + 3
        // The colon, the space and the terminating zero of a field.
        for field in request.fields { size += field.name.rawName.utf8.count + field.value.utf8.count + 3 }
        return size
    }
}
