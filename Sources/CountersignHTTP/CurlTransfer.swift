import CCurl

/// An easy handle of libcurl, reused for one exchange after another, and the response received so far.
///
/// It is only used on the loop's thread, where the callbacks run too.
final class CurlTransfer {
    let easy: UnsafeMutableRawPointer
    private(set) var exchange: CurlExchange?
    /// The reason why a callback ended the transfer.
    private(set) var abort: Abort?
    private var head: [UInt8] = []
    private var body: [UInt8] = []
    private var status = 0
    /// True once the blank line after the final head was received.
    private(set) var isHeadComplete = false
    private var bodyLength = ContentLength()
    private var headerBytes = 0
    private var attempts = 0
    private var bytesBefore = 0
    let maximumHeaderBytes: Int
    private let allowsHTTP2: Bool
    private let errorText: UnsafeMutablePointer<CChar>
    // The last options of the handle, so that only changes are set.
    private var lastOrigin: HTTP.Origin?
    private var lastKind: CurlRequest.Kind?
    private var hasCustomMethod = false

    enum Abort {
        /// libcurl was about to resend the request.
        case resend
        case headTooLarge, bodyTooLarge
        /// The fields that state the length of the body are invalid or differ.
        case invalidLength
        case cancelled
    }

    /// Creates a handle; returns `nil` if memory is exhausted.
    init?(_ configuration: CurlTransport.Configuration, authorities: borrowing CurlAuthorities) {
        guard let easy = curl_easy_init() else { return nil }
        self.easy = easy
        maximumHeaderBytes = configuration.maximumHeaderBytes
        allowsHTTP2 = configuration.allowsHTTP2
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        setConstants(configuration)
        authorities.apply(to: easy)
    }

    deinit {
        curl_easy_cleanup(easy)
        errorText.deallocate()
    }

    /// Returns the transfer of an easy handle.
    static func of(_ easy: UnsafeMutableRawPointer) -> CurlTransfer? {
        countersign_easy_get_private(easy).map(of(context:))
    }

    private static func of(context: UnsafeMutableRawPointer) -> CurlTransfer {
        Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
    }

    private func setConstants(_ configuration: CurlTransport.Configuration) {
        let context = UnsafeRawPointer(Unmanaged.passUnretained(self).toOpaque())
        for option in [CURLOPT_PRIVATE, CURLOPT_WRITEDATA, CURLOPT_HEADERDATA, CURLOPT_PREREQDATA] {
            countersign_easy_set_pointer(easy, option, context)
        }
        countersign_easy_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText)
        countersign_easy_set_write_callback(easy, CURLOPT_WRITEFUNCTION) { data, _, count, context in
            guard let data, let context else { return count == 0 ? 0 : -1 }
            return CurlTransfer.of(context: context).receiveBody(UnsafeRawBufferPointer(start: data, count: count))
                ? count : -1
        }
        countersign_easy_set_write_callback(easy, CURLOPT_HEADERFUNCTION) { data, size, count, context in
            guard let data, let context else { return count == 0 ? 0 : -1 }
            let line = UnsafeRawBufferPointer(start: data, count: size * count)
            return CurlTransfer.of(context: context).receiveHeaderLine(line) ? size * count : -1
        }
        countersign_easy_set_prereq_callback(easy) { context, _, _, _, _ in
            guard let context else { return CURL_PREREQFUNC_ABORT }
            return CurlTransfer.of(context: context).mayBeSent() ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
        }

