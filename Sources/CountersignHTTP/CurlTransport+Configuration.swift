#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension CurlTransport {
    /// The settings that all requests of a transport share.
    ///
    /// Certificate verification cannot be turned off. To reach a server with a private certificate, add its authority to
    /// ``certificateAuthorities``.
    public struct Configuration: Sendable {
        /// The timeout of a connection attempt: name resolution, TCP and TLS together.
        public var connectTimeout: Duration = .seconds(10)
        /// The default timeout of a request, until the last byte of the response, including all waiting.
        ///
        /// ``HTTP/Request/timeout`` overrides it.
        public var timeout: Duration = .seconds(60)
        /// The maximum number of open connections to an origin; further requests wait for a connection.
        ///
        /// With HTTP/2, one connection carries many requests.
        public var maximumConnectionsPerOrigin = 64
        /// The number of I/O threads: by default one for every two processors, at most four.
        ///
        /// Each thread has its own connections. A few concurrent calls stay on one thread and share its connections.
        public var threads = max(1, min(4, sysconf(Int32(_SC_NPROCESSORS_ONLN)) / 2))
        /// The maximum time that a connection may be idle and still be reused.
        ///
        /// Keep it below the idle timeout of the servers: a request on a connection that the server is closing fails.
        public var maximumIdleTime: Duration = .seconds(50)
        /// The default limit for the body of a response, in bytes.
        ///
        /// ``HTTP/Request/maximumResponseBytes`` overrides it.
        public var maximumResponseBytes = 32 * 1024 * 1024
        /// The limit for the header of a response, in bytes, including informational responses and trailers.
        public var maximumHeaderBytes = 64 * 1024
        /// The certificate authorities that are trusted.
        public var certificateAuthorities = CertificateAuthorities.system
        /// Enables HTTP/2 with servers that offer it over TLS.
        ///
        /// It is off by default. A server that retires a connection (nginx does so after 1,000 requests) aborts the requests
        /// on it, and libcurl does not report which of them were never processed. HTTP/1.1 loses none. Enable it if many
        /// calls run concurrently and may be retried.
        public var allowsHTTP2 = false
        /// The proxy of all requests.
        public var proxy = Proxy.none
        /// The `User-Agent` of requests without one; `nil` sends none.
        ///
        /// With an invalid field value, every request fails with ``HTTP/TransportError/Kind/invalidRequest``.
        public var userAgent: String? = "countersign"

        /// Creates the default configuration.
        public init() {}
    }

    /// The certificate authorities that a server's certificate chain must end in.
    public enum CertificateAuthorities: Sendable, Hashable {
        /// The authorities of the system.
        case system
        /// Only the authorities in a PEM file.
        ///
        /// If the file is unreadable, every request fails with ``HTTP/TransportError/Kind/tls``.
        case pemFile(String)
        /// Only these authorities, in PEM format.
        case pem([UInt8])
    }

    /// The proxy of a transport.
    public enum Proxy: Sendable, Hashable {
        /// No proxy.
        ///
        /// The environment is not read, since its variables could route every request through an untrusted proxy.
        case none
        /// The proxy of the environment variables `https_proxy`, `http_proxy`, `all_proxy` and `no_proxy`.
        case environment
        /// This proxy for all requests, which pass through a tunnel (`CONNECT`, RFC 9110 section 9.3.6).
        case server(HTTP.Origin)
    }
}
