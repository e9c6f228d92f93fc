@_spi(Generated) import CountersignJSON

/// The decoding of responses: into the declared success value, or into an error that gives the reason.
extension APIOperation {
    /// Returns the declared success value of a response.
    ///
    /// - Throws: The error that the response describes, or that explains how it differs from the schema.
    func decode(_ response: HTTP.Response, of call: APICall) throws(CallError<Problem>) -> Success {
        let status = response.status
        do {
            // Not first(where:), whose generic code takes a tenth of the time of a call here.
            for declared in returns where declared.status.matches(status) {
                return try declared.decode(response)
            }
        } catch {
            if let nothing = nothing(for: response) { return nothing }
            let message =
                (error as? HeaderDecodingError)?.description
                ?? Self.mismatch(of: response, error, in: call.context) + Self.mediaTypeNote(of: response)
            throw CallError(.undecodableResponse, in: call.context, message, response: response)
        }
        throw self.error(for: response, of: call)
    }

    /// Returns the value of an empty success if the body is empty; nil if the schema declares none.
    ///
    /// Servers also send 200 without a body where the schema declares an empty 204.
    private func nothing(for response: HTTP.Response) -> Success? {
        guard response.status.isSuccess, response.body.allSatisfy({ " \t\r\n".utf8.contains($0) }),
            let declared = returns.first(where: { $0.isEmpty && $0.status.isSuccess })
        else { return nil }
        return try? declared.decode(response)
    }

    /// Returns an error of the pipeline as the error of this operation.
    ///
    /// If the API rejected the token and no other one was obtained, the body of the 401 may be a declared problem.
    func error(_ error: CallError<Never>) -> CallError<Problem> {
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
            // For example, the error page of a gateway: the status matters more than the body.
            message = "the API responded with an error; \(Self.mismatch(of: response, error, in: call.context))"
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

    /// Returns a note for the error text if the API still demands a nonce (RFC 9449 section 9); otherwise no text.
    private static func nonceDemand(in response: HTTP.Response) -> String {
        guard response.status == 401,
            WWWAuthenticateChallenge.parse(response.fields.values(for: .wwwAuthenticate))
                .contains(where: \.demandsNonce)
        else { return "" }
        return "; the API demands a DPoP nonce (use_dpop_nonce); a call is resent at most once for that"
    }

    /// Returns how a response differs from the schema, with the path of the value.
    ///
    /// The keys of a map are the server's, so everything is masked that looks like a credential (P59).
    private static func mismatch(
        of response: HTTP.Response,
        _ error: any Error,
        in context: CallContext
    ) -> String {
        if response.body.isEmpty { return "the body is empty, but the schema declares one" }
        if let problem = response.contentCodingProblem { return problem }
        let type = response.fields[.contentType].flatMap(knownMediaType).map { " of type \($0)" } ?? ""
        return "the body\(type) does not match the schema: \(context.credentials.redact("\(error)"))"
    }

    /// Returns a note for the error text if the response declares another format than JSON, and is not JSON.
    private static func mediaTypeNote(of response: HTTP.Response) -> String {
        guard !response.body.isEmpty, response.contentCodingProblem == nil, let field = response.fields[.contentType],
            (try? JSONDocument(parsing: response.body)) == nil
        else { return "" }
        let type = field.utf8.prefix { $0 != UInt8(ascii: ";") }.filter { $0 != UInt8(ascii: " ") }
        // `application/json`, `application/problem+json`, in any case.
        guard !type.suffix(4).map({ $0 | 0x20 }).elementsEqual("json".utf8) else { return "" }
        return "; the response is not JSON: 'bytes' in a schema is base64 in a JSON string, and APIClient fetches "
            + "other bodies"
    }

    /// Returns the media type of a `Content-Type` if it is a usual one: the server could repeat a credential there (P59).
    private static func knownMediaType(_ field: String) -> String? {
        let type = field.utf8.prefix { $0 != UInt8(ascii: ";") }
        let known = [
            "application/json", "application/problem+json", "application/xml", "text/html", "text/plain", "text/xml",
        ]
        return known.first { $0.utf8.elementsEqual(type) }
    }
}
