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

    /// The groups of a Wycheproof file.
    static func groups(_ file: String) throws -> [JSONNode] {
        guard let folder else { return [] }
        let bytes = try Data(contentsOf: folder.appendingPathComponent("wycheproof/\(file).json"))
        return try JSONDocument(parsing: Array(bytes)).root["testGroups"].map { Array($0.elements) } ?? []
    }
}
