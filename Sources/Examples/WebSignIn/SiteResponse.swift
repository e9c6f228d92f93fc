import Countersign

/// What a request is answered with.
struct Answer {
    enum Content {
        case page(Page)
        case redirect(to: String)
        /// Nothing to see.
        case empty(HTTP.Status)
    }

    var content: Content
    var setCookies: [String] = []

    static func page(_ page: Page) -> Answer { Answer(content: .page(page)) }

    static func redirect(to location: String, setCookies: [String] = []) -> Answer {
        Answer(content: .redirect(to: location), setCookies: setCookies)
    }

    static let done = Answer(content: .empty(200))
    static let refused = Answer(content: .empty(400))

    func setting(_ cookie: String?) -> Answer {
        Answer(content: content, setCookies: setCookies + (cookie.map { [$0] } ?? []))
    }
}
