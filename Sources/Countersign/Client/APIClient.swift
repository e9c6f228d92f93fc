/// A client of one API: a server, and what its calls are authorized with.
///
/// Generated clients stand on it. Without a schema it makes calls by method and path; tokens are requested, cached,
/// renewed and signed for just the same:
///
/// ```swift
/// let client = APIClient(
///     server: "https://api.example.com/catalog/v1",
///     authorization: .clientCredentials(
///         .secret(id: "worker", .environment("CATALOG_SECRET")),
///         issuer: "https://login.example.com",
///         scopes: ["catalog"],
///         dpop: .es256
///     )
/// )
/// let response = try await client.send(.get, "/items/it_1")
/// ```
///
/// It is a cheap value: make one wherever it is needed. Those with equal credentials share tokens.
public struct APIClient: Sendable {
    /// Apart from the client, which is copied with every use and mostly has none.
    final class Boxed: Sendable {
        let options: CallOptions

        init(_ options: CallOptions) { self.options = options }
    }

    let core: ClientCore
    let boxed: Boxed?

    var options: CallOptions? { boxed?.options }
    var hasOptions: Bool { boxed != nil }

    /// A client of what a schema declares.
    ///
    /// - Parameters:
    ///   - issuer: The authorization server of the schemes that name none.
    ///   - credentials: One for each scheme of the definition, in the same order.
    @_spi(Generated)
    public init(
        _ definition: APIDefinition,
        server: String,
        issuer: String? = nil,
        credentials: [SchemeCredentials] = [],
        runtime: Runtime = .shared
    ) {
        self.init(
            core: ClientCore(definition, server: server, issuer: issuer, credentials: credentials, runtime: runtime),
            options: nil
        )
    }

    private init(core: ClientCore, options: CallOptions?) {
        self.core = core
        boxed = options.map(Boxed.init)
    }

    /// This client with other options for the calls made through the value returned.
    public func options(_ options: CallOption...) -> APIClient {
        self.options(options)
    }

    /// This client with other options for the calls made through the value returned.
    public func options(_ options: [CallOption]) -> APIClient {
        var changed = self.options ?? CallOptions()
        for option in options { option.apply(&changed) }
        return APIClient(core: core, options: changed)
    }

    /// The access tokens behind this client.
    public var tokens: ClientTokens { ClientTokens(client: self) }
}

extension APIClient: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "\(core.name) at \(core.serverDescription)" }
    public var debugDescription: String { description }
    /// Without what it is authorized with.
    public var customMirror: Mirror { Mirror(self, children: ["name": core.name, "server": core.serverDescription]) }
}

@_spi(Generated) extension APIClient {
    /// Begins a call; the arguments come next, then ``send(_:)``.
    public func request<Success, Problem>(
        _ operation: APIOperation<Success, Problem>
    ) -> APIRequest<Success, Problem> {
        // A server that cannot be used is refused when the request is sent.
        let server = try? core.server(options?.server ?? operation.server)
        return APIRequest(operation, basePath: server?.basePath ?? "")
    }

    /// Makes the call.
    public nonisolated(nonsending) func send<Success, Problem>(
        _ request: APIRequest<Success, Problem>
    ) async throws(CallError<Problem>) -> Success {
        let operation = request.operation
        let metadata: @Sendable () -> OperationMetadata = { [core] in operation.metadata(of: core.name) }
        let response: HTTP.Response
        do throws(CallFailure) {
            let server = try core.usableServer(options?.server ?? operation.server, metadata)
            if let refusal = request.draft.refusal {
                throw CallFailure(.invalidRequest, in: metadata().description, refusal)
            }
            let http = HTTP.Request(
                method: operation.method,
                url: HTTP.URL(origin: server.origin, uncheckedTarget: request.draft.target),
                fields: request.draft.fields,
                body: request.draft.body
            )
            let call = ClientCore.Call(
                operation: metadata,
                requirement: operation.requirement,
                idempotencyKey: operation.idempotencyKey,
                timeout: options?.timeout ?? operation.timeout ?? core.definition.timeout,
                box: boxed
            )
            if core.watches(options) {
                response = try await core.sendWatched(http, for: call, from: server)
            } else {
                let deadline = core.deadline(call.timeout)
                response = try await core.sendAuthorized(http, for: call, from: server, until: deadline)
            }
            options?.recorder?.record(response)
        } catch {
            // A 401 that could not be answered may have a declared body all the same.
            guard error.kind == .unexpectedStatus, let response = error.response,
                let problem = try? operation.problem(in: response)
            else { throw CallError(error) }
            let text = "the API answered with an error, and there was no other token"
            let failure = CallFailure(.problem, in: error.operation, text, response: response, token: error.token)
            throw CallError(failure, problem: problem)
        }
        do {
            return try operation.outcome(of: response, name: { metadata().description })
        } catch {
            if error.kind == .undecodableResponse {
                let status = response.status
                core.runtime.observers?.record(.responseUndecodable, "body", of: metadata(), status: status)
            }
            throw error
        }
    }
}

