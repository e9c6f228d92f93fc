import CountersignJSON
import Foundation

/// The published test vectors, which lie in a folder `shared` beside the package and not in it.
enum SharedVectors {
    /// `COUNTERSIGN_SHARED`, or a folder `shared` with vectors beside this package or further up.
    static let folder: URL? = {
        if let path = ProcessInfo.processInfo.environment["COUNTERSIGN_SHARED"] {
            let named = URL(fileURLWithPath: path).appendingPathComponent("vectors")
            return FileManager.default.fileExists(atPath: named.path) ? named : nil
        }
        var place = URL(fileURLWithPath: #filePath)
        while place.path != "/" {
            place.deleteLastPathComponent()
            let candidate = place.appendingPathComponent("shared/vectors")
            if FileManager.default.fileExists(atPath: candidate.path) { return candidate }
        }
        return nil
    }()

    static var areAvailable: Bool { folder != nil }

    /// One test of a Wycheproof file with the group it stands in.
    struct Test {
        let group: JSONNode
        let node: JSONNode
        let id: Int
        let result: String

        func bytes(_ member: String) -> [UInt8] { CountersignCryptoTests.bytes(hex: node[member]?.string ?? "") }
    }

    static func wycheproof(_ file: String) throws -> [Test] {
        guard let folder else { return [] }
        let bytes = try Data(contentsOf: folder.appendingPathComponent("wycheproof/\(file).json"))
        let root = try JSONDocument(parsing: Array(bytes)).root
        return (root["testGroups"]?.elements.map { $0 } ?? []).flatMap { group in
            (group["tests"]?.elements.map { $0 } ?? []).map { node in
                Test(group: group, node: node, id: node["tcId"]?.int ?? 0, result: node["result"]?.string ?? "")
            }
        }
    }
}
