import Countersign
import Foundation
import HTTPTypes
import OpenAPIRuntime

struct TokenMiddleware: ClientMiddleware {
    let tokens: ClientTokens

    func intercept(
        _ request: HTTPRequest,
        body: HTTPBody?,
        baseURL: URL,
        operationID: String,
        next: @Sendable (HTTPRequest, HTTPBody?, URL) async throws -> (HTTPResponse, HTTPBody?)
    ) async throws -> (HTTPResponse, HTTPBody?) {
        let url = baseURL.absoluteString + (request.path ?? "")
        guard let method = HTTP.Method(rawValue: request.method.rawValue) else { throw URLError(.unsupportedURL) }
        let sent = try await tokens.authorizationHeaders(method: method, url: url)
        let (response, responseBody) = try await next(request.adding(sent), body, baseURL)
        let fields = HTTP.Fields(
            response.headerFields.compactMap { field in
                HTTP.FieldName(field.name.rawName).map { HTTP.Field(name: $0, value: field.value) }
            }
        )
        guard response.status.code == 401, body?.iterationBehavior != .single else {
            tokens.updateDPoPNonce(from: fields, url: url)
            return (response, responseBody)
        }
        let rejection = HTTP.Response(status: 401, fields: fields)
        let again = try await tokens.authorizationHeaders(afterRejectionOf: sent, rejection, method: method, url: url)
        guard let again else { return (response, responseBody) }
        return try await next(request.adding(again), body, baseURL)
    }
}

extension HTTPRequest {
    func adding(_ fields: HTTP.Fields) -> HTTPRequest {
        var request = self
        for field in fields {
            if let name = HTTPField.Name(field.name.rawName) { request.headerFields[name] = field.value }
        }
        return request
    }
}
