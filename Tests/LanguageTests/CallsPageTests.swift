import Countersign
import CountersignTesting
import Foundation
import Testing

@Suite("Calls: pages")
struct CallsPageTests {
    private func ids<Output, Problem>(_ pages: Pages<Output, CallsAPI.Thing, Problem>) async throws -> [Int] {
        var ids: [Int] = []
        for try await thing in pages { ids.append(thing.id) }
        return ids
    }

    @Test("Paging follows cursors until a page has none, or a response has no body")
    func cursor() async throws {
        let exchange = CallsExchange(.json(#"{"things": [{"id": 1}], "next": "a&b"}"#), .noContent)
        #expect(try await ids(exchange.client.byCursor(size: 2)) == [1])
        #expect(exchange.targets == ["/v1/by-cursor?size=2", "/v1/by-cursor?size=2&cursor=a%26b"])
    }

    @Test(
        "A link to the next page is followed, absolute or relative",
        arguments: [
            ("<https://api.example.com/v1/by-link?page=2&size=3>; rel=\"next\"", "/v1/by-link?page=2&size=3"),
            ("<https://API.example.com:443/other>; rel=next", "/other"),
            ("</x/y?z>; rel=\"prev next\"", "/x/y?z"),
            ("<?page=2>; REL=\"NEXT\"", "/v1/by-link?page=2"),
            ("<by-link/2>; title=\"a, <b>; rel=last\"; rel=next", "/v1/by-link/2"),
            ("<../v2/./things?x=..>;rel=next", "/v2/things?x=.."),
            ("<../../../..>;rel=next", "/"),
            ("<//api.example.com/p>; rel=next", "/p"),
            ("<https://evil.example/>; rel=last, </n>; rel=\"next\"; rel=\"last\"", "/n"),
            (
                "</w>; rel=\"last\"; rel=\"next\", <https://evil.example/>; rel=next; anchor=\"/a\", </n>; rel=next",
                "/n"
            ),
        ]
    )
    func link(field: String, target: String) async throws {
        let exchange = CallsExchange(.things(1, 2, link: "</first>; rel=first", field), .things(3))
        #expect(try await ids(exchange.client.byLink(size: 3)) == [1, 2, 3])
        #expect(
            exchange.targets == [
                "/v1/by-link?size=3&api_key=k%26y", target + (target.contains("?") ? "&" : "?") + "api_key=k%26y",
            ]
        )
    }

    @Test(
        "A response without a link to the next page is the last page",
        arguments: [
            "", "<", "<x", "x>; rel=next", "</n>", "</n>; rel=\"prev\"", "</n>; rel", "</n> rel=next",
            "</n>; rel=nextish",
        ]
    )
    func noLink(field: String) async throws {
        let exchange = CallsExchange(.things(1, link: field))
        #expect(try await ids(exchange.client.byLink()) == [1])
    }

    @Test(
        "P54: a link to another origin is an error, and no token is sent there",
        arguments: [
            "https://evil.example/v1/by-link", "http://api.example.com/v1/by-link", "//evil.example/x",
            "https://api.example.com:8443/", "https://api.example.com.evil.example/",
        ]
    )
    func foreignLink(target: String) async throws {
        let exchange = CallsExchange(.things(1, link: "<\(target)>; rel=next"))
        var seen: [Int] = []
        var pages = exchange.client.byLink().makeAsyncIterator()
        let error = try await failure { () async throws(CallsAPI.Failure) in
            while let thing = try await pages.next(isolation: nil) { seen.append(thing.id) }
        }
        #expect(error.kind == .foreignLink)
        #expect(seen == [1])
        #expect(exchange.transport.requests.count == 1)
        #expect(try await pages.next() == nil)
    }

    @Test(
        "A link with an invalid URL is an error",
        arguments: ["mailto:a@b", "/a b", "https://user@api.example.com/", "/%zz"]
    )
    func brokenLink(target: String) async throws {
        let exchange = CallsExchange(.things(1, link: "<\(target)>; rel=next"))
        let error = try await failure { () async throws(CallsAPI.Failure) in
            for try await _ in exchange.client.byLink() {}
        }
        #expect(error.kind == .undecodableResponse)
        #expect(exchange.transport.requests.count == 1)
    }

    @Test("An API key that a server repeats in its link is not sent twice, and not part of the cursor")
    func repeatedKey() async throws {
        let exchange = CallsExchange(.things(1, link: "</n?api_key=k%26y&page=2>; rel=next"), .things(2))
        var cursors: [String?] = []
        for try await page in exchange.client.byLink().pages { cursors.append(page.cursor) }
        #expect(cursors == ["https://api.example.com/n?page=2", nil])
        #expect(exchange.targets.last == "/n?page=2&api_key=k%26y")
    }

    @Test("A timestamp cursor has the format of its parameter, and null ends the pages")
    func timestamps() async throws {
        let exchange = CallsExchange(
            .json(#"{"things": [{"id": 1}], "next": 1700000000}"#),
            .json(#"{"things": null, "next": 1.7e9}"#)
        )
        let error = try await failure { () async throws(CallsAPI.Failure) in
            for try await _ in exchange.client.byDate(after: Date(timeIntervalSince1970: 7)) {}
        }
        #expect(error.kind == .cursorLoop)
        #expect(exchange.targets == ["/v1/by-date?after=7", "/v1/by-date?after=1700000000"])
        let last = CallsExchange(.json(#"{"next": null}"#))
        #expect(try await ids(last.client.byDate()) == [])
    }

    @Test("A loop of links is an error")
    func linkLoop() async throws {
        let exchange = CallsExchange(.things(1, link: "</n>; rel=next"), .things(2, link: "</n>; rel=next"))
        let error = try await failure { () async throws(CallsAPI.Failure) in
            for try await _ in exchange.client.byLink() {}
        }
        #expect(error.kind == .cursorLoop)
    }

    @Test(
        "Dot segments of a link are resolved; a link with encoded ones is not followed",
        arguments: [
            ("/v1/../n?page=2", "/n?page=2&api_key=k%26y"), ("https://api.example.com/a/%2E%2e/n", "/n?api_key=k%26y"),
            ("//api.example.com/./n/..", "/?api_key=k%26y"), ("by-link/%2e/./x", "/v1/by-link/x?api_key=k%26y"),
            ("/v1/..%2Fadmin", nil), ("https://api.example.com/a%5C..", nil), ("/%252e%252e%252fa", nil),
            ("/a/..;b", nil),
        ]
    )
    func dotSegments(link: String, target: String?) async throws {
        let exchange = CallsExchange(.things(1, link: "<\(link)>; rel=next"), .things())
        if let target {
            #expect(try await ids(exchange.client.byLink()) == [1])
            #expect(exchange.targets.last == target)
        } else {
            let error = try await failure { () async throws(CallsAPI.Failure) in
                for try await _ in exchange.client.byLink() {}
            }
            #expect(error.kind == .undecodableResponse)
            #expect(exchange.targets.count == 1)
        }
    }

    @Test("Paging can be resumed at a saved cursor or link")
    func resuming() async throws {
        let exchange = CallsExchange(.things(2), .json(#"{"things": [{"id": 3}]}"#))
        #expect(try await ids(exchange.client.byLink().resuming(at: "https://api.example.com/n?page=2")) == [2])
        #expect(try await ids(exchange.client.byCursor().resuming(at: "c")) == [3])
        #expect(exchange.targets == ["/n?page=2&api_key=k%26y", "/v1/by-cursor?cursor=c"])
    }

    @Test("Paging by links works for responses with declared header fields")
    func headedLink() async throws {
        let exchange = CallsExchange(
            .json(#"{"things": [{"id": 1}]}"#, fields: ["Link": "<?p=2>; rel=next", "X-Total": "2"]),
            .json(#"{"things": [{"id": 2}]}"#)
        )
        var totals: [Int?] = []
        for try await page in exchange.client.byHeadedLink().pages { totals.append(page.output.xTotal) }
        #expect(totals == [2, nil])
        #expect(exchange.targets == ["/v1/by-headed-link", "/v1/by-headed-link?p=2"])
    }

    @Test("Numbered pages start at 1, the default or a given number, and end with an empty page")
    func numbers() async throws {
        let exchange = CallsExchange(.things(1), .things(2), .things())
        #expect(try await ids(exchange.client.byPage()) == [1, 2])
        #expect(exchange.targets == (1...3).map { "/v1/by-page?page_number=\($0)" })

        let later = CallsExchange(.things(7), .things())
        #expect(try await ids(later.client.byPage(pageNumber: 7)) == [7])
        #expect(later.targets == ["/v1/by-page?page_number=7", "/v1/by-page?page_number=8"])

        let fromZero = CallsExchange(.json(#"{"things": [{"id": 0}]}"#), .json("{}"))
        #expect(try await ids(fromZero.client.byPageFromZero()) == [0])
        #expect(fromZero.targets == ["/v1/by-zero?page=0", "/v1/by-zero?page=1"])
    }

    @Test("The largest page number is the last, and a cursor that is not a number is rejected")
    func oddNumbers() async throws {
        let exchange = CallsExchange(.things(1))
        #expect(try await ids(exchange.client.byPage(pageNumber: .max)) == [1])
        let error = try await failure { () async throws(CallsAPI.Failure) in
            for try await _ in exchange.client.byPage().resuming(at: "x") {}
        }
        #expect(error.kind == .invalidRequest)
        #expect(exchange.transport.requests.count == 1)
    }

    @Test("withResponse returns the head of the last page")
    func heads() async throws {
        let exchange = CallsExchange(.things(1, link: "</n>; rel=next"), .things(2, link: "</first>; rel=first"))
        let (count, head) = try await exchange.client.withResponse { client in
            var count = 0
            for try await _ in client.byLink() { count += 1 }
            return count
        }
        #expect(count == 2)
        #expect(head?.fields[.link] == "</first>; rel=first")
    }
}
