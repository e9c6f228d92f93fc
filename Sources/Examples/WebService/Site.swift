import Countersign
import CountersignLoopback
import ExampleServers

/// The pages of the site: each is one or two calls of the API.
struct Site: Sendable {
    /// The client that is generated from `Catalog.client.yaml`: a value, shared by all requests.
    private let catalog: CatalogAPI
    /// The same by hand.
    private let client: APIClient
    /// What the runtime counts, for `/metrics`.
    private let metrics = PrometheusMetrics()

    init(_ target: CatalogTarget) {
        var configuration = Runtime.Configuration()
        configuration.telemetry = [metrics]
        let runtime = Runtime(configuration)
        let credentials = ClientCredentials.secret(id: target.clientID, target.secret).issuer(target.issuer)
        catalog = CatalogAPI(credentials: credentials, server: target.api, runtime: runtime)
        client = APIClient(
            server: target.api,
            authorization: .clientCredentials(credentials, scopes: ["catalog", "catalog.write"], dpop: .es256),
            runtime: runtime
        )
    }

    func answer(_ request: LoopbackRequest) async -> HTTP.Response {
        let path = request.url.path.split(separator: "/")
        switch (path.first, path.count) {
        case (nil, 0): return await list()
        case ("items", 2): return await item(id: String(path[1]))
        case ("by-hand", 1): return await byHand()
        case ("metrics", 1):
            let fields: HTTP.Fields = [.contentType: PrometheusMetrics.contentType]
            return HTTP.Response(status: 200, fields: fields, body: Array(metrics.text.utf8))
        default: return page("Not here", "<p>There is no such page.</p>", status: 404)
        }
    }

    private func list() async -> HTTP.Response {
        do {
            var rows = ""
            for try await item in catalog.listItems() {
                rows += "<li><a href=\"/items/\(escape(item.id.rawValue))\">\(escape(item.name))</a></li>"
            }
            return page("Catalogue", "<ul>\(rows)</ul><p><a href=\"/by-hand\">The same by hand</a></p>")
        } catch {
            return failure(error)
        }
    }

    private func item(id: String) async -> HTTP.Response {
        do {
            let item = try await catalog.getItem(id: .init(rawValue: id))
            return page(item.name, "<p>\(item.price.amount) \(escape(item.price.currency))</p>")
        } catch {
            // What the API declares as an error is an answer to the visitor; anything else is ours.
            guard error.problem?.code == .notFound else { return failure(error) }
            return page("Not found", "<p>\(escape(error.problem?.detail ?? "No such item."))</p>", status: 404)
        }
    }

    private func byHand() async -> HTTP.Response {
        do {
            let response = try await client.send(.get, "/items")
            let text = String(decoding: response.body, as: UTF8.self)
            return page("By hand", "<pre>\(escape(text))</pre>", status: response.status)
        } catch {
            return failure(error)
        }
    }

    /// The visitor learns that something failed, the log what: the error's text holds no secret.
    private func failure(_ error: any Error) -> HTTP.Response {
        print("failed: \(error)")
        return page("Out of order", "<p>The catalogue cannot be reached.</p>", status: 502)
    }

    private func page(_ title: String, _ content: String, status: HTTP.Status = 200) -> HTTP.Response {
        let html = """
            <!doctype html><html lang="en"><meta charset="utf-8"><title>\(escape(title))</title>
            <style>body { font: 16px system-ui; max-width: 40rem; margin: 4rem auto }</style>
            <h1>\(escape(title))</h1>\(content)</html>
            """
        return HTTP.Response(
            status: status,
            fields: ["Content-Type": "text/html; charset=utf-8"],
            body: Array(html.utf8)
        )
    }

    private func escape(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
    }
}
