import Countersign
import CountersignLoopback
import Foundation

/// Cookies, path and parameters of a request, which web frameworks usually provide.
extension LoopbackRequest {
    var cookies: String? { fields.contains(.cookie) ? fields.values(for: .cookie).joined(separator: "; ") : nil }
    var path: String { String(url.path) }

    var query: String { String(url.query ?? "") }

    /// Returns a parameter of the query.
    func query(_ name: String) -> String? { Self.value(name, in: query) }

    /// Returns a field of a posted form.
    func form(_ name: String) -> String? { Self.value(name, in: String(decoding: body, as: UTF8.self)) }

    private static func value(_ name: String, in encoded: String) -> String? {
        // Split as bytes: as characters, a separator with a combining accent would not be one.
        for pair in encoded.utf8.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
                .map { String(decoding: $0.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 }, as: UTF8.self) }
                .map(\.removingPercentEncoding)
            guard let found = parts[0], found.utf8.elementsEqual(name.utf8) else { continue }
            return parts.count == 2 ? parts[1] : ""
        }
        return nil
    }

    /// Indicates whether another site caused the request, according to the browser (Fetch Metadata, RFC 6454 section 7).
    func isFromAnotherSite(than origin: HTTP.Origin) -> Bool {
        if let site = fields["Sec-Fetch-Site"], !["same-origin", "none"].contains(site) { return true }
        return fields["Origin"].map { !$0.utf8.elementsEqual(origin.description.utf8) } ?? false
    }
}
