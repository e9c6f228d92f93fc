import Countersign

/// The response of the site to a request, before ``RequestHandler`` adds header fields.
struct SiteResponse {
    enum Content {
        case page(Page)
        case redirect(to: String)
        case empty(HTTP.Status)
    }

    var content: Content
    var setCookies: [String] = []

    static func page(_ page: Page) -> SiteResponse { SiteResponse(content: .page(page)) }

    static func redirect(to location: String, setCookies: [String] = []) -> SiteResponse {
        SiteResponse(content: .redirect(to: location), setCookies: setCookies)
    }

    static let ok = SiteResponse(content: .empty(200))
    static let badRequest = SiteResponse(content: .empty(400))

    func setting(_ cookie: String?) -> SiteResponse {
        SiteResponse(content: content, setCookies: setCookies + (cookie.map { [$0] } ?? []))
    }
}
