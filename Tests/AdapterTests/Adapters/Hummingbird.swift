import Countersign
import CountersignOIDC
import HTTPTypes
import Hummingbird
import Logging

struct SignInRoutes {
    let sessions: BrowserSessions

    func add(to router: Router<BasicRequestContext>) {
        router.get("/sign-in") { request, _ -> Response in
            let path = request.uri.queryParameters["to"].map(String.init) ?? "/"
            let start = try await sessions.beginSignIn(returnTo: path, cookies: request.headers[.cookie])
            return .redirect(to: start.url, setting: start.setCookies)
        }
        router.get("/callback") { request, _ -> Response in
            let callback = AuthorizationCallback.query(request.uri.query ?? "")
            let done = try await sessions.finishSignIn(callback: callback, cookies: request.headers[.cookie])
            return .redirect(to: done.returnTo, setting: done.setCookies)
        }
        router.post("/sign-out") { request, context -> Response in
            let form = try await URLEncodedFormDecoder().decode(CSRFForm.self, from: request, context: context)
            let out = try await sessions.signOut(cookies: request.headers[.cookie], csrfToken: form.csrf)
            return .redirect(to: out?.signOut.endSessionURL ?? "/", setting: out.map { [$0.setCookie] } ?? [])
        }
    }
}

struct CSRFForm: Decodable {
    var csrf: String
}

extension Response {
    static func redirect(to location: String, setting cookies: [String]) -> Response {
        var response = Response.redirect(to: location, type: .normal)
        for cookie in cookies { response.headers.append(HTTPField(name: .setCookie, value: cookie)) }
        response.headers[.cacheControl] = "no-store"
        return response
    }
}

struct ErrorMiddleware: RouterMiddleware {
    func handle(
        _ request: Request,
        context: BasicRequestContext,
        next: (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as SignInError {
            context.logger.warning("sign-in failed", metadata: ["error": "\(error)"])
            return Response(status: error.isTransient ? .serviceUnavailable : .badRequest)
        } catch let error as TokenError {
            return response(to: error, for: request, context)
        } catch let error as any CallErrorProtocol {
            if let tokenError = error.tokenError { return response(to: tokenError, for: request, context) }
            context.logger.error("\(error)", metadata: ["operation": "\(error.operation)"])
            return Response(status: error.kind == .timedOut ? .gatewayTimeout : .badGateway)
        }
    }

    private func response(to error: TokenError, for request: Request, _ context: BasicRequestContext) -> Response {
        context.logger.warning("\(error)")
        switch error.kind {
        case .notSignedIn, .sessionEnded:
            return request.method == .get ? .redirect(to: "/sign-in", setting: []) : Response(status: .unauthorized)
        case .missingScope: return Response(status: .forbidden)
        default: return Response(status: error.isTransient ? .serviceUnavailable : .internalServerError)
        }
    }
}

struct PathLog: RouterMiddleware {
    func handle(
        _ request: Request,
        context: BasicRequestContext,
        next: (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        context.logger.info("request", metadata: ["method": "\(request.method)", "path": "\(request.uri.path)"])
        return try await next(request, context)
    }
}

func router(_ sessions: BrowserSessions) -> Router<BasicRequestContext> {
    let router = Router(context: BasicRequestContext.self)
    let secrets: Set<String> = ["code", "state", "id_token", "response", "error_description", "logout_token"]
    router.add(middleware: TracingMiddleware(redactingQueryParameters: secrets))
    router.add(middleware: PathLog())
    router.add(middleware: ErrorMiddleware())
    SignInRoutes(sessions: sessions).add(to: router)
    return router
}
