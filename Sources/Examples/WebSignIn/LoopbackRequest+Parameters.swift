import Countersign
import CountersignLoopback

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Cookies, path and parameters of a request, which web frameworks usually provide.
extension LoopbackRequest {
    var cookies: String? { fields[.cookie] }
    var path: String { String(url.path) }

    var query: String { String(url.query ?? "") }

    /// Returns a parameter of the query.
    func query(_ name: String) -> String? { Self.value(name, in: query) }

    /// Returns a field of a posted form.
    func form(_ name: String) -> String? { Self.value(name, in: String(decoding: body, as: UTF8.self)) }

    private static func value(_ name: String, in encoded: String) -> String? {
        let items = URLComponents(string: "?" + encoded.replacing("+", with: "%20"))?.queryItems ?? []
        return items.first { $0.name == name }?.value
    }

    /// Indicates whether another site caused the request, according to the browser (Fetch Metadata, RFC 6454 section 7).
    var isFromAnotherSite: Bool {
        if let site = fields["Sec-Fetch-Site"], !["same-origin", "none"].contains(site) { return true }
        return fields["Origin"].map { $0 != url.origin.description } ?? false
    }
}
