/// The decoding of responses: the declared success, or an error that says why it is none.
extension APIOperation {
    func decode(_ response: HTTP.Response, of call: APICall) throws(CallError<Problem>) -> Success {
        let status = response.status
        do {
            // Not first(where:), whose generic code takes a tenth of the time of a call here.
            for declared in returns where declared.status.matches(status) {
                return try declared.decode(response)
            }
        } catch let error as HeaderDecodingError {
            throw CallError(.undecodableResponse, in: call.context, error.description, response: response)
        } catch {
            let message = Self.mismatch(of: response, error, in: call)
            throw CallError(.undecodableResponse, in: call.context, message, response: response)
        }
        throw error(for: response, of: call)
    }

    /// Returns the error of a call that failed before it had a response, with the declared error body if there is one.
    func error(_ error: CallError<Never>) -> CallError<Problem> {
        // The body of a 401 may be declared, also if no other token was obtained.
        guard error.kind == .unexpectedStatus, let response = error.response, let problem = try? problem(in: response)
        else { return CallError(error.details) }
        return CallError(
            .problem,
            in: error.details.context,
            "the API responded with an error, and no other token could be obtained",
            problem: problem,
            response: response,
            tokenError: error.tokenError
        )
    }

    private func error(for response: HTTP.Response, of call: APICall) -> CallError<Problem> {
        let status = response.status
        var message: String
        do {
            if let problem = try problem(in: response) {
                let message = "the API responded with an error" + Self.nonceDemand(in: response)
                return CallError(.problem, in: call.context, message, problem: problem, response: response)
            }
            let isDeclared = errors.contains { $0.status.matches(status) }
            message =
                isDeclared
                ? "the API responded with an error"
                : status.rawValue / 100 == 3 ? "redirects are not followed" : "the schema declares no such status"
        } catch {
            // The error page of a gateway, for example: the status matters more than the body.
            message = "the API responded with an error; \(Self.mismatch(of: response, error, in: call))"
        }
        message += Self.nonceDemand(in: response)
        let kind = StepUpChallenge(response) == nil ? CallErrorKind.unexpectedStatus : .insufficientUserAuthentication
        return CallError(kind, in: call.context, message, response: response)
    }

    private func problem(in response: HTTP.Response) throws -> Problem? {
        do {
            return try errors.first { $0.status.matches(response.status) }?.decode(response)
        } catch is NoProblem {
            return nil
        }
    }

    /// Returns a note that the API still demands a nonce (RFC 9449 section 9), without any text of the API.
    private static func nonceDemand(in response: HTTP.Response) -> String {
        guard response.status == 401,
            WWWAuthenticateChallenge.parse(response.fields.values(for: .wwwAuthenticate))
                .contains(where: \.demandsNonce)
        else { return "" }
        return "; the API demands a DPoP nonce (use_dpop_nonce) again, and a call is sent only once more for that"
    }

    private static func mismatch(of response: HTTP.Response, _ error: any Error, in call: APICall) -> String {
        if response.body.isEmpty { return "the body is empty, but the schema declares one" }
        let type =
            response.fields[.contentType].flatMap(mediaType).map {
                " of type \(call.context.credentials.redact(String($0)))"
            } ?? ""
        return "the body\(type) does not match the schema: \(error)"
    }

    /// Returns the media type of a `Content-Type`, if it looks like one.
    private static func mediaType(_ field: String) -> Substring? {
        let type = field.prefix { $0 != ";" }
        let isPlain = type.utf8.allSatisfy { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 || "/+-.".utf8.contains($0) }
        return isPlain && type.utf8.count <= 64 ? type : nil
    }
}
