import CCurl

extension HTTP.TransportError {
    /// The error of a transfer that libcurl, or one of our callbacks, has ended.
    init(_ code: CURLcode, of transfer: CurlTransfer) {
        requestMayHaveBeenProcessed = transfer.hasSent
        switch transfer.abort {
        // One header line of 100 kB is as much as libcurl holds; it says that memory is out.
        case nil where code == CURLE_OUT_OF_MEMORY && requestMayHaveBeenProcessed && !transfer.isHeadComplete:
            kind = .tooLarge
            message = "the header of the answer is larger than allowed"
        case .resend:
            kind = .closed
            message = "the server closed the connection without an answer"
        case .headTooLarge:
            kind = .tooLarge
            message = "the header of the answer is larger than allowed"
        case .bodyTooLarge:
            kind = .tooLarge
            message = "the body of the answer is larger than allowed"
        case .nobodyWaits:
            kind = .cancelled
            message = "the task was cancelled"
        case nil:
            let kind = Self.kind(code)
            // Such as a proxy that opens no tunnel.
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

    /// libcurl's text without what a server could have put into it to trick a terminal or a log.
    private static func printable(_ text: String, else code: CURLcode) -> String {
        let text = text.isEmpty ? String(cString: curl_easy_strerror(code)) : text
        return String(decoding: text.utf8.map { 0x20...0x7E ~= $0 ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}
