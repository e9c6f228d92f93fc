@testable import CountersignSchema
import Testing

@Suite("The naming rules")
struct SwiftNameTests {
    static let members: [(String, String?)] = [
        ("name", "name"), ("released_on", "releasedOn"), ("next_page_url", "nextPageURL"), ("item_id", "itemID"),
        ("itemId", "itemID"), ("url", "url"), ("id", "id"), ("ID", "id"), ("URL", "url"), ("item_ids", "itemIDs"),
        ("itemIDs", "itemIDs"), ("url_list", "urlList"), ("If-None-Match", "ifNoneMatch"), ("ETag", "eTag"),
        ("@odata.etag", "odataEtag"), ("X-API-Key", "xAPIKey"), ("getItemURLFor", "getItemURLFor"),
        ("HTMLBody", "htmlBody"), ("bodyHTML", "bodyHTML"), ("NEXT_PAGE", "nextPage"), ("in-stock", "inStock"),
        ("EUR", "eur"), ("4xx", "_4xx"), ("md5_hash", "md5Hash"), ("_links", "links"), ("a__b", "aB"),
        ("größe_in_cm", "größeInCm"), ("two words", "twoWords"), ("v2", "v2"), ("default", "default"),
        ("", nil), ("+", nil), ("💥", nil), ("_", nil), ("api_key", "apiKey"), ("rest_api", "restAPI"),
        ("createdAt", "createdAt"), ("uuid_of_x", "uuidOfX"), ("x_uuid", "xUUID"), ("isURLSafe", "isURLSafe"),
    ]

    @Test("A wire name becomes the name of a member", arguments: members)
    func namesMember(_ name: String, _ expected: String?) {
        #expect(SwiftName.member(name) == expected)
    }

    static let types: [(String, String?)] = [
        ("Item", "Item"), ("NoteID", "NoteID"), ("getItem", "GetItem"), ("listItems", "ListItems"),
        ("order_item", "OrderItem"), ("Api", "Api"), ("item_url", "ItemURL"), ("4xx", "_4xx"), ("-", nil),
        ("Order_Item", "OrderItem"), ("http_error", "HTTPError"),
    ]

    @Test("A name becomes the name of a type", arguments: types)
    func namesType(_ name: String, _ expected: String?) {
        #expect(SwiftName.type(name) == expected)
    }

    static let inlineTypes: [(String, String)] = [
        ("status", "Status"), ("type", "TypeValue"), ("date", "Date"), ("swift", "SwiftValue"), ("+", "Value"),
        ("error", "Error"),
    ]

    @Test("An inline type has a valid name that is not the name of a module", arguments: inlineTypes)
    func namesInlineType(_ name: String, _ expected: String) {
        #expect(SwiftName.inlineType(name, of: "") == expected)
    }

    static let escaped: [(String, String)] = [
        ("default", "`default`"), ("in", "`in`"), ("self", "`self`"), ("Type", "`Type`"), ("name", "name"),
        ("repeat", "`repeat`"), ("operator", "`operator`"), ("open", "open"), ("async", "async"), ("init", "`init`"),
    ]

    @Test("A reserved word is escaped with backticks", arguments: escaped)
    func escapes(_ name: String, _ expected: String) {
        #expect(SwiftName.escaped(name) == expected)
    }

    static let identifiers: [(String, Bool)] = [
        ("name", true), ("_x", true), ("größe", true), ("x1", true), ("", false), ("1x", false), ("a b", false),
        ("a-b", false), ("_", false), ("a.b", false), ("`a`", false), ("a;b", false), ("a\nb", false),
    ]

    @Test("Only identifiers are accepted as names", arguments: identifiers)
    func knowsIdentifier(_ text: String, _ expected: Bool) {
        #expect(SwiftName.isIdentifier(text) == expected)
    }
}
