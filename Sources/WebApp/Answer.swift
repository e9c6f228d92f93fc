import CountersignOIDC

/// What a request is answered with.
enum Answer {
    case page(Page)
    case redirect(Redirect)
}
