public import CountersignHTTP

/// A server that a ``FakeNetwork`` can reach: one of the fakes here, or a test's own.
///
/// It is a transport that answers the requests for its origin.
public protocol FakeHost: HTTP.Transport {
    /// Where the server is.
    var origin: HTTP.Origin { get }
}
