/// The status and the header fields of a response, which `withResponse` of a generated client returns with the value.
///
/// ```swift
/// let (item, head) = try await catalog.withResponse { try await $0.getItem(id: "it_1") }
/// print(head?.fields[.eTag] ?? "")
/// ```
public struct ResponseHead: Sendable, Hashable {
    public var status: HTTP.Status
    /// The header fields as the server sent them.
    public var fields: HTTP.Fields

    public init(status: HTTP.Status, fields: HTTP.Fields = [:]) {
        self.status = status
        self.fields = fields
    }
}

/// The recorder of the head of the last response to the calls of a client value.
@_spi(Generated)
public final class ResponseRecorder: Sendable {
    private let newest = Locked<ResponseHead?>(nil)

    public init() {}

    func record(_ response: HTTP.Response) {
        record(ResponseHead(status: response.status, fields: response.fields))
    }

    func record(_ head: ResponseHead) {
        newest.withLock { $0 = head }
    }

    /// The head of the last response; nil if there was none.
    public var head: ResponseHead? { newest.withLock { $0 } }
}

@_spi(Generated) extension APIClient {
    /// Returns this client with a recorder for the calls made through the returned value.
    public func recording(to recorder: ResponseRecorder) -> APIClient {
        options([CallOption { $0.recorder = recorder }])
    }
}
