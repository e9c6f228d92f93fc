public import CountersignHTTP

/// A server in a ``FakeNetwork``: one of the fakes of this library, or a test's own.
///
/// It is a transport that responds to the requests for its origin.
public protocol FakeHost: HTTP.Transport {
    /// The origin of the server.
    var origin: HTTP.Origin { get }
}
