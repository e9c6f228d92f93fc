#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension CurlTransport {
    /// What is the same for all requests of a transport.
    ///
    /// There is no switch that turns the verification of certificates off: to reach a server with a certificate of your
    /// own, name its authority in ``certificateAuthorities``.
    public struct Configuration: Sendable {
        /// How long making a connection may take: name resolution, TCP and TLS together.
        public var connectTimeout: Duration = .seconds(10)
        /// How long a request may take that says nothing else: to the last byte of the answer, all waiting included.
        public var timeout: Duration = .seconds(60)
        /// How many connections are open to one origin at a time; further requests wait for one.
        ///
        /// Over HTTP/2 one connection carries many requests.
        public var maximumConnectionsPerOrigin = 64
        /// How many threads move bytes: by default one for every two processors, four at most.
        ///
        /// A few calls at a time stay on one of them and share its connections.
        public var threads = max(1, min(4, sysconf(Int32(_SC_NPROCESSORS_ONLN)) / 2))
        /// How long a connection may have been idle and still be used.
        ///
        /// Keep it below the servers' own limit: a request that meets a closing connection fails.
        public var maximumIdleTime: Duration = .seconds(50)
        /// How many bytes the body of an answer may have when the request says nothing else.
        public var maximumResponseBytes = 32 * 1024 * 1024
        /// How many bytes the header of an answer may have, informational answers and trailers included.
        public var maximumHeaderBytes = 64 * 1024
        /// Whose certificates are trusted.
        public var certificateAuthorities = CertificateAuthorities.system
        /// Whether HTTP/2 is used with servers that offer it over TLS.
        ///
        /// Off by default: a server that retires a connection (nginx does after 1,000 requests) breaks off requests
        /// that are on it, and libcurl does not say which of them it never looked at. Over HTTP/1.1 none are lost. Turn
        /// it on where many calls wait at once on one connection, and calls may be repeated.
        public var allowsHTTP2 = false
        /// Through what requests go.
        public var proxy = Proxy.none
        /// The `User-Agent` of requests that have none; `nil` sends none.
        ///
        /// It must be a valid field value, or no request is sent.
        public var userAgent: String? = "countersign"

        public init() {}
    }

    /// The certificate authorities that a server's certificate must lead to.
    public enum CertificateAuthorities: Sendable, Hashable {
        /// Those of the system.
        case system
        /// Only those of a file in PEM format. An unreadable file makes every request fail with
        /// ``HTTP/TransportError/Kind/tls``.
        case pemFile(String)
        /// Only these, in PEM format.
        case pem([UInt8])
    }

    /// The proxy of a transport.
    public enum Proxy: Sendable, Hashable {
        /// No proxy.
        ///
        /// The environment is not read, since a variable set by somebody else would see every request.
        case none
        /// What `https_proxy`, `http_proxy`, `all_proxy` and `no_proxy` say.
        case environment
        /// This one, for everything. Requests go through it in a tunnel (`CONNECT`, RFC 9110 section 9.3.6).
        case server(HTTP.Origin)
    }
}
