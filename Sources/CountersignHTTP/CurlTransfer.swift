import CCurl

/// An easy handle of libcurl, used for one exchange after another, and what has come of the answer.
///
/// Only the loop's thread touches it; the callbacks run there too.
final class CurlTransfer {
    let easy: UnsafeMutableRawPointer
    private(set) var exchange: CurlExchange?
    /// Why a callback has ended the transfer.
    private(set) var abort: Abort?
    private var head: [UInt8] = []
    private var body: [UInt8] = []
    private var status = 0
    /// Whether the blank line after the final head has come.
    private(set) var isHeadComplete = false
    private var headerBytes = 0
    private var attempts = 0
    private var bytesBefore = 0
    private let maximumHeaderBytes: Int
    private let allowsHTTP2: Bool
    private let errorText: UnsafeMutablePointer<CChar>
    // What the handle was last told, so that only changes are told again.
    private var lastOrigin: HTTP.Origin?
    private var lastKind: CurlRequest.Kind?
    private var hasCustomMethod = false

    enum Abort {
        /// libcurl was about to send the request a second time.
        case resend
        case headTooLarge, bodyTooLarge
        case nobodyWaits
    }

    /// Makes a handle; `nil` when there is no memory.
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

    /// The transfer of an easy handle.
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

        // The target goes beside the URL, so that nothing of it is read or changed.
        countersign_easy_set_long(easy, CURLOPT_PATH_AS_IS, 1)
        countersign_easy_set_string(easy, CURLOPT_PROTOCOLS_STR, "http,https")
        countersign_easy_set_long(easy, CURLOPT_FOLLOWLOCATION, 0)
        countersign_easy_set_long(easy, CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        countersign_easy_set_long(easy, CURLOPT_HTTP09_ALLOWED, 0)
        countersign_easy_set_long(easy, CURLOPT_NOSIGNAL, 1)
        countersign_easy_set_long(easy, CURLOPT_NOPROGRESS, 1)
        // Else ending a transfer waits for its name resolution, and every other request with it.
        countersign_easy_set_long(easy, CURLOPT_QUICK_EXIT, 1)
        countersign_easy_set_long(easy, CURLOPT_SSL_VERIFYPEER, 1)
        countersign_easy_set_long(easy, CURLOPT_SSL_VERIFYHOST, 2)
        countersign_easy_set_long(easy, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        countersign_easy_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, configuration.connectTimeout.curlMilliseconds)
        countersign_easy_set_long(
            easy,
            CURLOPT_MAXAGE_CONN,
            max(1, Int(configuration.maximumIdleTime.components.seconds))
        )
        countersign_easy_set_string(easy, CURLOPT_USERAGENT, configuration.userAgent)
        setProxy(configuration.proxy)
    }

    private func setProxy(_ proxy: CurlTransport.Proxy) {
        // Without a tunnel a proxy would want another target, and read along.
        countersign_easy_set_long(easy, CURLOPT_HTTPPROXYTUNNEL, 1)
        countersign_easy_set_long(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        switch proxy {
        case .environment: break
        // The empty name is what keeps libcurl from reading the environment.
        case .none: countersign_easy_set_string(easy, CURLOPT_PROXY, "")
        case .server(let origin):
            countersign_easy_set_string(easy, CURLOPT_PROXY, "\(origin.scheme)://\(origin.host):\(origin.port)")
            countersign_easy_set_string(easy, CURLOPT_NOPROXY, "")
        }
    }
}

// MARK: - One exchange

extension CurlTransfer {
    /// Makes the handle ready for an exchange.
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

    /// Lets the exchange go, once libcurl has let go of the handle.
    func end() {
        exchange = nil
        head.removeAll(keepingCapacity: head.capacity <= 4096)
        body = []
    }

    /// The answer that has come.
    func takeAnswer() -> CurlExchange.Answer {
        defer { (head, body) = ([], []) }
        return CurlExchange.Answer(status: status, head: head, body: body)
    }

    /// Whether a connection, through a proxy where there is one, was ready for the request.
    var hasConnected: Bool { attempts > 0 }

    /// Whether a byte of the request was given to a connection.
    var hasSent: Bool { hasConnected && sentBytes > bytesBefore }

    /// How many bytes libcurl has sent, those to a proxy included.
    private var sentBytes: Int {
        var count = 0
        countersign_easy_get_long(easy, CURLINFO_REQUEST_SIZE, &count)
        return count
    }

    /// What libcurl says about a failure; it names hosts and addresses, never a target or a field.
    var failureText: String {
        String(cString: errorText)
    }

    private func setVersion(isSecure: Bool) {
        // Plain http never becomes HTTP/2, so requests must not wait to see whether the first connection does.
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
    /// Whether the request may go on the connection that is ready for it.
    private func mayBeSent() -> Bool {
        if attempts == 0 { bytesBefore = sentBytes }
        attempts += 1
        // On a pooled connection that the server closes without an answer, libcurl sends a request again, a POST too.
        // It may, as long as nothing was sent.
        if attempts > 1, hasSent {
            abort = .resend
            return false
        }
        guard exchange?.goOnWire() == true else {
            abort = .nobodyWaits
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
        // What follows a complete head are trailers, which are not fields of the head (RFC 9110 section 6.5.1).
        if isHeadComplete { return true }
        if line.starts(with: "HTTP/".utf8) {
            // An informational answer may stand before: each has a head of its own.
            head.removeAll(keepingCapacity: true)
            status = Self.status(line)
        } else if line.first == UInt8(ascii: "\r") || line.first == UInt8(ascii: "\n") {
            isHeadComplete = status >= 200
        } else {
            head.append(contentsOf: line)
        }
        return true
    }

    /// The number after the first space of a status line; 0 when there is none.
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
            body.reserveCapacity(max(bytes.count, Int(announced)))
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
    /// Milliseconds as libcurl takes them: at least one, since none would mean for ever.
    fileprivate var curlMilliseconds: Int {
        let (seconds, attoseconds) = components
        guard seconds < Int64(Int32.max) / 1000 else { return Int(Int32.max) }
        guard seconds >= 0, attoseconds >= 0 else { return 1 }
        return max(1, Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000))
    }
}