extension APIOperation {
    func metadata(of client: String) -> OperationMetadata {
        OperationMetadata(client: client, name: name, method: method, pathTemplate: pathTemplate)
    }
}

extension APIOperation {
    /// What a response means: the declared success, or a failure that says why not.
    func outcome(of response: HTTP.Response, name: () -> String) throws(CallError<Problem>) -> Success {
        let status = response.status
        do {
            // Not first(where:), whose generic code costs a tenth of a call here.
            for declared in returns where declared.status.matches(status) {
                return try declared.decode(response)
            }
        } catch let error as HeaderDecodingError {
            throw CallError(CallFailure(.undecodableResponse, in: name(), error.description, response: response))
        } catch {
            let text = Self.undecodable(response, error)
            throw CallError(CallFailure(.undecodableResponse, in: name(), text, response: response))
        }
        var text: String
        do {
            if let problem = try problem(in: response) {
                let text = "the API answered with an error" + Self.nonceDemand(of: response)
                let failure = CallFailure(.problem, in: name(), text, response: response)
                throw CallError(failure, problem: problem)
            }
            let isDeclared = errors.contains { $0.status.matches(status) }
            text =
                isDeclared
                ? "the API answered with an error"
                : status.rawValue / 100 == 3 ? "redirects are not followed" : "the schema declares no such status"
        } catch let error as CallError<Problem> {
            throw error
        } catch {
            // A gateway's error page, say: what matters is the status.
            text = "the API answered with an error; \(Self.undecodable(response, error))"
        }
        text += Self.nonceDemand(of: response)
        let kind = StepUpChallenge(response) == nil ? CallErrorKind.unexpectedStatus : .insufficientUserAuthentication
        throw CallError(CallFailure(kind, in: name(), text, response: response))
    }

    /// What the caller is told of a nonce that the API still demands (RFC 9449 section 9); nothing of it is the API's.
    private static func nonceDemand(of response: HTTP.Response) -> String {
        guard response.status == 401,
            Challenge.parse(response.fields.values(for: .wwwAuthenticate)).contains(where: \.demandsNonce)
        else { return "" }
        return "; the API demands a DPoP nonce (use_dpop_nonce): a call is sent again for that at most once"
    }

    private static func undecodable(_ response: HTTP.Response, _ error: any Error) -> String {
        let type = response.fields[.contentType].flatMap(mediaType).map { ", which says it is \($0)," } ?? ""
        if response.body.isEmpty { return "the body is empty, and the schema declares one" }
        return "the body\(type) is not what the schema declares: \(error)"
    }

    func problem(in response: HTTP.Response) throws -> Problem? {
        do {
            return try errors.first { $0.status.matches(response.status) }?.decode(response)
        } catch is NoProblem {
            return nil
        } catch {
            throw error
        }
    }

    /// The media type of a `Content-Type`, if it looks like one: small letters, so that no token passes for it.
    private static func mediaType(_ field: String) -> Substring? {
        let type = field.prefix { $0 != ";" }
        let isPlain = type.utf8.allSatisfy { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 || "/+-.".utf8.contains($0) }
        return isPlain && type.utf8.count <= 64 ? type : nil
    }
}

extension ClientCore: CustomReflectable {
    var customMirror: Mirror { Mirror(self, children: ["name": name, "server": serverDescription]) }

    /// Where the client calls, as errors and logs may say it.
    var serverDescription: String {
        switch server {
        case .success(let server): server.origin.description + server.basePath
        case .failure: "no usable server"
        }
    }

    func usableServer(_ other: String?, _ operation: () -> OperationMetadata) throws(CallFailure) -> Server {
        do {
            return try server(other)
        } catch {
            throw CallFailure(error, in: operation().description)
        }
    }
}