        // The target is passed separately from the URL, so that libcurl neither parses nor changes it.
        countersign_easy_set_long(easy, CURLOPT_PATH_AS_IS, 1)
        countersign_easy_set_string(easy, CURLOPT_PROTOCOLS_STR, "http,https")
        countersign_easy_set_long(easy, CURLOPT_FOLLOWLOCATION, 0)
        countersign_easy_set_long(easy, CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        countersign_easy_set_long(easy, CURLOPT_HTTP09_ALLOWED, 0)
        countersign_easy_set_long(easy, CURLOPT_NOSIGNAL, 1)
        countersign_easy_set_long(easy, CURLOPT_NOPROGRESS, 1)
        // Otherwise ending a transfer blocks the loop until its name resolution finishes.
        countersign_easy_set_long(easy, CURLOPT_QUICK_EXIT, 1)
        countersign_easy_set_long(easy, CURLOPT_SSL_VERIFYPEER, 1)
        countersign_easy_set_long(easy, CURLOPT_SSL_VERIFYHOST, 2)
        countersign_easy_set_long(easy, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        countersign_easy_disable_key_log(easy)
        countersign_easy_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, configuration.connectTimeout.curlMilliseconds)
        countersign_easy_set_long(
            easy,
            CURLOPT_MAXAGE_CONN,
            max(1, Int(configuration.maximumIdleTime.clamped.components.seconds))
        )
        countersign_easy_set_string(easy, CURLOPT_USERAGENT, configuration.userAgent)
        setProxy(configuration.proxy)
    }

    private func setProxy(_ proxy: CurlTransport.Proxy) {
        // Without a tunnel, a proxy needs another form of the target and can read the request.
        countersign_easy_set_long(easy, CURLOPT_HTTPPROXYTUNNEL, 1)
        countersign_easy_set_long(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        switch proxy {
        case .environment: break
        // An empty name keeps libcurl from reading the environment.
        case .none: countersign_easy_set_string(easy, CURLOPT_PROXY, "")
        case .server(let origin):
            countersign_easy_set_string(easy, CURLOPT_PROXY, "\(origin.scheme)://\(origin.host):\(origin.port)")
            countersign_easy_set_string(easy, CURLOPT_NOPROXY, "")
        }
    }
}

// MARK: - One exchange

extension CurlTransfer {
    /// Prepares the handle for an exchange.
    func begin(_ exchange: CurlExchange) {
        self.exchange = exchange
        abort = nil
        (status, headerBytes, attempts) = (0, 0, 0)
        isHeadComplete = false
        head.reserveCapacity(512)
        errorText[0] = 0

        if lastOrigin != exchange.request.origin {
            lastOrigin = exchange.request.origin
            countersign_easy_set_string(easy, CURLOPT_URL, exchange.request.url)
            setVersion(isSecure: exchange.request.origin.isSecure)
        }
        countersign_easy_set_string(easy, CURLOPT_REQUEST_TARGET, exchange.request.target)
        countersign_easy_set_list(easy, CURLOPT_HTTPHEADER, exchange.request.fields)
        if lastKind != exchange.request.kind { setKind(exchange.request.kind) }
        if exchange.request.kind == .upload {
            countersign_easy_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(exchange.request.bodyCount))
            countersign_easy_set_pointer(easy, CURLOPT_POSTFIELDS, exchange.request.body)
        }
        if let method = exchange.request.customMethod {
            countersign_easy_set_string(easy, CURLOPT_CUSTOMREQUEST, method)
            hasCustomMethod = true
        } else if hasCustomMethod {
            countersign_easy_set_string(easy, CURLOPT_CUSTOMREQUEST, nil)
            hasCustomMethod = false
        }
    }

    /// Releases the exchange; the handle must have been removed from libcurl's multi handle.
    func end() {
        exchange = nil
        head.removeAll(keepingCapacity: head.capacity <= 4096)
        body = []
    }

    /// Returns the received response and resets the buffers.
    func takeResponse() -> CurlExchange.RawResponse {
        defer { (head, body) = ([], []) }
        return CurlExchange.RawResponse(status: status, head: head, body: body)
    }

    /// True if a connection, or a proxy's tunnel, was ready for the request.
    var hasConnected: Bool { attempts > 0 }

    /// True if a byte of the request was written to a connection.
    var hasSent: Bool { hasConnected && sentBytes > bytesBefore }

    /// The number of bytes that libcurl has sent, including those to a proxy.
    private var sentBytes: Int {
        var count = 0
        countersign_easy_get_long(easy, CURLINFO_REQUEST_SIZE, &count)
        return count
    }

