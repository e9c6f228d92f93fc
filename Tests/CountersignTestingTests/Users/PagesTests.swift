import CountersignCrypto
import CountersignHTTP
@_spi(Generated) import CountersignJSON
import CountersignTesting
import Foundation
import Testing

@Suite("Pages")
struct PagesTests {
    let fixture = SignInFixture()
    var server: FakeAuthorizationServer { fixture.server }

    /// Returns the value of a hidden field.
    func field(_ name: String, in page: HTTP.Response) throws -> String {
        let start = try #require(page.text.firstRange(of: "name=\"\(name)\" value=\""))
        return String(page.text[start.upperBound...].prefix { $0 != "\"" })
    }

    func post(_ endpoint: FakeAuthorizationServer.Endpoint, _ form: KeyValuePairs<String, String>) async throws
        -> HTTP.Response
    {
        try await server.send(HandMade.form(server.url(of: endpoint), SignInFixture.encode(form)))
    }

    @Test("The sign-in page lists the users; choosing one redirects to the client, once")
    func signIn() async throws {
        server.register(FakeUser(subject: "u2", name: "Grace"))
        let page = try await fixture.get(fixture.webURL())
        #expect(page.status == 200)
        #expect(page.fields["Content-Type"] == "text/html; charset=utf-8")
        #expect(page.fields["Content-Security-Policy"]?.contains("default-src 'none'") == true)
        #expect(page.text.contains("<button name=\"subject\" value=\"u1\">Ada<small>ada@example.com</small></button>"))
        #expect(page.text.contains("<button name=\"subject\" value=\"u2\">Grace</button>"))
        #expect(page.text.contains("Sign in to web. It requests access to: notes.read, openid, profile."))
        let id = try field("sign_in", in: page)
        let response = try await post(.authorization, ["sign_in": id, "subject": "u2"])
        #expect(response.status == 303)
        let location = try #require(response.fields["Location"])
        let code = try #require(location.firstMatch(of: #/callback\?code=([^&]+)&state=st&iss=/#)?.output.1)
        #expect(try ParsedToken(await fixture.redeem(String(code)).text("id_token")).claims["sub"]?.string == "u2")
        #expect(try await post(.authorization, ["sign_in": id, "subject": "u2"]).status == 400)
    }

    @Test("A user can deny access, and has ten minutes to decide")
    func denial() async throws {
        let first = try field("sign_in", in: try await fixture.get(fixture.webURL()))
        let denied = try await post(.authorization, ["sign_in": first, "deny": "1"])
        #expect(denied.fields["Location"]?.contains("error=access_denied&state=st") == true)
        let second = try field("sign_in", in: try await fixture.get(fixture.webURL()))
        fixture.clock.advance(by: .seconds(600))
        #expect(try await post(.authorization, ["sign_in": second, "subject": "u1"]).status == 400)
        let silent = try await fixture.get(fixture.webURL(["prompt": "none"]))
        #expect(silent.fields["Location"]?.contains("error=login_required") == true)
    }

    @Test("An authorization request can also be posted")
    func postedRequest() async throws {
        let request = try HandMade.form(server.url(of: .authorization), fixture.webRequest())
        #expect(try await server.send(request).text.contains("name=\"sign_in\""))
    }

    @Test("A form_post response is a page that posts the parameters")
    func formPost() async throws {
        let page = try await fixture.get(fixture.webURL(["response_mode": "form_post", "state": "<\"'&>"]))
        let response = try await post(.authorization, ["sign_in": field("sign_in", in: page), "subject": "u1"])
        #expect(response.status == 200)
        #expect(response.text.contains("<form method=\"post\" action=\"https://app.example/callback\">"))
        #expect(try field("state", in: response) == "&lt;&quot;&#39;&amp;&gt;")
        #expect(try !field("code", in: response).isEmpty)
        let script = try #require(response.text.firstMatch(of: #/<script>(.*)<\/script>/#)?.output.1)
        #expect(script == "document.forms[0].submit()")
        let digest = Data(SHA2.sha256(script.utf8)).base64EncodedString()
        #expect(response.fields["Content-Security-Policy"]?.contains("script-src 'sha256-\(digest)'") == true)
    }

    @Test("Pages escape all text from requests and registrations")
    func escaping() async throws {
        let markup = "<script>alert(1)</script>\"'"
        server.register(FakeUser(subject: markup, name: markup, email: markup))
        server.register(
            .init(
                id: markup,
                authentication: .none,
                scopes: ["openid"],
                grantTypes: [.authorizationCode],
                redirectURIs: ["https://app.example/?\(markup)"]
            )
        )
        let changes = [
            "client_id": markup, "redirect_uri": "https://app.example/?\(markup)", "scope": "openid", "state": markup,
            "response_mode": "form_post",
        ]
        let page = try await fixture.get(fixture.webURL(changes))
        let response = try await post(.authorization, ["sign_in": field("sign_in", in: page), "subject": markup])
        let wrong = try await fixture.get(fixture.webURL(["client_id": markup, "redirect_uri": markup]))
        let device = try await fixture.get(
            server.url(of: .deviceVerification) + "?" + SignInFixture.encode(["user_code": markup])
        )
        for page in [page, response, wrong, device] {
            #expect(!page.text.contains("<script>alert"))
            #expect(!page.text.contains("\"'"))
            #expect(page.fields["Content-Type"] == "text/html; charset=utf-8")
        }
        #expect(page.text.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;"))
    }

    @Test("A user can approve or deny a device on its page")
    func device() async throws {
        for isApproved in [true, false] {
            let body = "client_id=native&scope=openid"
            let device = try await server.send(HandMade.form(server.url(of: .deviceAuthorization), body))
            let userCode = try device.text("user_code")
            let page = try await fixture.get(device.text("verification_uri_complete"))
            #expect(page.text.contains("value=\"\(userCode)\""))
            let wrong = try await post(.deviceVerification, ["user_code": "BBBB-BBBB", "subject": "u1"])
            #expect(wrong.status == 400)
            let choice: KeyValuePairs = ["user_code": userCode, isApproved ? "subject" : "deny": "u1"]
            #expect(try await post(.deviceVerification, choice).status == 200)
            let poll = try await fixture.token(
                [
                    "grant_type": "urn:ietf:params:oauth:grant-type:device_code", "client_id": "native",
                    "device_code": device.text("device_code"),
                ],
                fields: [:]
            )
            #expect(try poll.error == (isApproved ? nil : "access_denied"))
        }
    }
}
