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
            ("3600", 3600), ("\"3600\"", 3600), ("1e3", 1000), ("3600.5", 3600.5), ("\" 60 \"", 60),
            ("99999999999999999999", 315_360_000),
        ] as [(String, Double)]
    )
    func expiry(text: String, seconds: Double) throws {
        let token = try token(#"{"access_token":"a","token_type":"bearer","expires_in":\#(text)}"#)
        #expect(token.lifetime == .seconds(seconds))
    }

    @Test(
        "P61: without a valid expires_in, the lifetime is unknown",
        arguments: [
            "null", "0", "-1", "\"\"", "\"null\"", "\"0\"", "\"-1\"", "\"soon\"", "\"NaN\"", "NaN", "true", "[]", "{}",
            "1e999", "1,\"expires_in\":2",
        ]
    )
    func noExpiry(text: String) throws {
        #expect(try token(#"{"access_token":"a","token_type":"BEARER","expires_in":\#(text)}"#).lifetime == nil)
        #expect(try token(#"{"access_token":"a","token_type":"BEARER"}"#).lifetime == nil)
    }

    @Test(
        "P62: the granted scopes are those of the response, if it lists any",
        arguments: [
            (#""b a""#, ["b", "a"]), (#"["b","a"]"#, ["b", "a"]), (#"["b a"]"#, ["b", "a"]),
            (#"" b  a ""#, ["b", "a"]),
            (#""user.read,mail.read""#, ["user.read,mail.read"]), (#""""#, nil), (#"" ""#, nil), ("null", nil),
            ("[]", nil),
            ("7", nil), (#""a","scope":"b""#, nil),
        ] as [(String, [String]?)]
    )
    func scopes(text: String, scopes: [String]?) throws {
        #expect(try token(#"{"access_token":"a","token_type":"Bearer","scope":\#(text)}"#).scopes == scopes)
    }

    @Test(
        "P61: no member that is unusual and harmless costs a bearer token",
        arguments: [
            #""x":1"#, #""token_type":null"#, #""token_type":"""#, #""token_type":" ""#, #""token_type":"BearerToken""#,
            #""token_type":"access_token""#,
            #""token_type":"Bearer ""#, #""token_type":"bearer_token""#, #""token_type":"BEARER""#, #""token_type":7"#,
            #""token_type":["Bearer"]"#, #""token_type":"Bearer","token_type":"Bearer""#, #""error":"""#,
            #""error":null"#, #""error":false"#, #""error":0"#, #""error":{}"#, #""error_description":"x""#,
            #""team":{"id":1,"id":2}"#, #""x":NaN"#, #""x":"\x""#, #""x":"\ud800""#, "\"x\":\"a\tb\"",
            #""x":1,"x":2"#, #""refresh_token":7"#, #""refresh_token":null"#, #""id_token":{}"#, #""scope":7"#,
            #""issued_token_type":null"#, #""refresh_token":"a","refresh_token":"b""#,
            "\"x\":" + String(repeating: "[", count: 5_000) + String(repeating: "]", count: 5_000),
        ]
    )
    func harmlessMembers(member: String) throws {
        for json in [#"{\#(member),"access_token":"a"}"#, #"{"access_token":"a",\#(member)}"#] {
            #expect(try token(json).authorizationHeader == "Bearer a")
        }
    }

    @Test("P61: text that is not UTF-8 in another member does not cost the token")
    func otherEncoding() throws {
        for text: [UInt8] in [[0xE9], [0xC3, 0x28], [0xFF], [0xED, 0xA0, 0x80], [0x00]] {
            let body = Array(#"{"access_token":"a","first_name":"Andr"#.utf8) + text + Array(#""}"#.utf8)
            let token = try TokenEndpointResponse(HTTP.Response(status: 200, body: body), boundTo: nil).accessToken
            #expect(token.value == "a")
        }
    }

    @Test(
        "The error of an invalid response names the member",
        arguments: [
            (#"{"token_type":"Bearer"}"#, "access_token is missing"),
            (#"{"access_token":7}"#, "access_token: expected a string, found a number (line 1, column 17)"),
            (#"{"access_token":"a","access_token":"b"}"#, "access_token: it occurs twice, with different values"),
            (#"{"access_token":"\q"}"#, "access_token: invalid JSON: unknown escape"),
            (#"{"access_token":"a","token_type":"a","token_type":"b"}"#, "token_type: it occurs twice"),
            (#"{"access_token":"a","error":"\q"}"#, "error: invalid JSON: unknown escape"),
            ("<html>", "the document: invalid JSON: expected a value (line 1, column 1)"),
        ]
    )
    func namedMember(json: String, reason: String) {
        let error = #expect(throws: TokenError.self) { try token(json) }
        #expect(error?.kind == .malformedResponse)
        #expect(error?.message.hasPrefix("the token response is invalid: \(reason)") == true, "\(error?.message ?? "")")
    }

    @Test("A content coding that was not asked for is named, unless the body is JSON all the same")
    func contentCoding() throws {
        let fields: HTTP.Fields = ["Content-Encoding": "gzip"]
        let coded = HTTP.Response(status: 200, fields: fields, body: [0x1F, 0x8B, 8, 0])
        let error = #expect(throws: TokenError.self) { try TokenEndpointResponse(coded, boundTo: nil) }
        #expect(error.map { "\($0)".contains("the body has the content coding 'gzip'") } == true)
        let plain = Array(#"{"access_token":"a","token_type":"Bearer"}"#.utf8)
        let response = HTTP.Response(status: 200, fields: fields, body: plain)
        #expect(try TokenEndpointResponse(response, boundTo: nil).accessToken.value == "a")
    }

    @Test(
        "P61: a new refresh token is part of the error if the access token cannot be used",
        arguments: [
            #""access_token":"a","token_type":"Bearer""#, #""access_token":"a""#, #""token_type":"DPoP""#,
            #""access_token":"a b","token_type":"DPoP""#, #""access_token":"a","access_token":"b","token_type":"DPoP""#,
            #""access_token":"a","token_type":"DPoP","error":"server_error""#,
            #""access_token":null,"token_type":"DPoP""#,
        ]
    )
    func newRefreshToken(members: String) throws {
        let key = try DPoPKey.generate()
        for json in [#"{"refresh_token":"new",\#(members)}"#, #"{\#(members),"refresh_token":"new"}"#] {
            let error = #expect(throws: TokenError.self) { try token(json, key: key) }
            #expect(error?.newRefreshToken == "new")
            #expect(error.map { "\($0)".contains("new") } == false)
        }
        let error = #expect(throws: TokenError.self) { try token("{\(members)}", key: key) }
        #expect(error?.newRefreshToken == nil)
    }

    @Test(
        "P58: an invalid token response is rejected",
        arguments: [
            "", "{", "[]", "null", "<html>", #"{"token_type":"Bearer"}"#,
            #"{"access_token":"","token_type":"Bearer"}"#,
            #"{"access_token":7,"token_type":"Bearer"}"#,
            #"{"access_token":"a\r\nX-Evil: 1","token_type":"Bearer"}"#,
            #"{"access_token":"a b","token_type":"Bearer"}"#,
            #"{"access_token":"a\u0000","token_type":"Bearer"}"#,
            #"{"access_token":"ä","token_type":"Bearer"}"#,
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

    @Test("P51: only a token of type DPoP is accepted if a DPoP token was requested, and time does not change that")
    func downgrade() throws {
        let key = try DPoPKey.generate()
        let types = [
            "", #","token_type":"Bearer""#, #","token_type":null"#, #","token_type":"""#,
            #","token_type":"BearerToken""#, #","token_type":"access_token""#,
            #","token_type":7"#, #","token_type":"DPoPToken""#, #","token_type":"N_A""#, #","token_type":"D\u212AoP""#,
        ]
        for type in types {
            let error = #expect(throws: TokenError.self) { try token(#"{"access_token":"a"\#(type)}"#, key: key) }
            #expect(error?.kind == .wrongTokenType)
            #expect(error?.isTransient == false)
        }
        for type in ["dpop", "DPoP", "DPOP", " DPoP "] {
            let json = #"{"access_token":"a","token_type":"\#(type)"}"#
            #expect(try token(json, key: key).authorizationHeader == "DPoP a")
        }
    }

    @Test(
        "A token of another type is rejected, and time does not change that",
        arguments: ["DPoP", "mac", "pop", "beare"]
    )
    func otherType(type: String) {
        let error = #expect(throws: TokenError.self) { try token(#"{"access_token":"a","token_type":"\#(type)"}"#) }
        #expect(error?.kind == .wrongTokenType)
        #expect(error?.isTransient == false)
    }

    @Test("A token that is not an access token has the type N_A (RFC 8693 section 2.2.1)")
    func notApplicable() throws {
        #expect(try token(#"{"access_token":"a","token_type":"N_A"}"#).value == "a")
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
            (400, #"{"error":"invalid_grant","x":{"a":1,"a":2},"y":"\q","z":NaN}"#, .rejected, "invalid_grant"),
            (400, #"{"status":"BAD_REFRESH_TOKEN","message":"invalid"}"#, .rejected, "BAD_REFRESH_TOKEN"),
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
        "P20: Retry-After is seconds, also with a fraction, or a date in one of three formats; anything else is ignored",
        arguments: [
            (["120"], 120), (["0"], 0), (["20.5"], 20.5), (["0.25"], 0.25), (["1.0000000009"], 1), (["007"], 7),
            (["Sun, 06 Nov 1994 08:50:37 GMT"], 60), (["Sun, 06 Nov 1994 08:40:00 GMT"], 0),
            (["Sunday, 06-Nov-94 08:50:37 GMT"], 60), (["Sun Nov  6 08:50:37 1994"], 60),
            (["Sun Nov 16 08:49:37 1994"], 864_000),
            (["1234567890"], 999_999_999), (["12345678901234567890.5"], 999_999_999), (["3", "20.5", "soon"], 20.5),
            (["-1"], nil), (["soon"], nil), ([""], nil), (["1."], nil), ([".5"], nil), (["1.2.3"], nil), (["1e3"], nil),
            (["Sun, 32 Nov 1994 08:49:37 GMT"], nil), ([], nil),
        ] as [([String], Double?)]
    )
    func retryAfter(values: [String], seconds: Double?) {
        let fields = HTTP.Fields(values.map { HTTP.Field(name: .retryAfter, value: $0) })
        // 784111777 is Sun, 06 Nov 1994 08:49:37 GMT, the date of RFC 9110.
        #expect(RetryAfter.parse(fields, unixTime: .seconds(784_111_777)) == seconds.map { .seconds($0) })
    }
}
