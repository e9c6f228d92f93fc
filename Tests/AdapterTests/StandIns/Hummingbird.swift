// The parts of Hummingbird that the adapters use.

@_exported public import HTTPTypes
public import Logging

public struct URI: Sendable {
    public var path: String { "/" }
    public var query: String? { nil }
    public var queryParameters: [Substring: Substring] { [:] }
}

public struct Request: Sendable {
    public let uri = URI()
    public var method: HTTPRequest.Method { .get }
    public var headers: HTTPFields { [:] }
}

public struct Response: Sendable {
    public enum RedirectType: Sendable {
        case permanent, found, normal, temporary
    }

    public var status: HTTPResponse.Status
    public var headers: HTTPFields

    public init(status: HTTPResponse.Status, headers: HTTPFields = .init()) {
        self.status = status
        self.headers = headers
    }

    public static func redirect(to location: String, type: RedirectType = .normal) -> Response {
        Response(status: .seeOther)
    }
}

public protocol RequestContext: Sendable {
    var logger: Logger { get }
}

public struct BasicRequestContext: RequestContext {
    public var logger: Logger { Logger(label: "") }
}

public protocol ResponseGenerator {}
extension Response: ResponseGenerator {}

public protocol MiddlewareProtocol<Input, Output, Context>: Sendable {
    associatedtype Input
    associatedtype Output
    associatedtype Context
    func handle(_ input: Input, context: Context, next: (Input, Context) async throws -> Output) async throws -> Output
}

public protocol RouterMiddleware<Context>: MiddlewareProtocol where Input == Request, Output == Response {}

public final class Router<Context: RequestContext> {
    public init(context: Context.Type = BasicRequestContext.self) {}

    @discardableResult
    public func add(middleware: any MiddlewareProtocol<Request, Response, Context>) -> Self { self }

    @discardableResult
    public func get(
        _ path: String = "",
        use handler: @Sendable @escaping (Request, Context) async throws -> some ResponseGenerator
    ) -> Self { self }

    @discardableResult
    public func post(
        _ path: String = "",
        use handler: @Sendable @escaping (Request, Context) async throws -> some ResponseGenerator
    ) -> Self { self }
}

public struct TracingMiddleware<Context: RequestContext>: RouterMiddleware {
    public init(
        recordingHeaders headerNamesToRecord: some Collection<HTTPField.Name> = [],
        redactingQueryParameters queryParametersToRedact: Set<String> = []
    ) {}

    public func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        try await next(request, context)
    }
}

public struct URLEncodedFormDecoder: Sendable {
    public init() {}

    public func decode<T: Decodable>(
        _ type: T.Type,
        from request: Request,
        context: some RequestContext
    ) async throws -> T {
        throw CancellationError()
    }
}
