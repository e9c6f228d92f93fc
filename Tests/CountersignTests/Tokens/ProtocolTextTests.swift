@_spi(Testing) @testable @_spi(Generated) import Countersign
import Foundation
import Testing

@Suite("Protocol text is compared as bytes")
struct ProtocolTextTests {
    private static let pairs = [("K", "\u{212A}"), (";", "\u{37E}"), ("é", "e\u{301}"), ("Å", "\u{212B}")]

    private func identity(_ add: (inout TokenIdentity) -> Void) -> TokenIdentity {
        var identity = TokenIdentity()
        add(&identity)
        return identity
    }

    @Test("P09: sets of scopes or resources that differ in bytes are different identities", arguments: pairs)
    func identities(left: String, right: String) {
        let names = [left, right, "https://api.example/\(left)", "https://api.example/\(right)"]
        let identities = names.map { name in identity { $0.add(set: [name]) } }
        #expect(Set(identities).count == 4)
        #expect(identity { $0.add(set: [left, right]) } != identity { $0.add(set: [left]) })
        #expect(identity { $0.add(set: [left, right]) } == identity { $0.add(set: [right, left, right]) })
    }

    @Test("A password is redacted as a whole, even if it begins with a combining character")
    func password() {
        var credentials = SentCredentials()
        credentials.add("Basic " + Data("user:\u{301}correct-horse".utf8).base64EncodedString())
        #expect(credentials.values.contains { $0.utf8.elementsEqual("\u{301}correct-horse".utf8) })
    }

    @Test("A relative link is resolved by its bytes", arguments: [("?\u{301}x", nil), ("b?c=/d", "/a/b?c=/d")])
    func links(reference: String, target: String?) throws {
        let base = try HTTP.URL("https://api.example/a/x")
        #expect((try? base.resolving(reference))?.target == target)
    }
}
