import CountersignHTTP
import Testing

@Suite("HTTP.URL")
struct HTTPURLTests {
    @Test(
        "A URL keeps its path and query byte for byte",
        arguments: [
            ("https://api.example", "https://api.example", "/"),
            ("https://api.example?x=1", "https://api.example", "/?x=1"),
            ("HTTPS://API.Example/A", "https://api.example", "/A"),
            ("https://api.example:443/", "https://api.example", "/"),
            ("https://api.example:/", "https://api.example", "/"),
            ("http://api.example:80/", "http://api.example", "/"),
            ("http://api.example:443/", "http://api.example:443", "/"),
            ("https://api.example:08443/", "https://api.example:8443", "/"),
            ("https://api.example/a%2Fb/%40/@me?q=%20#part", "https://api.example", "/a%2Fb/%40/@me?q=%20"),
            ("https://api.example#part?x", "https://api.example", "/"),
            ("https://api.example//double/../b/./;p=1:2", "https://api.example", "//double/../b/./;p=1:2"),
            ("https://[2001:DB8:0:0::1]:8443/x", "https://[2001:db8::1]:8443", "/x"),
            ("http://[::ffff:127.0.0.1]/", "http://[::ffff:127.0.0.1]", "/"),
            ("https://xn--bcher-kva.example/?", "https://xn--bcher-kva.example", "/?"),
            ("https://a_b.example./?a?b", "https://a_b.example.", "/?a?b"),
            ("http://127.0.0.1:65535/{id}|\\\"", "http://127.0.0.1:65535", "/{id}|\\\""),
        ]
    )
    func accepted(text: String, origin: String, target: String) throws {
        let url = try HTTP.URL(text)
        #expect(url.origin.description == origin)
        #expect(url.target == target)
        #expect(url.string == origin + target)
    }

    @Test(
        "An invalid URL is rejected with the offset of the error",
        arguments: [
            ("", 0), ("/path", 0), ("ftp://h/", 0), ("https:/h/", 0), ("javascript://h/", 0), ("https//h", 0),
            ("https://", 8), ("https:///path", 8), ("https://?x", 8), ("https://:443/", 8),
            ("https://user@h/", 12), ("https://user:secret@h/", 19), ("https://h@evil.example/", 9),
            ("https://h:0/", 10), ("https://h:65536/", 10), ("https://h:123456/", 10), ("https://h:8a/", 10),
            ("https://h:-1/", 10), ("https://h:+80/", 10),
            ("https://b\u{FC}cher.example/", 9), ("https://h/\u{E4}", 10), ("https://h/a b", 11),
            ("https://h/\r\nX: y", 10),
            ("https://h/\u{0}", 10), ("https://h/\u{7F}", 10), ("https://h\t/", 9), ("https://h\\@e/", 10),
            ("https://h/%", 10), ("https://h/%4", 10), ("https://h/%zz", 10), ("https://h/?a=%G0", 13),
            ("https://a%2eb/", 9), ("https://a..b/", 8), ("https://.a/", 8), ("https://./", 8),
            ("https://[::1/", 8), ("https://[::1]x/", 8), ("https://[fe80::1%25eth0]/", 8), ("https://[]/", 8),
            ("https://[v1.x]/", 8), ("https://::1/", 8), ("https://2130706433/", 8), ("https://127.1/", 8),
            ("https://0x7f.0.0.1/", 8), ("https://0x7f/", 8), ("https://127.0.0.01/", 8), ("https://127.0.0.256/", 8),
            ("https://a.0x/", 8), ("https://1.2.3.4./", 8),
        ]
    )
    func rejected(text: String, offset: Int) {
        #expect { try HTTP.URL(text) } throws: { error in
            (error as? HTTP.URLError)?.offset == offset
        }
    }

    @Test("A URL may have 64 KiB, and a longer one is rejected")
    func length() throws {
        let longest = "https://h/" + String(repeating: "a", count: 65_536 - 10)
        #expect(try HTTP.URL(longest).target.utf8.count == 65_527)
        #expect(throws: HTTP.URLError.self) { try HTTP.URL(longest + "a") }
        #expect(throws: HTTP.URLError.self) { try HTTP.URL("https://" + String(repeating: "a.", count: 200)) }
        #expect(throws: HTTP.URLError.self) { try HTTP.URL("https://" + String(repeating: "a", count: 64)) }
    }

    @Test("Path, query and the URL without its query are parts of the target")
    func parts() throws {
        let url = try HTTP.URL("https://api.example:8443/a%2Fb?x=1?y#z")
        #expect(url.path == "/a%2Fb")
        #expect(url.query == "x=1?y")
        #expect(url.withoutQuery == "https://api.example:8443/a%2Fb")
        #expect(try HTTP.URL("https://h/a").query == nil)
        #expect(try HTTP.URL("https://h/a?").query == "")
    }

    @Test("A query is not printed")
    func description() throws {
        #expect(String(describing: try HTTP.URL("https://h/a?code=secret")) == "https://h/a?\u{2026}")
        #expect(String(describing: try HTTP.URL("https://h/a")) == "https://h/a")
    }

    @Test("An error does not quote the URL")
    func errorText() {
        #expect { try HTTP.URL("https://user:secret@h/") } throws: { !String(describing: $0).contains("secret") }
    }

    @Test(
        "A target that would change the request is rejected",
        arguments: ["", "a", "?x", "//h/ x", "/#f", "/%2", "/\n", "/\u{E9}", "*"]
    )
    func badTargets(target: String) throws {
        let origin = try HTTP.Origin("https://h")
        #expect(throws: HTTP.URLError.self) { try HTTP.URL(origin: origin, target: target) }
    }
}

@Suite("HTTP.Origin")
struct HTTPOriginTests {
    @Test(
        "Only localhost and loopback addresses are loopback",
        arguments: [
            ("http://localhost:1", true), ("http://LOCALHOST", true), ("http://127.0.0.1", true),
            ("https://127.255.0.3:9", true), ("http://[::1]:80", true), ("http://[0:0:0:0:0:0:0:1]", true),
            ("http://127.0.0.1.example", false), ("http://localhost.example", false), ("http://128.0.0.1", false),
            ("http://[::2]", false), ("http://localhost.", false), ("http://127.example", false),
            ("http://[::ffff:127.0.0.1]", false),
        ]
    )
    func loopback(text: String, isLoopback: Bool) throws {
        #expect(try HTTP.Origin(text).isLoopback == isLoopback)
    }

    @Test("Origins are equal if their scheme, host and port are equal")
    func equality() throws {
        #expect(try HTTP.Origin("https://H.example") == HTTP.Origin("https://h.example:443/"))
        #expect(try HTTP.Origin("https://h.example") != HTTP.Origin("http://h.example:443"))
        #expect(try HTTP.Origin("https://h.example") != HTTP.Origin("https://h.example:444"))
        #expect(try HTTP.Origin("http://[::1]") == HTTP.Origin("http://[0::1]"))
        #expect(try HTTP.Origin("https://h").port == 443)
        #expect(try HTTP.Origin("http://h").scheme == "http")
    }

    @Test("An origin with a path or a query is rejected", arguments: ["https://h/a", "https://h?x", "https://h//"])
    func noTarget(text: String) {
        #expect(throws: HTTP.URLError.self) { try HTTP.Origin(text) }
    }
}
