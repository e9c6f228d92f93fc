// The parts of swift-openapi-runtime that the adapters use.

public import Foundation
public import HTTPTypes

public enum IterationBehavior: Sendable {
    case single, multiple
}

public final class HTTPBody: Sendable {
    public let iterationBehavior = IterationBehavior.multiple
}

public protocol ClientMiddleware: Sendable {
    func intercept(
        _ request: HTTPRequest,
        body: HTTPBody?,
        baseURL: URL,
        operationID: String,
        next: @Sendable (HTTPRequest, HTTPBody?, URL) async throws -> (HTTPResponse, HTTPBody?)
    ) async throws -> (HTTPResponse, HTTPBody?)
}
