import Testing

@testable import Countersign

@Suite("Token responses")
struct TokenResponseTests {
    private func token(_ json: String, key: DPoPKey? = nil) throws(TokenError) -> AccessToken {
        try TokenEndpointResponse(HTTP.Response(status: 200, body: Array(json.utf8)), boundTo: key).accessToken
    }

    @Test(
        "expires_in is read as a number or as digits, and held within ten years",
        arguments: [
            ("3600", 3600), ("\"3600\"", 3600), ("1e3", 1000), ("3600.5", 3600.5), ("0", 0), ("-1", 0),
            ("99999999999999999999", 315_360_000),
        ] as [(String, Double)]
    )
    func expiry(text: String, seconds: Double) throws {
        let token = try token(#"{"access_token":"a","token_type":"bearer","expires_in":\#(text)}"#)
        #expect(token.lifetime == .seconds(seconds))
    }

    @Test("Without expires_in, or with null, the lifetime is unknown", arguments: ["", #","expires_in":null"#])
    func noExpiry(rest: String) throws {
        #expect(try token(#"{"access_token":"a","token_type":"BEARER"\#(rest)}"#).lifetime == nil)
    }

    @Test("The granted scopes are those of the response")
    func scopes() throws {
        #expect(try token(#"{"access_token":"a","token_type":"Bearer","scope":"b a"}"#).scopes == ["b", "a"])
    }

    @Test(
        "P58: an invalid token response is rejected",
        arguments: [
            "", "{", "[]", "null", "<html>", #"{"token_type":"Bearer"}"#, #"{"access_token":"a"}"#,
            #"{"access_token":"","token_type":"Bearer"}"#,
            #"{"access_token":7,"token_type":"Bearer"}"#,
            #"{"access_token":"a\r\nX-Evil: 1","token_type":"Bearer"}"#,
            #"{"access_token":"a b","token_type":"Bearer"}"#,
            #"{"access_token":"a\u0000","token_type":"Bearer"}"#,
            #"{"access_token":"ä","token_type":"Bearer"}"#,
            #"{"access_token":"a","token_type":"mac"}"#,
            #"{"access_token":"a","token_type":"DPoP"}"#,
            #"{"access_token":"a","token_type":"Bearer","expires_in":"soon"}"#,
            #"{"access_token":"a","token_type":"Bearer","expires_in":true}"#,
            #"{"access_token":"a","token_type":"Bearer","expires_in":1e999}"#,
            #"{"access_token":"a","token_type":"Bearer","expires_in":"NaN"}"#,
            #"{"access_token":"a","access_token":"b","token_type":"Bearer"}"#,
        ]
    )
    func malformed(json: String) {
        #expect(throws: TokenError.self) { _ = try token(json) }
        do throws(TokenError) {
            _ = try token(json)
        } catch {
            #expect(error.kind == .malformedResponse)
        }
    }

    @Test("P51: a Bearer token is rejected if a DPoP token was requested")
    func downgrade() throws {
        let key = try DPoPKey.generate()
        #expect(throws: TokenError.self) { _ = try token(#"{"access_token":"a","token_type":"Bearer"}"#, key: key) }
        #expect(try token(#"{"access_token":"a","token_type":"dpop"}"#, key: key).authorizationHeader == "DPoP a")
    }

    @Test("A successful status with an error member is a rejection")
    func successWithError() {
        do throws(TokenError) {
            _ = try token(#"{"error":"invalid_scope","access_token":"a","token_type":"Bearer"}"#)
            Issue.record("a token was accepted from a response with an error")
        } catch {
            #expect(error.kind == .rejected)
            #expect(error.oauthError == "invalid_scope")
        }
    }

    @Test(
        "Each error response has the expected kind",
        arguments: [
            (400, #"{"error":"invalid_client"}"#, TokenError.Kind.rejected, "invalid_client"),
            (401, #"{"error":"invalid_client","error_description":"x"}"#, .rejected, "invalid_client"),
            (403, "", .rejected, nil),
            (400, #"{"error":"temporarily_unavailable"}"#, .serverError, "temporarily_unavailable"),
            (500, "oops", .serverError, nil),
            (503, "", .serverError, nil),
            (429, #"{"error":"slow_down"}"#, .serverError, "slow_down"),
            (400, #"{"error":"two\r\nlines"}"#, .rejected, nil),
            (302, "", .rejected, nil),
        ] as [(Int, String, TokenError.Kind, String?)]
    )
    func failures(status: Int, body: String, kind: TokenError.Kind, code: String?) {
        let response = HTTP.Response(status: HTTP.Status(rawValue: status), body: Array(body.utf8))
        let error = TokenEndpointResponse.failure(of: response, unixTime: .zero)
        #expect(error.kind == kind)
        #expect(error.oauthError == code)
        #expect(error.status == HTTP.Status(rawValue: status))
    }

    @Test("P59: the error_description of the server is not part of the description")
    func descriptionIsNotPrinted() {
        let body = Array(#"{"error":"invalid_client","error_description":"bad secret hunter2hunter2"}"#.utf8)
        let error = TokenEndpointResponse.failure(of: HTTP.Response(status: 400, body: body), unixTime: .zero)
        #expect(!"\(error)".contains("hunter2"))
        #expect(error.oauthErrorDescription?.contains("hunter2") == true)
    }

    @Test(
        "P20: Retry-After is seconds or a date; anything else is ignored",
        arguments: [
            ("120", 120), ("0", 0), ("Sun, 06 Nov 1994 08:50:37 GMT", 60), ("Sun, 06 Nov 1994 08:40:00 GMT", 0),
            ("-1", nil), ("soon", nil), ("", nil), ("12345678901234567890", nil),
            ("Sun, 32 Nov 1994 08:49:37 GMT", nil),
            ("1.5", nil), (nil, nil),
        ] as [(String?, Int?)]
    )
    func retryAfter(text: String?, seconds: Int?) {
        // 784111777 is Sun, 06 Nov 1994 08:49:37 GMT, the date of RFC 9110.
        #expect(RetryAfter.parse(text, unixTime: .seconds(784_111_777)) == seconds.map { .seconds($0) })
    }
}
