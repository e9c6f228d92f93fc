import Countersign
import CountersignLoopback
import CountersignTesting
import Foundation
import Testing

// Samples of "Making calls", "The schema language", "Testing with stubs and fake servers" and CountersignLoopback, line for
// line. They are compiled and not run.

private typealias CatalogAPI = ArticleShopAPI
private typealias JobsAPI = ArticleJobsAPI

private enum JobsSamples {
    static func severalErrors(_ jobs: JobsAPI) async throws {
        do {
            let job = try await jobs.start(name: "report")
            print(job.id.rawValue)
        } catch {
            switch error.problem {
            case .fault(let fault): print(fault.code)
            case .error429(let limited): print("try again in \(limited.retryAfter ?? 60) seconds")
            case nil: throw error
            }
        }
    }

    static func anyError(_ jobs: JobsAPI) async {
        func prepare() throws {}

        do {
            try prepare()
            _ = try await jobs.start(name: "report")
        } catch let error as JobsAPI.Failure where error.status == 409 {
            print("already started")
        } catch {
            print(error)
        }
    }

    static func connections(_ credentials: ClientCredentials) throws -> CatalogAPI {
        var connections = CurlTransport.Configuration()
        connections.proxy = .server(try HTTP.Origin("http://proxy.example.com:3128"))
        connections.certificateAuthorities = .pemFile("/etc/ssl/internal-ca.pem")
        connections.userAgent = "shop/1.0"
        var configuration = CountersignRuntime.Configuration()
        configuration.transport = CurlTransport(connections)
        configuration.insecureOrigins = ["http://orders.internal:8080"]
        let runtime = CountersignRuntime(configuration)
        let catalog = CatalogAPI(credentials: credentials, runtime: runtime)
        return catalog
    }

    static func values(_ job: JobsAPI.Job) {
        guard let price = Decimal(string: "24.90"), let due = CalendarDay(year: 2026, month: 2, day: 28) else { return }
        print(job.price == price, job.due == due)
        switch job.state {
        case .queued: print("waiting")
        case .done: print("done")
        case .unrecognized(let raw): print("a state of a newer version:", raw)
        }
    }

    static func responses(_ jobs: JobsAPI, tag: String?) async throws {
        guard let job = try await jobs.find(id: "j_1") else { return }
        _ = job
        switch try await jobs.submit() {
        case .ok(let job): print(job.state)
        case .accepted(let accepted): print(accepted.ticket)
        }
        let fetched = try await jobs.fetch(id: "j_1", ifNoneMatch: tag)
        if let fetched { print(fetched.body.state, fetched.eTag ?? "") }
    }

    static func recorded(_ api: FakeResourceServer, _ server: FakeAuthorizationServer) {
        let sent = api.requests.last?.request
        #expect(sent?.fields["Accept"] == "application/json")
        let body = String(decoding: sent?.body?.bytes ?? [], as: UTF8.self)
        #expect(body.contains("Saw"))
        #expect(server.requests.last?.form["scope"] == "catalog")
    }

    struct JobWatcher {
        let clock: any RuntimeClock

        func waitForNextCheck() async throws {
            try await clock.sleep(until: clock.now().advanced(by: .seconds(30)))
        }
    }

    static func loopback() throws {
        let server = LoopbackServer { request in
            guard request.method == .get else { return HTTP.Response(status: 405) }
            return HTTP.Response(status: .ok, fields: ["Content-Type": "text/plain"], body: Array(request.target.utf8))
        }
        let url = try server.start()
        defer { server.stop() }
        _ = url
    }

    /// The front page of CountersignTesting.
    static func frontPage() -> CountersignRuntime {
        let clock = VirtualClock()
        let server = FakeAuthorizationServer(issuer: "https://login.example.com", clock: clock)
        server.register(.init(id: "worker", authentication: .clientSecretBasic(secret: "s3cret"), scopes: ["catalog"]))
        let api = FakeResourceServer(origin: "https://api.example.com", trusting: server)
        api.on(.get, "/items/{id}", scopes: ["catalog"]) { request in
            .json(#"{"id":"\#(request.parameter("id") ?? "")"}"#)
        }

        var configuration = CountersignRuntime.Configuration()
        configuration.clock = clock
        configuration.transport = FakeNetwork(server, api, clock: clock)
        let runtime = CountersignRuntime(configuration)
        return runtime
    }
}
