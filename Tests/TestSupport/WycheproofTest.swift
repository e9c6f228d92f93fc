@_spi(Generated) package import CountersignJSON

/// One test of a Wycheproof file, with its group.
package struct WycheproofTest {
    package let group: JSONNode
    package let node: JSONNode
    package let id: Int
    package let result: String

    /// Returns the bytes of a hexadecimal member.
    package func bytes(_ member: String) -> [UInt8] { TestSupport.bytes(hex: node[member]?.string ?? "") }
}

extension SharedVectors {
    /// Returns the groups of a Wycheproof file.
    package static func wycheproofGroups(_ file: String) throws -> [JSONNode] {
        try document("wycheproof/\(file)")["testGroups"].map { Array($0.elements) } ?? []
    }

    /// Returns the tests of all groups of a Wycheproof file.
    package static func wycheproofTests(_ file: String) throws -> [WycheproofTest] {
        try wycheproofGroups(file).flatMap { group in
            (group["tests"].map { Array($0.elements) } ?? []).map { node in
                WycheproofTest(
                    group: group,
                    node: node,
                    id: node["tcId"]?.int ?? 0,
                    result: node["result"]?.string ?? ""
                )
            }
        }
    }
}
