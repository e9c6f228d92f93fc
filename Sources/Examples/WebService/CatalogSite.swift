import Countersign
import CountersignLoopback
import ExampleServers

/// The pages of the web server; each makes one or two calls to the API.
struct CatalogSite: Sendable {
    let runtime: CountersignRuntime
    /// The client generated from `Catalog.client.yaml`, shared by all requests.
    private let catalog: CatalogAPI
    /// A client of the same API without a schema.
    private let client: APIClient
    /// The metrics of the runtime, for `/metrics`.
    private let metrics = PrometheusMetrics()

    init(_ configuration: CatalogConfiguration) {
        var runtimeConfiguration = CountersignRuntime.Configuration()
        runtimeConfiguration.telemetry = [metrics]
        runtime = CountersignRuntime(runtimeConfiguration)
        let credentials = ClientCredentials.secret(id: configuration.clientID, configuration.secret)
            .issuer(configuration.issuer)
        catalog = CatalogAPI(credentials: credentials, server: configuration.api, runtime: runtime)
        client = APIClient(
            server: configuration.api,
            authorization: .clientCredentials(
                credentials,
                OAuthConfiguration(dpop: .es256),
                scopes: ["catalog", "catalog.write"]
            ),
            runtime: runtime
        )
    }

    func response(to request: LoopbackRequest) async -> HTTP.Response {
        let path = request.url.path.split(separator: "/")
        switch (path.first, path.count) {
        case (nil, 0): return await list()
        case ("items", 2): return await item(id: String(path[1]))
        case ("raw", 1): return await raw()
        case ("metrics", 1):
            let fields: HTTP.Fields = [.contentType: PrometheusMetrics.contentType]
            return HTTP.Response(status: 200, fields: fields, body: Array(metrics.text.utf8))
        default: return page("Page not found", "<p>This page does not exist.</p>", status: 404)
        }
    }

    private func list() async -> HTTP.Response {
        do {
            var rows = ""
            for try await item in catalog.listItems() {
                rows += "<li><a href=\"/items/\(escape(item.id.rawValue))\">\(escape(item.name))</a></li>"
            }
            return page("Catalog", "<ul>\(rows)</ul><p><a href=\"/raw\">Response of the API</a></p>")
        } catch {
            return failure(error)
        }
    }

    private func item(id: String) async -> HTTP.Response {
        do {
            let item = try await catalog.getItem(id: .init(rawValue: id))
            return page(item.name, "<p>\(item.price.amount) \(escape(item.price.currency))</p>")
        } catch {
            // A declared error becomes a page for the visitor; any other error is an internal one.
            guard error.problem?.code == .notFound else { return failure(error) }
            return page("Item not found", "<p>\(escape(error.problem?.detail ?? ""))</p>", status: 404)
        }
    }

    private func raw() async -> HTTP.Response {
        do {
            let response = try await client.send(.get, "/items")
            let text = String(decoding: response.body, as: UTF8.self)
            return page("Response of the API", "<pre>\(escape(text))</pre>", status: response.status)
        } catch {
            return failure(error)
        }
    }

    /// Logs an error, whose description contains no secret, and returns a page without details.
    private func failure(_ error: any Error) -> HTTP.Response {
        print("error: \(error)")
        return page("Service unavailable", "<p>The catalog is not available. Please try again later.</p>", status: 502)
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

    /// Escapes text for an element or a quoted attribute.
    private func escape(_ text: String) -> String {
        // By scalars: as a character, a quotation mark with a combining accent is not equal to a quotation mark.
        text.unicodeScalars.reduce(into: "") { escaped, scalar in
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case "\"": escaped += "&quot;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
    }
}
