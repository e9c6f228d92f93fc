import Countersign
import CountersignTesting
import Testing

@Suite("Calls: stubs", .serialized)
struct CallsStubTests {
    @Test("The closures of a stub get the arguments of its calls, and return the results")
    func results() async throws {
        let stub = CallsAPI.stub {
            $0.start = { request, suffix in .accepted(.init(ticket: request + (suffix ?? "-"))) }
            $0.nothing = {}
            $0.maybe = { nil }
        }
        #expect(try await stub.start(request: "a") == .accepted(.init(ticket: "a-")))
        #expect(try await stub.start(request: "a", stubHandlers: "b") == .accepted(.init(ticket: "ab")))
        try await stub.nothing()
        #expect(try await stub.options(.timeout(.seconds(1))).maybe() == nil)
    }

    @Test("A stub can throw the errors of calls")
    func errors() async throws {
        let stub = CallsAPI.stub {
            $0.same = { () throws(CallsAPI.Failure) in
                throw .init(problem: .failed(.init(code: "gone")), status: 410)
            }
            $0.maybe = { () throws(CallsAPI.Failure) in throw .init(kind: .timedOut) }
        }
        let error = try await failure { () async throws(CallsAPI.Failure) in try await stub.same() }
        #expect(error.problem == .failed(.init(code: "gone")))
        #expect(error.kind == .problem && error.status == 410)
        let other = try await failure { () async throws(CallsAPI.Failure) in try await stub.maybe() }
        #expect(other.kind == .timedOut && other.status == nil)
    }

    @Test("Requesting a token from a stub fails with a clear error")
    func tokens() async throws {
        let error = await #expect(throws: TokenError.self) { try await CallsAPI.stub { _ in }.tokens.current() }
        #expect(error?.kind == .configuration)
        #expect(error?.description.contains("a stub has no tokens") == true, "\(error as Any)")
    }

    @Test("A stub returns pages")
    func pages() async throws {
        let stub = CallsAPI.stub {
            $0.byLink = { size, _ in [[.init(id: size ?? 0)], [], [.init(id: 2)]] }
            $0.byCursor = { _, _ in [] }
        }
        var ids: [Int] = []
        for try await thing in stub.byLink(size: 1) { ids.append(thing.id) }
        #expect(ids == [1, 2])
        var pages = 0
        for try await page in stub.byLink().pages {
            pages += 1
            #expect((page.cursor == nil) == (pages == 3))
        }
        #expect(pages == 3)
        for try await _ in stub.byCursor() { Issue.record("the stub has no pages") }
    }

    @Test("A call without a closure throws, and is reported to the test")
    func notStubbed() async throws {
        let reports = Reports()
        reportCallsWithoutStub { reports.add($0) }
        defer { reportCallsWithoutStub(nil) }
        let stub = CallsAPI.stub { _ in }
        let error = try await failure { () async throws(CallsAPI.Failure) in try await stub.fetch() }
        #expect(error.kind == .notStubbed)
        #expect(error.operation.description == "CallsAPI.fetch")
        let paged = try await failure { () async throws(CallsAPI.Failure) in for try await _ in stub.byPage() {} }
        #expect(paged.kind == .notStubbed)
        #expect(reports.all == [error.description, paged.description])
    }

    @Test("The response of a stub has the status 200")
    func edges() async throws {
        let stub = CallsAPI.stub { $0.nothing = {} }
        let (_, head) = try await stub.withResponse { try await $0.nothing() }
        #expect(head == ResponseHead(status: 200))
        await #expect(throws: TokenError.self) { try await stub.tokens.current() }
    }
}

private final class Reports: Sendable {
    private let texts = Locked<[String]>([])

    func add(_ text: String) { texts.withLock { $0.append(text) } }

    var all: [String] { texts.withLock { $0 } }
}
