/// One call of an operation: its destination, its limits, and the credentials that it has sent.
///
/// It is an object, so that passing it on costs one retain.
final class APICall: Sendable {
    let client: ClientConfiguration
    let server: APIServer
    /// The index of the security requirement of the operation; nil if it needs no authorization.
    let requirement: Int?
    /// The header field by which the API recognizes a repeated request.
    let idempotencyKey: HTTP.FieldName?
    /// The time at which the call fails with ``CallErrorKind/timedOut``.
    let deadline: MonotonicInstant?
    private let definition: any OperationDefinition
    private let boxedOptions: APIClient.BoxedOptions?
    /// The credentials of the attempts that did not succeed, which no error text may repeat (P59).
    private let sentCredentials = Locked(SentCredentials())

    init(
        _ definition: any OperationDefinition,
        of client: APIClient,
        at server: APIServer,
        requirement: Int?,
        idempotencyKey: HTTP.FieldName? = nil,
        timeout: Duration?
    ) {
        self.definition = definition
        self.client = client.configuration
        self.server = server
        self.requirement = requirement
        self.idempotencyKey = idempotencyKey
        deadline = timeout.map { client.configuration.runtime.clock.now().advanced(by: $0) }
        boxedOptions = client.boxedOptions
    }

    var options: CallOptions? { boxedOptions?.options }

    /// The description of the operation, created when an event or an error needs it.
    var operation: OperationMetadata { definition.metadata(of: client.name) }

    /// The part of an error that names this call.
    var context: CallContext {
        CallContext(operation: operation, server: server.description, credentials: sentCredentials.withLock { $0 })
    }

    /// Returns true if sending the request twice has the same effect as sending it once (RFC 9110 section 9.2.2).
    func isIdempotent(_ request: HTTP.Request) -> Bool {
        request.method.isIdempotent || idempotencyKey.map(request.fields.contains) == true
    }

    /// Records the credentials of an attempt that did not succeed.
    func recordCredentials(of request: HTTP.Request, _ attached: Authorization.Attached) {
        sentCredentials.withLock { $0.add(from: request, attached) }
    }
}

/// The definition of an operation, as far as events, errors and middleware need it.
protocol OperationDefinition: Sendable {
    func metadata(of client: String) -> OperationMetadata
}

extension APIOperation: OperationDefinition {
    func metadata(of client: String) -> OperationMetadata {
        OperationMetadata(client: client, name: name, method: method, pathTemplate: pathTemplate)
    }
}

/// An operation without a schema.
struct UnnamedOperation: OperationDefinition {
    let method: HTTP.Method

    func metadata(of client: String) -> OperationMetadata {
        OperationMetadata(client: client, name: nil, method: method, pathTemplate: nil)
    }
}

/// The call that an error is about.
struct CallContext: Sendable {
    let operation: OperationMetadata
    /// The URL of the server; nil if it is invalid, or the error is a stub's.
    var server: String?
    var credentials = SentCredentials()
}
