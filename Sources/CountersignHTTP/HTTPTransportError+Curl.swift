import CCurl

extension HTTP.TransportError {
    /// Creates the error of a transfer that libcurl or a callback ended.
    init(_ code: CURLcode, of transfer: CurlTransfer) {
        requestMayHaveBeenProcessed = transfer.hasSent
        switch transfer.abort {
        // libcurl limits a header line to 100 kB, and reports a longer one as exhausted memory.
        case nil where code == CURLE_OUT_OF_MEMORY && requestMayHaveBeenProcessed && !transfer.isHeadComplete:
            kind = .tooLarge
            message = "the response has a header line of more than 100 kB"
        case .resend:
            kind = .closed
            message = "the server closed the connection without a response"
        case .headTooLarge:
            kind = .tooLarge
            message = "the response header exceeds maximumHeaderBytes (\(transfer.maximumHeaderBytes))"
        case .bodyTooLarge:
            kind = .tooLarge
            message = "the response body exceeds maximumResponseBytes (\(transfer.exchange?.maximumResponseBytes ?? 0))"
        case .invalidLength:
            kind = .other
            message = "the response has an invalid Content-Length, or several that differ; the body was not read"
        case .cancelled:
            kind = .cancelled
            message = "the task was cancelled"
        case nil:
            let kind = Self.kind(code)
            // Before a connection, .closed is a connection failure, for example of a proxy that rejected the tunnel.
            self.kind = kind == .closed && !transfer.hasConnected ? .connect : kind
            message = Self.printable(transfer.failureText, else: code)
        }
    }

    private static func kind(_ code: CURLcode) -> Kind {
        switch code {
        case CURLE_OPERATION_TIMEDOUT: .timedOut
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .nameResolution
        case CURLE_COULDNT_CONNECT, CURLE_PROXY: .connect
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_ENGINE_INITFAILED,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_USE_SSL_FAILED,
            CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT:
            .tls
        case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_PARTIAL_FILE, CURLE_HTTP2,
            CURLE_HTTP2_STREAM, CURLE_SSL_SHUTDOWN_FAILED:
            .closed
        default: .other
        }
    }

    /// Returns libcurl's text, with bytes replaced that could affect a terminal or a log.
    private static func printable(_ text: String, else code: CURLcode) -> String {
        let text = text.isEmpty ? String(cString: curl_easy_strerror(code)) : text
        return String(decoding: text.utf8.map { 0x20...0x7E ~= $0 ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}