    /// The description of a failure by libcurl.
    ///
    /// It names hosts and addresses, but never a target or a field.
    var failureText: String {
        String(cString: errorText)
    }

    private func setVersion(isSecure: Bool) {
        // A plain http connection never becomes HTTP/2, so requests must not wait for the first connection to negotiate it.
        let mayMultiplex = isSecure && allowsHTTP2
        let version = mayMultiplex ? Int(CURL_HTTP_VERSION_2TLS) : Int(CURL_HTTP_VERSION_1_1)
        countersign_easy_set_long(easy, CURLOPT_HTTP_VERSION, version)
        countersign_easy_set_long(easy, CURLOPT_PIPEWAIT, mayMultiplex ? 1 : 0)
    }

    private func setKind(_ kind: CurlRequest.Kind) {
        switch kind {
        case .get, .bare: countersign_easy_set_long(easy, CURLOPT_HTTPGET, 1)
        case .head: countersign_easy_set_long(easy, CURLOPT_NOBODY, 1)
        case .upload: countersign_easy_set_long(easy, CURLOPT_POST, 1)
        }
        lastKind = kind
    }
}

// MARK: - Callbacks

extension CurlTransfer {
    /// Decides whether the request may be sent on the connection that is ready for it.
    private func mayBeSent() -> Bool {
        if attempts == 0 { bytesBefore = sentBytes }
        attempts += 1
        // When the server closes a pooled connection without a response, libcurl resends the request, even a POST. That is
        // only allowed if no byte was sent.
        if attempts > 1, hasSent {
            abort = .resend
            return false
        }
        guard exchange?.goOnWire() == true else {
            abort = .cancelled
            return false
        }
        return true
    }

    private func receiveHeaderLine(_ line: UnsafeRawBufferPointer) -> Bool {
        headerBytes += line.count
        guard headerBytes <= maximumHeaderBytes else {
            abort = .headTooLarge
            return false
        }
        // Lines after a complete head are trailers, which are not fields of the head (RFC 9110 section 6.5.1).
        if isHeadComplete { return true }
        if line.starts(with: "HTTP/".utf8) {
            // Informational responses may precede the final one; each has its own head.
            head.removeAll(keepingCapacity: true)
            bodyLength = ContentLength()
            status = Self.status(line)
        } else if line.first == UInt8(ascii: "\r") || line.first == UInt8(ascii: "\n") {
            isHeadComplete = status >= 200
            // A response without a body has the length that another response would have.
            if isHeadComplete, !bodyLength.isValid, lastKind != .head, status != 204, status != 304 {
                abort = .invalidLength
                return false
            }
        } else {
            head.append(contentsOf: line)
            bodyLength.read(line)
        }
        return true
    }

    /// Returns the status code of a status line, or 0 if the line has none.
    private static func status(_ line: UnsafeRawBufferPointer) -> Int {
        guard let space = line.firstIndex(of: UInt8(ascii: " ")) else { return 0 }
        let digits = line[(space + 1)...].prefix(3)
        guard digits.count == 3, digits.allSatisfy(\.isASCIIDigit) else { return 0 }
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    private func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let maximum = exchange?.maximumResponseBytes else { return false }
        if body.isEmpty {
            var announced: curl_off_t = 0
            countersign_easy_get_offset(easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced)
            guard announced <= maximum else {
                abort = .bodyTooLarge
                return false
            }
            // Memory for the rest of a large body is reserved when it arrives.
            body.reserveCapacity(max(bytes.count, min(Int(announced), 1 << 24)))
        }
        guard bytes.count <= maximum - body.count else {
            abort = .bodyTooLarge
            return false
        }
        body.append(contentsOf: bytes)
        return true
    }
}

extension Duration {
    /// The duration in milliseconds for libcurl: at least 1, since 0 means no limit.
    fileprivate var curlMilliseconds: Int {
        let (seconds, attoseconds) = clamped.components
        guard seconds < Int64(Int32.max) / 1000 else { return Int(Int32.max) }
        guard seconds >= 0, attoseconds >= 0 else { return 1 }
        return max(1, Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000))
    }
}
